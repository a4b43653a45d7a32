// SPDX-License-Identifier: GPL-2.0
//! Which cells are measured, in which order.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::cell::{Cell, Row, Workload};
use super::rows;
use super::scale::Scale;
use crate::mode::Mode;

/// The mark that the guest leaves when no cell is left.
pub const END_MARK: &str = "bench-end";

/// The mark that the guest leaves when cell number `index` of its job waits for traffic.
pub fn ready_mark(index: usize) -> String {
    format!("bench-{index}")
}

/// Repetitions of a row's cells.
fn rounds(scale: Scale, row: &Row) -> u32 {
    match (scale, row.workload) {
        (Scale::Demo, _) | (Scale::Quick, Workload::Delay { .. }) => 3,
        // They take the most time; a search repeats its trials anyway.
        (Scale::Quick, _) => 2,
        // The paper's.
        (Scale::Full | Scale::Paper, _) => 5,
    }
}

/// What the guest is told: the cells, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// How long packets flow in a cell.
    pub length: Duration,
    /// The cells.
    pub cells: Vec<Cell>,
}

/// All cells of a scale that `wanted` takes, in its own number of rounds or in `repeat`. Round
/// after round, so that a slow drift of the machine meets all alike; in each round the modes of a
/// row follow each other, beginning with another one.
pub fn cells(scale: Scale, repeat: Option<u32>, wanted: impl Fn(&Cell) -> bool) -> Vec<Cell> {
    let mut cells = Vec::new();
    let rows = rows::of(scale);
    let rounds = |row: &Row| repeat.unwrap_or_else(|| rounds(scale, row));
    for round in 1..=rows.iter().map(rounds).max().unwrap_or(0) {
        for row in rows.iter().filter(|row| round <= rounds(row)) {
            let mut modes = modes(scale, row);
            let first = (round as usize - 1) * 3 % modes.len();
            modes.rotate_left(first);
            cells.extend(modes.into_iter().map(|mode| Cell {
                row: row.clone(),
                mode,
                round,
            }));
        }
    }
    cells.retain(wanted);
    cells
}

/// The modes a row is measured in.
fn modes(scale: Scale, row: &Row) -> Vec<Mode> {
    if scale == Scale::Demo {
        return vec![Mode::Softirq, Mode::KbpArmed];
    }
    let mut modes = Mode::ALL.to_vec();
    // What it is for shows on an exact clock: `kbp-bench delay`.
    modes.retain(|mode| *mode != Mode::KbpReserve);
    match row.workload {
        // There a receiver does not wait on the NIC's own queue.
        Workload::Delay { .. } => modes.retain(|mode| !mode.needs_waiting_receiver()),
        // A search takes ten times as long, and deferring or sleeping has no part in a saturated
        // core.
        Workload::ZeroLoss { .. } => modes.retain(|mode| {
            !mode.needs_waiting_receiver() && ![Mode::Defer, Mode::KbpAdaptive].contains(mode)
        }),
        Workload::RoundTrip { .. } => {}
    }
    if scale == Scale::Quick && rows::is_short(row) {
        let few: &[Mode] = match row.workload {
            Workload::ZeroLoss { .. } => &[Mode::Softirq, Mode::Control, Mode::KbpArmed],
            _ => &[Mode::Softirq, Mode::Control, Mode::Threaded, Mode::KbpArmed],
        };
        modes.retain(|mode| few.contains(mode));
    }
    modes
}

/// Whether a cell is meant by any of the filters: words that must all stand in its name,
/// `row/mode/round`.
pub fn matches(filters: &[String], cell: &Cell) -> bool {
    let id = cell.id();
    filters.is_empty()
        || filters
            .iter()
            .any(|filter| filter.split_whitespace().all(|word| id.contains(word)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_cell_has_a_name_of_its_own_and_its_control() {
        for scale in [Scale::Quick, Scale::Full, Scale::Paper] {
            let cells = cells(scale, None, |_| true);
            let names: BTreeSet<String> = cells.iter().map(Cell::id).collect();
            assert_eq!(names.len(), cells.len());
            for Cell { row, round, .. } in &cells {
                for mode in [Mode::Softirq, Mode::Control] {
                    let other = format!("{}/{mode}/{round}", row.name);
                    assert!(names.contains(&other), "{other}");
                }
            }
        }
    }

    #[test]
    fn rounds_begin_with_different_modes() {
        let cells = cells(Scale::Quick, None, |cell| cell.row.name == "delay-quiet");
        let first = |round| cells.iter().find(|cell| cell.round == round).unwrap().mode;
        assert_ne!(first(1), first(2));
        assert_ne!(first(2), first(3));
    }

    #[test]
    fn a_filter_is_a_list_of_words() {
        let count = |text: &str| {
            let filters = [text.to_owned()];
            cells(Scale::Quick, None, |cell| matches(&filters, cell)).len()
        };
        assert_eq!(count("delay-quiet kbp-armed"), 3);
        assert_eq!(count("delay-quiet kbp-armed/2"), 1);
        assert_eq!(count("nothing-of-that-name"), 0);
    }

    #[test]
    fn the_demo_has_its_rows_by_softirq_and_by_kbp_in_turns_and_as_many_rounds_as_asked_for() {
        for (asked, rounds) in [(None, 3), (Some(1), 1), (Some(7), 7)] {
            let cells = cells(Scale::Demo, asked, |_| true);
            assert_eq!(cells.len(), 2 * 2 * rounds);
            for pair in cells.chunks(2) {
                assert_eq!(pair[0].row, pair[1].row);
                let mut modes = [Mode::Softirq, Mode::KbpArmed];
                modes.rotate_left((pair[0].round as usize + 1) % 2);
                assert_eq!([pair[0].mode, pair[1].mode], modes);
            }
        }
    }
}
