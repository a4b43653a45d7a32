// SPDX-License-Identifier: GPL-2.0
//! What the project wants: KBP is never slower than the kernel's softirq.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::event::Cell;
use crate::mode::Mode;
use crate::report::format::time;

/// From this p99 on, or with a packet lost, softirq is in trouble.
const TROUBLE_NS: u64 = 1_000_000;
/// What KBP may take longer where softirq is not.
const LIMIT: f64 = 1.05;
const QUANTILES: [(f64, &str); 3] = [(0.5, "p50"), (0.99, "p99"), (0.999, "p99.9")];

/// One row in one of KBP's modes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// The row's name.
    pub row: String,
    /// KBP's mode.
    pub mode: Mode,
    /// Whether KBP is as good as it is to be.
    pub met: bool,
    /// What decided, in words.
    pub because: String,
}

/// Judges each row in each of KBP's modes that was measured beside softirq.
pub fn judge(cells: &[Cell]) -> Vec<Goal> {
    let softirq = |row: &str| {
        let mut all = cells.iter();
        all.find(|cell| cell.row == row && cell.mode == Mode::Softirq)
    };
    let kbp = cells.iter().filter(|cell| cell.mode.is_kbp());
    let judged = kbp.filter_map(|cell| {
        let beside_peer = || against_peer(cell, best_peer(cells, &cell.row)?);
        Some((
            cell,
            against(cell, softirq(&cell.row)?).or_else(beside_peer),
        ))
    });
    judged
        .map(|(cell, fault)| Goal {
            row: cell.row.clone(),
            mode: cell.mode,
            met: fault.is_none(),
            because: fault.unwrap_or_else(|| "nobody is better".into()),
        })
        .collect()
}

/// Who is best in a row, of those that are neither softirq nor KBP.
pub(super) fn best_peer<'a>(cells: &'a [Cell], row: &str) -> Option<&'a Cell> {
    // The control is softirq once more.
    let peer = |mode: Mode| !mode.is_kbp() && ![Mode::Softirq, Mode::Control].contains(&mode);
    let peers = cells
        .iter()
        .filter(|cell| cell.row == row && peer(cell.mode));
    peers.min_by_key(|cell| (Reverse(cell.rate), cell.lost, cell.delay.at(0.99)))
}

/// How much lower the highest rate without loss is than that of another, if it is.
fn lower_rate(cell: &Cell, other: &Cell) -> Option<String> {
    let (ours, theirs, mode) = (cell.rate?, other.rate?, other.mode);
    (ours < theirs).then(|| {
        format!(
            "the highest rate without loss is {:.3} of {mode}'s",
            ours as f64 / theirs as f64
        )
    })
}

/// In what the best peer is better, if anything.
fn against_peer(cell: &Cell, peer: &Cell) -> Option<String> {
    if cell.rate.is_some() {
        return lower_rate(cell, peer);
    }
    let (ours, theirs) = (cell.delay.at(0.99), peer.delay.at(0.99));
    let mode = peer.mode;
    if cell.lost > peer.lost {
        return Some(format!(
            "{} packets lost, {mode} lost {}",
            cell.lost, peer.lost
        ));
    }
    let better = cell.lost == peer.lost && ours > theirs;
    better.then(|| {
        format!(
            "p99 is {:.3} of {mode}'s",
            ours as f64 / theirs.max(1) as f64
        )
    })
}

/// What is worse than it may be beside softirq, if anything.
fn against(cell: &Cell, softirq: &Cell) -> Option<String> {
    if cell.rate.is_some() {
        return lower_rate(cell, softirq);
    }
    let p99 = softirq.delay.at(0.99);
    if softirq.lost > 0 || p99 >= TROUBLE_NS {
        let ours = cell.delay.at(0.99);
        return match cell.lost {
            0 if ours <= p99 => None,
            0 => Some(format!("p99 {}, softirq's is {}", time(ours), time(p99))),
            lost => Some(format!(
                "{lost} packets lost, softirq lost {}",
                softirq.lost
            )),
        };
    }
    if cell.lost > 0 {
        return Some(format!("{} packets lost", cell.lost));
    }
    QUANTILES.into_iter().find_map(|(quantile, name)| {
        let (ours, theirs) = (cell.delay.at(quantile), softirq.delay.at(quantile));
        let ratio = ours as f64 / theirs.max(1) as f64;
        (ratio > LIMIT).then(|| format!("{name} is {ratio:.3} of softirq's"))
    })
}

