// SPDX-License-Identifier: GPL-2.0
//! The page needs nothing else, hides nothing, and its pictures are well formed.

use super::super::{report, svg::tests::check, synthetic, Run};
use super::*;
use crate::suite::cell::Mode;
use crate::suite::outcome::{Failed, Left, Outcome};

fn page(outcomes: &[Outcome], left: &[Left]) -> String {
    let mut run = synthetic::run(outcomes);
    run.left = left.to_vec();
    page_of(&run)
}

fn page_of(run: &Run) -> String {
    let report = report(run);
    let html = write(&report, &Measured::new(&run.outcomes));
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
    let html = page(&synthetic::good(3), &[]);
    assert!(html.contains("0 of 10 rows are noisy"));
    assert_eq!(html.matches("class=\"pass\"").count(), 6);
    assert!(!html.contains("class=\"miss\"") && !html.contains("class=\"bad\""));
    // Every latency has what it cost beside it.
    assert!(
        html.contains("<td>0: 50 %, 1: 100 %</td><td>1.50</td>"),
        "{html}"
    );
    assert!(html.contains("not measured in this run"));
    assert!(html.contains("<td>OvS-DPDK</td><td>74 → 205 Mbps</td>"));
    assert!(html.contains("with no switch before it"));
    assert!(html.contains("KBP against softirq: 99 % of the packets wait less in 8 of 8 rows"));
    // As fast as the thread on its own NAPI, and no faster.
    assert!(html.contains("delay-queues-1"));
    assert!(html.contains("prefers-color-scheme:dark") && html.contains("@media print"));
}

#[test]
fn what_is_worse_is_said_on_top() {
    let mut outcomes = synthetic::good(3);
    for mode in [Mode::KbpArmed, Mode::KbpMasked] {
        synthetic::slow(&mut outcomes, "delay-idle", mode, 1000);
    }
    let html = page(&outcomes, &[]);
    let summary = html.split("<h2>Rows").next().unwrap();
    assert!(summary.contains("Worse: delay-idle."), "{summary}");
    assert!(
        summary.contains("<li>delay-idle: softirq is best; kbp-armed by it: 10.0"),
        "{summary}"
    );
}

#[test]
fn texts_of_others_stay_texts() {
    let mut outcomes = synthetic::good(1);
    outcomes[0].evidence = "<b>\"x\"</b>".into();
    for outcome in &mut outcomes {
        outcome.cell.row.about = "<i>about</i>".into();
    }
    let left = Left {
        row: "*".into(),
        mode: Mode::IrqSuspend,
        why: "kernel <6.13".into(),
    };
    let html = page(&outcomes, &[left]);
    assert!(html.contains("kernel &lt;6.13"));
    assert!(!html.contains("<i>") && !html.contains("<b>\"x\""));
}

#[test]
fn a_failure_is_red_and_nothing_at_all_is_a_failure() {
    let mut outcomes = synthetic::good(2);
    outcomes.retain(|o| o.cell.id() != "delay-idle/kbp-armed/2");
    assert!(page(&outcomes, &[]).contains("<li class=\"bad\">"));
    assert!(page(&[], &[]).contains("<li class=\"bad\">"));
}

#[test]
fn the_demo_says_first_that_it_cannot_tell_and_why_something_is_missing() {
    let mut run = synthetic::demo_run(&synthetic::demo(3));
    let html = page_of(&run);
    assert!(!html.contains("cannot tell") && !html.contains("The paper says"));
    run.outcomes.retain(|o| o.cell.mode != Mode::Softirq);
    run.failed.push(Failed {
        id: "vm-64/softirq/1".into(),
        why: "the core is <yielded>".into(),
    });
    let html = page_of(&run);
    let top = html.split("<h2>").next().unwrap();
    assert!(top.contains("This run cannot tell: 6 of 6 rows"), "{top}");
    assert!(html.contains("<td>vm-64/softirq/1</td><td>the core is &lt;yielded&gt;</td>"));
}
