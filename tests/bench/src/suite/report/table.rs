// SPDX-License-Identifier: GPL-2.0
//! The report for a terminal.

use super::model::{ModeReport, RowReport};
use super::whole::Report;
use super::words;
use crate::suite::cell::Mode;
use crate::suite::metric::Metric;

const TIMES: [&str; 9] = [
    "mode",
    "p50",
    "p99",
    "p99.9",
    "max",
    "loss",
    "p99 ratio",
    "cores",
    "NET_RX",
];
const TIME_WIDTHS: [usize; 9] = [18, 9, 9, 9, 9, 9, 24, 6, 9];
const SEARCH: [&str; 5] = ["mode", "rate", "rounds", "rate ratio", "cores"];
const SEARCH_WIDTHS: [usize; 5] = [18, 13, 27, 24, 6];

const SHORT: [&str; 9] = [
    "row",
    "softirq p50",
    "p99",
    "max",
    "KBP p50",
    "p99",
    "max",
    "p99 ratio",
    "lost",
];
const SHORT_WIDTHS: [usize; 9] = [18, 11, 8, 8, 8, 8, 8, 25, 5];

/// The demo's: a line per row.
pub(super) fn short(report: &Report) -> String {
    let mut out = headline(report);
    out += &format!("kernel {}, medians of rounds\n", report.environment.kernel);
    out += &line(&SHORT, &SHORT_WIDTHS);
    for row in &report.rows {
        let of = |mode, metric| {
            let report = row.modes.get(&mode);
            report.map_or("–".into(), |report| words::metric(report, metric))
        };
        let [softirq, kbp] = [Mode::Softirq, Mode::KbpArmed];
        let lost: u64 = row.modes.values().map(|m| m.packets.lost()).sum();
        let cells = [
            row.name.clone(),
            of(softirq, Metric::P50),
            of(softirq, Metric::P99),
            of(softirq, Metric::Max),
            of(kbp, Metric::P50),
            of(kbp, Metric::P99),
            of(kbp, Metric::Max),
            row.modes
                .get(&kbp)
                .map_or("–".into(), |kbp| ratio(kbp, Metric::P99)),
            lost.to_string(),
        ];
        out += &line(&cells.each_ref().map(String::as_str), &SHORT_WIDTHS);
    }
    out += "A ratio is KBP by softirq, per round; ~[range of too few rounds]; * within noise.\n\n";
    // What the headline has said already is left out.
    let lines = report.judgement.lines();
    let said = |line: &&String| !line.ends_with(report.headline.as_deref().unwrap_or("\n"));
    for line in lines.iter().filter(said) {
        out += &format!("{line}\n");
    }
    out
}

fn headline(report: &Report) -> String {
    let words = report.headline.as_ref();
    words.map_or(String::new(), |words| format!("{words}\n\n"))
}

/// One block per row, what follows from them last.
pub(super) fn draw(report: &Report) -> String {
    let mut out = headline(report);
    for row in &report.rows {
        out += &block(row);
    }
    if !report.rows.is_empty() {
        out += "A ratio is the mode by softirq, per round; ~[range of too few rounds]; * within noise.\n\n";
    }
    for peer in &report.peers {
        out += &format!("{}\n", peer.words());
    }
    for promise in &report.promises {
        let verdict = promise.verdict.name();
        out += &format!("{verdict}: {}: {}\n", promise.promise, promise.found);
    }
    if !report.not_best.is_empty() {
        out += "Where KBP is not the best:\n";
    }
    for row in &report.not_best {
        out += &format!("  {}\n", row.words());
    }
    for left in &report.left {
        out += &format!("left out: {} in {}: {}\n", left.mode, left.row, left.why);
    }
    for line in report.judgement.lines() {
        out += &format!("{line}\n");
    }
    out
}

