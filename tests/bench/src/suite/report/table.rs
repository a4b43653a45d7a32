// SPDX-License-Identifier: GPL-2.0
//! The report for a terminal.

use super::model::{ModeReport, Report, RowReport};
use super::{judge, words};
use crate::suite::cell::Mode;
use crate::suite::statistics::Metric;

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

/// Draws it, one block per row, what follows from them last.
pub(super) fn draw(report: &Report) -> String {
    let mut out = String::new();
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
    if row.noisy {
        let why = judge::why_noisy(row.decisive_noise(), row.decisive());
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
        draw(&report(outcomes, &[], &synthetic::conditions()))
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
}
