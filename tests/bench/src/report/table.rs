// SPDX-License-Identifier: GPL-2.0
//! The comparison as a table for a terminal.

use super::format::{digits, time};
use super::model::Report;
use super::summary::{noise, rows, Gain, Row, Side};
use crate::plan::Source;

const WIDTHS: [usize; 9] = [12, 8, 9, 9, 9, 9, 22, 13, 7];

/// Draws it, one block per source.
pub fn draw(report: &Report) -> String {
    let rows = rows(report);
    let mut out = String::new();
    for source in report.sources() {
        out += &format!(
            "{}: {} (medians over rounds)\n",
            source.name(),
            source.metric()
        );
        out += &line([
            "scenario",
            "mode",
            "p50",
            "p99",
            "p99.9",
            "max",
            "p99 ratio (rounds)",
            "sent/received",
            "NET_RX",
        ]);
        for row in rows.iter().filter(|row| row.source == source) {
            out += &side(row, &row.softirq, "");
            out += &side(row, &row.kbp, &gain(row.p99_ratio));
        }
        if let Some(ns) = noise(report).filter(|_| source == Source::Testnic) {
            out += &format!("noise floor: interrupts late by {} (p99, idle)\n", time(ns));
        }
        out.push('\n');
    }
    out
}

fn side(row: &Row, side: &Side, gain: &str) -> String {
    // The scenario stands once, at its first line.
    let first = side.mode == row.softirq.mode;
    line([
        if first { row.scenario.name() } else { "" },
        side.mode.name(),
        &time(side.p50_ns),
        &time(side.p99_ns),
        &time(side.p999_ns),
        &time(side.max_ns),
        gain,
        &format!("{}/{}", side.sent, side.received),
        &side.net_rx_softirqs.to_string(),
    ])
}

/// A ratio with its spread: `7.9x (5.1-12.0)`.
pub fn gain(gain: Option<Gain>) -> String {
    gain.map_or_else(
        || "-".into(),
        |gain| {
            format!(
                "{}x ({}-{})",
                digits(gain.medians),
                digits(gain.low),
                digits(gain.high)
            )
        },
    )
}

fn line(cells: [&str; WIDTHS.len()]) -> String {
    let mut out = String::new();
    for (at, (cell, width)) in cells.iter().zip(WIDTHS).enumerate() {
        // Words to the left, numbers to the right.
        out += &match at {
            0 | 1 => format!("{cell:<width$}"),
            _ => format!(" {cell:>width$}"),
        };
    }
    format!("{}\n", out.trim_end())
}

#[cfg(test)]
mod tests {
    use super::super::model::tests::sample;
    use super::*;

    #[test]
    fn every_scenario_has_two_lines() {
        let text = draw(&sample(3, 4));
        assert_eq!(
            text.lines().filter(|line| line.contains(" kbp ")).count(),
            6,
            "{text}"
        );
        assert!(text.contains("load90-spin"), "{text}");
        assert!(text.contains("4.00x (4.00-4.00)"), "{text}");
        assert!(text.contains("3000/3000"), "{text}");
    }

    #[test]
    fn nothing_measured_is_nothing_drawn() {
        let mut report = sample(1, 4);
        report.runs.clear();
        assert_eq!(draw(&report), "");
    }
}
