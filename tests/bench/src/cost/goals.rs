// SPDX-License-Identifier: GPL-2.0
//! What the project wants its costs to be.

use serde::{Deserialize, Serialize};

use super::plan::{Mode, BATCHES};
use super::row::Row;

/// One goal and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// Whose cost.
    pub mode: Mode,
    /// Packets per interrupt.
    pub batch: u32,
    /// The largest ratio to softirq that is good enough.
    pub limit: f64,
    /// The ratio that was measured.
    pub ratio: f64,
    /// Whether it is good enough.
    pub met: bool,
}

/// Judges every goal that was measured.
pub fn judge(rows: &[Row]) -> Vec<Goal> {
    let armed = BATCHES.map(|batch| (Mode::KbpArmed, batch, 1.0));
    armed
        .into_iter()
        .chain([(Mode::KbpMasked, 1, 0.8)])
        .filter_map(|(mode, batch, limit)| {
            let row = rows.iter().find(|r| (r.mode, r.batch) == (mode, batch))?;
            let ratio = row.ratio_to_softirq?;
            Some(Goal {
                mode,
                batch,
                limit,
                ratio,
                met: ratio <= limit,
            })
        })
        .collect()
}

impl Goal {
    /// One line for people.
    pub fn line(&self) -> String {
        let what = format!(
            "goal: {} at most {:.2} of softirq, {} per interrupt: ",
            self.mode,
            self.limit,
            match self.batch {
                1 => "1 packet".into(),
                n => format!("{n} packets"),
            }
        );
        let off = (self.ratio / self.limit - 1.0) * 100.0;
        match self.met {
            true => format!("{what}met, {:.3}", self.ratio),
            false => format!("{what}missed by {off:.1} %, {:.3}", self.ratio),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::row::tests::row;

    #[test]
    fn met_and_missed() {
        let goals = judge(&[
            row(Mode::KbpArmed, 1, 1.0),
            row(Mode::KbpArmed, 8, 1.1),
            row(Mode::KbpMasked, 1, 0.84),
            row(Mode::KbpMasked, 8, 2.0),
        ]);
        let lines: Vec<_> = goals.iter().map(Goal::line).collect();
        assert_eq!(
            lines,
            [
                "goal: kbp-armed at most 1.00 of softirq, 1 packet per interrupt: met, 1.000",
                "goal: kbp-armed at most 1.00 of softirq, 8 packets per interrupt: missed by 10.0 %, 1.100",
                "goal: kbp-masked at most 0.80 of softirq, 1 packet per interrupt: missed by 5.0 %, 0.840",
            ]
        );
        assert_eq!(goals.iter().filter(|goal| goal.met).count(), 1);
    }
}