fn block(row: &RowReport) -> String {
    let mut out = format!("{}: {} ({})\n", row.name, row.about, row.workload.metric());
    let search = row.decisive() == Metric::Rate;
    out += &match search {
        true => line(&SEARCH, &SEARCH_WIDTHS),
        false => line(&TIMES, &TIME_WIDTHS),
    };
    for (mode, report) in &row.modes {
        out += &match search {
            true => of_search(*mode, report),
            false => of_times(*mode, report),
        };
    }
    if let Some(why) = &row.doubt {
        out += &format!("noisy: {why}\n");
    }
    out + "\n"
}

fn of_times(mode: Mode, report: &ModeReport) -> String {
    let metric = |metric| words::metric(report, metric);
    let cells = [
        mode.name(),
        &metric(Metric::P50),
        &metric(Metric::P99),
        &metric(Metric::P999),
        &metric(Metric::Max),
        &words::share(report.loss),
        &ratio(report, Metric::P99),
        &format!("{:.2}", report.busy_cores),
        &report.net_rx.to_string(),
    ];
    line(&cells, &TIME_WIDTHS)
}

fn of_search(mode: Mode, report: &ModeReport) -> String {
    let estimate = report.metrics.get(&Metric::Rate);
    let range = estimate.map_or("–".into(), |e| format!("{:.0}–{:.0}", e.low, e.high));
    let cells = [
        mode.name(),
        &words::metric(report, Metric::Rate),
        &range,
        &ratio(report, Metric::Rate),
        &format!("{:.2}", report.busy_cores),
    ];
    line(&cells, &SEARCH_WIDTHS)
}

fn ratio(report: &ModeReport, metric: Metric) -> String {
    report.ratios.get(&metric).map_or("–".into(), |ratio| {
        let mark = if ratio.within_noise { " *" } else { "" };
        format!("{}{mark}", words::interval(&ratio.of))
    })
}

fn line(cells: &[&str], widths: &[usize]) -> String {
    let mut out = String::new();
    for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
        out += &match at {
            0 => format!("{cell:<width$}"),
            _ => format!(" {cell:>width$}"),
        };
    }
    format!("{}\n", out.trim_end())
}

#[cfg(test)]
mod tests {
    use super::super::{report, synthetic};
    use super::*;

    fn text(outcomes: &[crate::suite::outcome::Outcome]) -> String {
        draw(&report(&synthetic::run(outcomes)))
    }

    #[test]
    fn every_row_and_mode_has_its_line() {
        let text = text(&synthetic::good(3));
        let lines = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
        assert_eq!(lines("kbp-armed "), 10, "{text}");
        assert_eq!(lines("mode "), 10, "{text}");
        assert_eq!(lines("pass: "), 6, "{text}");
        assert!(text.contains("0.0100 ~[0.0100–0.0100]"), "{text}");
        assert!(text.contains("300000 pps"), "{text}");
        assert!(!text.contains("noisy"), "{text}");
    }

    #[test]
    fn what_is_noise_is_marked() {
        let mut outcomes = synthetic::good(3);
        synthetic::slow(&mut outcomes, "delay-idle", Mode::Control, 4);
        let text = text(&outcomes);
        assert!(text.contains("noisy: the control's p99 is 4.00"), "{text}");
        assert!(
            text.contains("1.00 ~[1.00–1.00] *"),
            "the other controls: {text}"
        );
    }

    #[test]
    fn the_demo_has_a_line_per_row_and_its_headline_first() {
        let mut outcomes = synthetic::demo(3);
        let text = short(&report(&synthetic::demo_run(&outcomes)));
        assert!(text.starts_with("kernel 6.1.0-test"), "{text}");
        let row = text.lines().find(|line| line.starts_with("vm-spin-64 "));
        let words: Vec<&str> = row.unwrap().split_whitespace().collect();
        assert_eq!(words[1..3], ["10.0", "µs"], "{text}");
        assert!(text.contains("0.0100 ~[0.0100–0.0100]"), "{text}");
        assert!(text.lines().count() < 20, "{text}");
        outcomes.retain(|outcome| outcome.cell.mode != Mode::Softirq);
        let text = short(&report(&synthetic::demo_run(&outcomes)));
        assert!(text.starts_with("This run cannot tell"), "{text}");
        assert_eq!(text.matches("cannot tell").count(), 1, "{text}");
    }
}
