// SPDX-License-Identifier: GPL-2.0
//! What came of one measurement.

use serde::{Deserialize, Serialize};

use super::cell::Cell;
use crate::statistics::Times;

/// Packets, as the sender and the receiver counted them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packets {
    /// Sent or generated.
    pub sent: u64,
    /// Received or answered, each once.
    pub received: u64,
    /// A second time.
    pub duplicates: u64,
    /// After one that was sent later.
    pub reordered: u64,
}

impl Packets {
    /// Sent and never seen again.
    pub fn lost(&self) -> u64 {
        self.sent.saturating_sub(self.received)
    }
}

/// How busy a core was, from the scheduler's own accounts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Busy {
    /// The core.
    pub cpu: usize,
    /// Of the time measured, 0 to 1: tasks, interrupts and softirqs.
    pub share: f64,
}

/// One trial of a search for the highest rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Packets per second offered.
    pub rate: u64,
    /// Packets lost.
    pub lost: u64,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Which measurement.
    pub cell: Cell,
    /// The times; empty for a search.
    pub times: Times,
    /// What the time source itself adds: lateness of the timer or of the sender.
    pub noise: Times,
    /// The packets; of a search those of its last trial without loss.
    pub packets: Packets,
    /// The highest rate without loss, packets per second; searches only.
    pub rate: Option<u64>,
    /// All trials of a search, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trials: Vec<Trial>,
    /// How busy the cores of the guest were.
    pub busy: Vec<Busy>,
    /// What the polling thread of Open vSwitch had of a core of the host, 0 to 1, where it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub switch_share: Option<f64>,
    /// NET_RX softirqs on the receiving core.
    pub net_rx: u64,
    /// What showed that the mode was in effect, in words.
    pub evidence: String,
}

impl Outcome {
    /// One in which nothing was counted.
    pub(crate) fn nothing_of(cell: &Cell) -> Outcome {
        Outcome {
            cell: cell.clone(),
            times: Times::default(),
            noise: Times::default(),
            packets: Packets::default(),
            rate: None,
            trials: Vec::new(),
            busy: Vec::new(),
            switch_share: None,
            net_rx: 0,
            evidence: String::new(),
        }
    }
}

/// A mode that a row could not be measured in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The row's name, or `*` for all.
    pub row: String,
    /// The mode.
    pub mode: crate::mode::Mode,
    /// Why.
    pub why: String,
}

/// A measurement that was tried twice and came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// [`Cell::id`].
    pub id: String,
    /// Why, the last time.
    pub why: String,
}

/// What the guest finds. `runs.jsonl` keeps it, too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Found {
    /// A measurement is over. The host adds what it has measured itself.
    Measured(Box<Outcome>),
    /// It cannot be made on this kernel.
    Left(Left),
}
