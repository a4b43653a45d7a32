// SPDX-License-Identifier: GPL-2.0
//! What a packet costs.

use serde::{Deserialize, Serialize};

use super::plan::Mode;

/// What a packet costs in one mode with one batch size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Who polls.
    pub mode: Mode,
    /// Packets per interrupt.
    pub batch: u32,
    /// From the schedule call in the interrupt handler to the full socket; the median over rounds.
    pub instructions_per_packet: f64,
    /// The same, as a part of what `softirq` needs; absent when that was not measured.
    pub ratio_to_softirq: Option<f64>,
    /// The same, and with it the interrupt, which masked ones spare; see [`Row::with_interrupt`].
    pub ratio_with_interrupt: Option<f64>,
    /// How often it was measured.
    pub rounds: usize,
    /// From the smallest to the largest of the rounds, as a part of the median.
    pub spread: f64,
    /// Each round's.
    pub values: Vec<f64>,
    /// Instructions of one interrupt of the timer that plays the NIC, not contained in the others.
    pub timer_interrupt: f64,
    /// Under KBP: instructions of a round that finds nothing; with masked interrupts, one that
    /// looks at the ring of a held NAPI.
    pub empty_round: Option<f64>,
}

impl Row {
    /// Instructions for a packet when its share of the interrupt is counted, too. The timer's
    /// stands for a NIC's. With masked interrupts the timer runs to play the hardware, a NIC has
    /// none.
    pub fn with_interrupt(&self, interrupt: f64) -> f64 {
        match self.mode {
            Mode::KbpMasked => self.instructions_per_packet,
            _ => self.instructions_per_packet + interrupt / f64::from(self.batch),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::cost) fn row(mode: Mode, batch: u32, ratio: f64) -> Row {
        Row {
            mode,
            batch,
            instructions_per_packet: ratio * 1000.0,
            ratio_to_softirq: Some(ratio),
            ratio_with_interrupt: None,
            rounds: 3,
            spread: 0.0012,
            values: vec![ratio * 1000.0; 3],
            timer_interrupt: 0.0,
            empty_round: None,
        }
    }
}
