// SPDX-License-Identifier: GPL-2.0
//! `out/delay/report.json`: schema `kbp.delay/1`, and its table.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::event::Cell;
use super::goals::{self, Goal};
use crate::mode::Mode;
use crate::report::format::time;
use crate::report::{table, Environment};

/// The name and version of the format.
pub const SCHEMA: &str = "kbp.delay/1";

/// Everything a run of `kbp-bench delay` found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// Release of the guest's kernel.
    pub kernel: String,
    /// One for each row and mode.
    pub cells: Vec<Cell>,
    /// What was wanted of them.
    pub goals: Vec<Goal>,
    /// Modes that this kernel lacks, and why.
    pub missing: Vec<(Mode, String)>,
    /// Nanoseconds of the guest's clock for an instruction, checked with a loop of known length.
    pub ns_per_instruction: f64,
    /// Where it was measured.
    pub environment: Environment,
}

const HEADS: [&str; 12] = [
    "row",
    "mode",
    "p50",
    "p99",
    "p99.9",
    "max",
    "p50 of softirq",
    "p99 of softirq",
    "p99 of best peer",
    "lost",
    "task",
    "rate",
];

/// So many columns are words.
pub(super) const NAMES: usize = 2;
/// A column in which there is nothing to say.
const NONE: &str = "-";

/// What kind of figures these are.
pub(super) fn about(report: &Report) -> String {
    format!(
        "Kernel {}, one CPU, from the interrupt to the poll.\nThe clock counts instructions, one a \
         nanosecond: the same on every machine, medians within 3 %.",
        report.kernel
    )
}

/// The heads, and a line for each cell; columns in which no cell has anything are left out.
pub(super) fn lines(report: &Report) -> Vec<Vec<String>> {
    let cells = ordered(&report.cells).into_iter();
    let lines: Vec<_> = cells.map(|cell| line(cell, &report.cells)).collect();
    let empty = |column: &usize| lines.iter().all(|line| line[*column] == NONE);
    let shown = |column: &usize| lines.is_empty() || !empty(column);
    let columns: Vec<usize> = (0..HEADS.len()).filter(shown).collect();
    let heads = HEADS.map(str::to_owned);
    let of = |line: &[String; HEADS.len()]| columns.iter().map(|at| line[*at].clone()).collect();
    std::iter::once(&heads).chain(&lines).map(of).collect()
}

/// The delays in a table of Markdown that a terminal can show, too.
pub fn markdown(report: &Report) -> String {
    let mut out = about(report) + "\n\n";
    out += &table::markdown(&lines(report), NAMES);
    out.push('\n');
    for goal in &report.goals {
        let _ = writeln!(out, "- {}", goal.line());
    }
    for (mode, why) in &report.missing {
        let _ = writeln!(out, "- {mode}: {why}");
    }
    out
}

/// The rows, in the order in which they came first.
pub(super) fn rows(cells: &[Cell]) -> Vec<&str> {
    let mut rows: Vec<&str> = Vec::new();
    for cell in cells {
        if !rows.contains(&cell.row.as_str()) {
            rows.push(&cell.row);
        }
    }
    rows
}

/// Row after row.
pub(super) fn ordered(cells: &[Cell]) -> Vec<&Cell> {
    let rows = rows(cells);
    let of = |row| cells.iter().filter(move |cell| cell.row == row);
    rows.into_iter().flat_map(of).collect()
}

fn line(cell: &Cell, all: &[Cell]) -> [String; HEADS.len()] {
    let softirq = all
        .iter()
        .find(|other| other.row == cell.row && other.mode == Mode::Softirq);
    let peer = goals::best_peer(all, &cell.row);
    let of = |other: Option<&Cell>, quantile| {
        let at = |cell: &Cell| cell.delay.at(quantile) as f64;
        other.map_or(NONE.into(), |other| {
            format!("{:.3}", at(cell) / at(other).max(1.0))
        })
    };
    [
        cell.row.clone(),
        cell.mode.to_string(),
        time(cell.delay.at(0.5)),
        time(cell.delay.at(0.99)),
        time(cell.delay.at(0.999)),
        time(cell.delay.max),
        of(softirq, 0.5),
        of(softirq, 0.99),
        of(peer, 0.99),
        cell.lost.to_string(),
        cell.share
            .map_or(NONE.into(), |share| format!("{:.1} %", share * 100.0)),
        cell.rate.map_or(NONE.into(), |rate| format!("{rate}/s")),
    ]
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::statistics::Times;

    fn cell(row: &str, mode: Mode, ns: u64) -> Cell {
        Cell {
            row: row.into(),
            mode,
            delay: Times::new(vec![(ns, ns + 1, 100)], ns),
            lost: 3,
            share: (row == "spin").then_some(0.5),
            time_ns: 1,
            rate: None,
            net_rx: 1,
            evidence: String::new(),
        }
    }

    /// Two rows, one of them by peers of KBP, too.
    pub(in super::super) fn synthetic() -> Report {
        Report {
            schema: SCHEMA.into(),
            kernel: "7.0".into(),
            cells: vec![
                cell("quiet", Mode::Softirq, 1000),
                cell("spin", Mode::Softirq, 1000),
                cell("quiet", Mode::Threaded, 3000),
                cell("quiet", Mode::Defer, 2000),
                cell("quiet", Mode::KbpArmed, 1500),
                cell("spin", Mode::KbpArmed, 500),
            ],
            goals: Vec::new(),
            missing: vec![(Mode::ThreadedBusyPoll, "too old".into())],
            ns_per_instruction: 1.0,
            environment: Environment {
                accel: "tcg, icount".into(),
                guest_cpus: 1,
                host_cpus: 2,
                host_load: [0.0; 2],
                commit: None,
                duration_s: 1.0,
            },
        }
    }

    #[test]
    fn rows_stand_together_and_are_compared_with_softirq() {
        let text = markdown(&synthetic());
        let lines: Vec<&str> = text.lines().collect();
        let cells = |line: usize| -> Vec<&str> { lines[line].split('|').map(str::trim).collect() };
        assert_eq!(cells(5)[1..3], ["quiet", "softirq"]);
        assert_eq!(
            cells(8)[1..12],
            [
                "quiet",
                "kbp-armed",
                "1.50 µs",
                "1.50 µs",
                "1.50 µs",
                "1.50 µs",
                "1.500",
                "1.500",
                "0.750",
                "3",
                "-",
            ]
        );
        assert_eq!(cells(10)[7..12], ["0.500", "0.500", "-", "3", "50.0 %"]);
        assert!(text.contains("- threaded-busy-poll: too old"), "{text}");
        let width = |line: &str| line.chars().count();
        assert!(
            lines[3..11]
                .iter()
                .all(|line| width(line) == width(lines[3])),
            "{text}"
        );
    }

    #[test]
    fn a_column_in_which_no_cell_has_anything_is_left_out() {
        let mut report = synthetic();
        assert!(!lines(&report)[0].contains(&"rate".to_owned()));
        assert_eq!(lines(&report)[0].len(), HEADS.len() - 1);
        report.cells[0].rate = Some(7);
        assert_eq!(lines(&report)[0], HEADS);
        report.cells.retain(|cell| cell.row == "quiet");
        report
            .cells
            .retain(|cell| [Mode::Softirq, Mode::KbpArmed].contains(&cell.mode));
        let left = lines(&report).remove(0);
        assert_eq!(
            left[6..],
            ["p50 of softirq", "p99 of softirq", "lost", "rate"]
        );
    }
}