impl Goal {
    /// One line for people.
    pub fn line(&self) -> String {
        let what = if self.met { "met" } else { "missed" };
        format!("goal: {}/{}: {what}, {}", self.row, self.mode, self.because)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Times;

    /// Ninety of a hundred wait `p50` nanoseconds, the rest `p99`.
    fn cell(mode: Mode, p50: u64, p99: u64, lost: u64) -> Cell {
        Cell {
            row: "spin".into(),
            mode,
            delay: Times::new(vec![(p50, p50 + 1, 90), (p99, p99 + 1, 10)], p99),
            lost,
            share: None,
            time_ns: 1,
            rate: None,
            net_rx: 0,
            evidence: String::new(),
        }
    }

    #[test]
    fn never_slower_where_softirq_is_well_and_never_worse_where_it_is_not() {
        let well = cell(Mode::Softirq, 1000, 2000, 0);
        let slow = cell(Mode::Softirq, 1000, 5_000_000, 0);
        let loses = cell(Mode::Softirq, 1000, 2000, 7);
        for (softirq, p50, p99, lost, because) in [
            (&well, 1050, 2100, 0, "nobody is better"),
            (&well, 1060, 2000, 0, "p50 is 1.060 of softirq's"),
            (&well, 1000, 2200, 0, "p99 is 1.100 of softirq's"),
            (&well, 1000, 2000, 1, "1 packets lost"),
            (&slow, 4000, 5_000_000, 0, "nobody is better"),
            (
                &slow,
                1000,
                6_000_000,
                0,
                "p99 6.00 ms, softirq's is 5.00 ms",
            ),
            (&loses, 1000, 2000, 0, "nobody is better"),
            (&loses, 1, 2, 3, "3 packets lost, softirq lost 7"),
        ] {
            let goals = judge(&[cell(Mode::KbpArmed, p50, p99, lost), softirq.clone()]);
            assert_eq!(goals.len(), 1);
            assert_eq!(goals[0].because, because);
            assert_eq!(goals[0].met, because == "nobody is better");
        }
    }

    #[test]
    fn the_best_peer_is_no_better() {
        let softirq = cell(Mode::Softirq, 1000, 5_000_000, 0);
        let peers = [
            cell(Mode::Control, 1, 2, 0),
            cell(Mode::Threaded, 1000, 20_000, 0),
            cell(Mode::Defer, 1000, 3000, 5),
        ];
        for (p99, because) in [
            (20_000, "nobody is better"),
            (25_000, "p99 is 1.250 of threaded's"),
        ] {
            let mut cells = peers.to_vec();
            cells.extend([softirq.clone(), cell(Mode::KbpArmed, 1000, p99, 0)]);
            assert_eq!(judge(&cells)[0].because, because);
        }
    }

    #[test]
    fn where_a_rate_is_looked_for_the_higher_one_is_better_whatever_the_delays() {
        let at = |mode, rate| Cell {
            rate: Some(rate),
            ..cell(mode, rate, rate, 0)
        };
        let (softirq, peer) = (at(Mode::Softirq, 1000), at(Mode::Threaded, 1200));
        let other = at(Mode::Defer, 1100);
        for (rate, because) in [
            (1200, "nobody is better"),
            (950, "the highest rate without loss is 0.950 of softirq's"),
            (1140, "the highest rate without loss is 0.950 of threaded's"),
        ] {
            let ours = at(Mode::KbpReserve, rate);
            let cells = [ours, softirq.clone(), other.clone(), peer.clone()];
            assert_eq!(judge(&cells)[0].because, because);
        }
    }

    #[test]
    fn without_softirq_there_is_nothing_to_judge() {
        assert!(judge(&[cell(Mode::KbpArmed, 1, 1, 0), cell(Mode::Threaded, 1, 1, 0)]).is_empty());
    }
}
