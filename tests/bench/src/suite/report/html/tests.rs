// SPDX-License-Identifier: GPL-2.0
//! The page needs nothing else, hides nothing, and its pictures are well formed.

use super::super::synthetic::{self, says};
use super::super::{report, svg::tests::check, Run};
use super::*;
use crate::mode::Mode;
use crate::suite::outcome::{Failed, Left};

fn page(run: &Run) -> String {
    page_behind(None, run)
}

fn page_behind(first: Option<&Markup>, run: &Run) -> String {
    let report = report(run);
    let html = write(&report, &Measured::new(&run.outcomes), first);
    let pictures: Vec<&str> = html.split("<svg ").skip(1).collect();
    assert_eq!(pictures.len(), report.rows.len());
    for picture in pictures {
        let end = picture.find("</svg>").unwrap();
        check(&format!("<svg {}</svg>", &picture[..end]));
    }
    for remote in ["src=", "href=", "@import", "url(", "<script"] {
        assert!(!html.contains(remote), "{remote}");
    }
    html
}

#[test]
fn a_good_run() {
    let html = page(&synthetic::run(&synthetic::good(3)));
    assert_eq!(html.matches("class=\"pass\"").count(), 6);
    let said = [
        "0 of 10 rows are noisy",
        // Every latency has what it cost beside it.
        "<td>1.50</td><td>0</td><td>0: 50 %, 1: 100 %</td>",
        "not measured in this run",
        "<td>OvS-DPDK</td><td>74 → 205 Mbps</td>",
        "with no switch before it",
        "KBP against softirq: 99 % of the packets wait less in 8 of 8 rows",
        "prefers-color-scheme:dark",
        "@media print",
    ];
    says(&html, &said);
    assert!(!html.contains("class=\"miss\"") && !html.contains("class=\"bad\""));
}

#[test]
fn what_is_worse_or_failed_is_said_on_top() {
    let mut outcomes = synthetic::good(3);
    for mode in [Mode::KbpArmed, Mode::KbpMasked] {
        synthetic::slow(&mut outcomes, "delay-idle", mode, 1000);
    }
    outcomes.retain(|o| o.cell.id() != "trip-64/control/2");
    let html = page(&synthetic::run(&outcomes));
    let summary = html.split("<h2>Rows").next().unwrap();
    let said = [
        "Worse: delay-idle.",
        ">delay-idle: softirq is best; kbp-armed by it: 10.0",
        "<li class=\"bad\">all 150 measurements made: trip-64/control/2 is missing",
    ];
    says(summary, &said);
    says(&page(&synthetic::run(&[])), &["<li class=\"bad\">"]);
}

#[test]
fn texts_of_others_stay_texts() {
    let mut outcomes = synthetic::good(1);
    outcomes[0].evidence = "<b>\"x\"</b>".into();
    for outcome in &mut outcomes {
        outcome.cell.row.about = "<i>about</i>".into();
    }
    let mut run = synthetic::run(&outcomes);
    run.left.push(Left {
        row: "*".into(),
        mode: Mode::IrqSuspend,
        why: "kernel <6.13".into(),
    });
    let html = page(&run);
    says(&html, &["* in irq-suspend: kernel &lt;6.13"]);
    assert!(!html.contains("<i>") && !html.contains("<b>\"x\""));
}

#[test]
fn the_demo_says_behind_what_it_begins_with_that_it_cannot_tell_and_why_something_is_missing() {
    let first = html! { h2 { "exact" } };
    let page = |run: &Run| page_behind(Some(&first), run);
    let mut run = synthetic::demo_run(&synthetic::demo(3));
    let html = page(&run);
    assert!(!html.contains("cannot tell") && !html.contains("The paper says"));
    run.outcomes.retain(|o| o.cell.mode != Mode::Softirq);
    let (id, why) = ("vm-64/softirq/1".into(), "the core is <yielded>".into());
    run.failed.push(Failed { id, why });
    let html = page(&run);
    let parts: Vec<&str> = html.split("<h2>").collect();
    assert!(parts[1].starts_with("exact</h2>") && !parts[0].contains("cannot tell"));
    says(parts[1], &["This run cannot tell: 2 of 2 rows"]);
    says(&html, &[">vm-64/softirq/1: the core is &lt;yielded&gt;<"]);
}
