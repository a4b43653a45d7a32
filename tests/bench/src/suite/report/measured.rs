// SPDX-License-Identifier: GPL-2.0
//! The outcomes, by row, mode and round.

use std::collections::BTreeMap;

use crate::mode::Mode;
use crate::statistics::{Estimate, Times};
use crate::suite::cell::Row;
use crate::suite::metric::{ratios, Metric};
use crate::suite::outcome::Outcome;

/// What was measured. A cell that was measured twice, by a resumed run, counts as it came out last.
pub struct Measured<'a> {
    rows: Vec<&'a Row>,
    cells: BTreeMap<(&'a str, Mode, u32), &'a Outcome>,
}

impl<'a> Measured<'a> {
    /// Sorts them.
    pub fn new(outcomes: &'a [Outcome]) -> Measured<'a> {
        let mut measured = Measured {
            rows: Vec::new(),
            cells: BTreeMap::new(),
        };
        for outcome in outcomes {
            let row = &outcome.cell.row;
            if !measured.rows.iter().any(|known| known.name == row.name) {
                measured.rows.push(row);
            }
            let key = (row.name.as_str(), outcome.cell.mode, outcome.cell.round);
            measured.cells.insert(key, outcome);
        }
        measured
    }

    /// The rows, in the order they were measured.
    pub fn rows(&self) -> &[&'a Row] {
        &self.rows
    }

    /// All outcomes, by row's name, mode and round.
    pub fn all(&self) -> impl Iterator<Item = &'a Outcome> + '_ {
        self.cells.values().copied()
    }

    /// Those of one row.
    pub fn of_row<'b>(&'b self, row: &'b str) -> impl Iterator<Item = &'a Outcome> + 'b {
        self.all()
            .filter(move |outcome| outcome.cell.row.name == row)
    }

    /// The rounds of one mode in one row.
    pub fn of(&self, row: &str, mode: Mode) -> Vec<&'a Outcome> {
        self.cells
            .range((row, mode, 0)..=(row, mode, u32::MAX))
            .map(|(_, outcome)| *outcome)
            .collect()
    }

    /// The modes that a row was measured in.
    pub fn modes(&self, row: &str) -> Vec<Mode> {
        Mode::ALL
            .into_iter()
            .filter(|mode| !self.of(row, *mode).is_empty())
            .collect()
    }

    /// One mode by another, per round.
    pub fn ratio(&self, row: &str, a: Mode, b: Mode, metric: Metric) -> Option<Estimate> {
        self.ratio_of((row, a), (row, b), metric)
    }

    /// A mode of one row by a mode of another, per round.
    pub fn ratio_of(&self, a: (&str, Mode), b: (&str, Mode), metric: Metric) -> Option<Estimate> {
        Estimate::of(&ratios(&self.of(a.0, a.1), &self.of(b.0, b.1), metric))
    }

    /// A metric of one mode, over its rounds.
    pub fn estimate(&self, row: &str, mode: Mode, metric: Metric) -> Option<Estimate> {
        let rounds = self.of(row, mode);
        let values: Vec<f64> = rounds.iter().filter_map(|o| metric.value(o)).collect();
        Estimate::of(&values)
    }

    /// Every time of one mode, all rounds together.
    pub fn merged(&self, row: &str, mode: Mode) -> Times {
        Times::sum(self.of(row, mode).iter().map(|outcome| &outcome.times))
    }

    /// What the time sources of a row added, all modes and rounds together.
    pub fn floor(&self, row: &str) -> Times {
        Times::sum(self.of_row(row).map(|outcome| &outcome.noise))
    }
}

#[cfg(test)]
mod tests {
    use super::super::synthetic::timed;
    use super::*;

    #[test]
    fn rounds_add_up_and_the_last_of_two_outcomes_of_a_cell_counts() {
        let units = [(1, 50), (1, 1000), (2, 1000), (3, 100)];
        let outcomes = units.map(|(round, unit)| timed("r", Mode::Softirq, round, unit));
        let measured = Measured::new(&outcomes);
        assert_eq!(measured.rows().len(), 1);
        assert_eq!(measured.of("r", Mode::Softirq)[0], &outcomes[1]);
        let merged = measured.merged("r", Mode::Softirq);
        assert_eq!((merged.total(), merged.max), (3000, 8000));
        assert_eq!(merged.counts[0], (100, 101, 900));
        assert!(merged.counts.contains(&(1000, 1001, 1800)));
        assert_eq!(merged.at(0.5), 1000);
    }
}
