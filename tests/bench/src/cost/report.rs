// SPDX-License-Identifier: GPL-2.0
//! `out/cost/report.json`: schema `kbp.cost/1`, and its table.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::goals::Goal;
use super::row::Row;
use crate::report::Environment;

/// The name and version of the format.
pub const SCHEMA: &str = "kbp.cost/1";

const HEADS: &str = "\
| mode           | packets per interrupt | instructions per packet | of softirq | with interrupt | spread |
|----------------|----------------------:|------------------------:|-----------:|---------------:|-------:|
";

/// Everything a run of `kbp-bench cost` found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// Release of the guest's kernel.
    pub kernel: String,
    /// One for each mode and batch.
    pub rows: Vec<Row>,
    /// What was wanted.
    pub goals: Vec<Goal>,
    /// Nanoseconds of the guest's clock for an instruction, checked with a loop of known length.
    pub ns_per_instruction: f64,
    /// Where it was measured.
    pub environment: Environment,
}

/// The costs in a table of Markdown that a terminal can show, too, and the goals.
pub fn markdown(kernel: &str, rows: &[Row], goals: &[Goal]) -> String {
    let rounds = rows.iter().map(|row| row.rounds).max().unwrap_or(0);
    let mut out =
        format!("Kernel {kernel}, {rounds} rounds; written by `make bench-cost`.\n\n{HEADS}");
    let ratio = |ratio: Option<f64>| ratio.map_or("-".into(), |ratio| format!("{ratio:.3}"));
    for row in rows {
        let _ = writeln!(
            out,
            "| {:<14} | {:>21} | {:>23.0} | {:>10} | {:>14} | {:>4.2} % |",
            row.mode,
            row.batch,
            row.instructions_per_packet,
            ratio(row.ratio_to_softirq),
            ratio(row.ratio_with_interrupt),
            row.spread * 100.0
        );
    }
    out.push('\n');
    for goal in goals {
        let _ = writeln!(out, "- {}", goal.line());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::goals;
    use crate::cost::plan::Mode;
    use crate::cost::row::tests::row;

    #[test]
    fn the_table_has_rows_below_their_heads_and_goals() {
        let rows = [row(Mode::KbpArmed, 1, 0.9)];
        let text = markdown("7.0", &rows, &goals::judge(&rows));
        let lines: Vec<&str> = text.lines().collect();
        let cells = lines[4].split('|').map(str::trim).collect::<Vec<_>>();
        assert_eq!(
            cells[1..7],
            ["kbp-armed", "1", "900", "0.900", "-", "0.12 %"]
        );
        assert_eq!(
            [lines[2].len(), lines[3].len()],
            [lines[4].len(); 2],
            "{text}"
        );
        assert!(text.contains("- goal: kbp-armed"), "{text}");
    }
}
