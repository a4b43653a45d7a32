// SPDX-License-Identifier: GPL-2.0
//! The costs for a terminal and as Markdown.

use std::fmt::Write;

use super::report::Report;
use super::row::Row;

const HEADS: [&str; 6] = [
    "mode",
    "packets per interrupt",
    "instructions per packet",
    "of softirq",
    "with interrupt",
    "spread",
];

/// A table with aligned columns.
pub fn text(report: &Report) -> String {
    let mut out = line(&HEADS.map(String::from));
    for row in &report.rows {
        out += &line(&cells(row));
    }
    out
}

/// The same as Markdown, with the goals.
pub fn markdown(report: &Report) -> String {
    let mut out = format!(
        "Kernel {}, {} rounds; written by `make bench-cost`.\n\n",
        report.kernel,
        report.rows.iter().map(|row| row.rounds).max().unwrap_or(0)
    );
    let heads = HEADS.join(" | ");
    let _ = writeln!(out, "| {heads} |\n|---|---:|---:|---:|---:|---:|");
    for row in &report.rows {
        let _ = writeln!(out, "| {} |", cells(row).join(" | "));
    }
    out.push('\n');
    for goal in &report.goals {
        let _ = writeln!(out, "- {}", goal.line());
    }
    out
}

fn cells(row: &Row) -> [String; 6] {
    [
        row.mode.name().into(),
        row.batch.to_string(),
        format!("{:.0}", row.instructions_per_packet),
        ratio(row.ratio_to_softirq),
        ratio(row.ratio_with_interrupt),
        format!("{:.2} %", row.spread * 100.0),
    ]
}

fn ratio(ratio: Option<f64>) -> String {
    ratio.map_or("-".into(), |ratio| format!("{ratio:.3}"))
}

fn line(cells: &[String; 6]) -> String {
    let mut out = format!("{:<16}", cells[0]);
    for (cell, head) in cells.iter().zip(HEADS).skip(1) {
        let _ = write!(out, "  {cell:>width$}", width = head.len().max(8));
    }
    out + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::goals;
    use crate::cost::plan::Mode;
    use crate::report::Environment;

    fn report() -> Report {
        let rows = vec![Row {
            mode: Mode::KbpArmed,
            batch: 1,
            instructions_per_packet: 3999.6,
            ratio_to_softirq: Some(0.9),
            ratio_with_interrupt: Some(0.95),
            rounds: 3,
            spread: 0.0012,
            values: vec![3999.6; 3],
            timer_interrupt: 2000.0,
            empty_round: Some(600.0),
        }];
        Report {
            schema: crate::cost::report::SCHEMA.into(),
            kernel: "7.0".into(),
            goals: goals::judge(&rows),
            rows,
            ns_per_instruction: 1.0,
            environment: Environment {
                accel: "tcg".into(),
                guest_cpus: 1,
                host_cpus: 2,
                host_load: [0.0; 2],
                commit: None,
                duration_s: 1.0,
            },
        }
    }

    #[test]
    fn columns_are_under_their_heads() {
        let text = text(&report());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0].len(), lines[1].len());
        assert!(lines[1].starts_with("kbp-armed "), "{text}");
        assert!(
            lines[1].ends_with("4000       0.900           0.950    0.12 %"),
            "{text}"
        );
    }

    #[test]
    fn markdown_has_rows_and_goals() {
        let text = markdown(&report());
        assert!(
            text.contains("| kbp-armed | 1 | 4000 | 0.900 | 0.950 | 0.12 % |\n"),
            "{text}"
        );
        assert!(text.contains("- goal: kbp-armed"), "{text}");
    }
}
