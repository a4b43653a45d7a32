// SPDX-License-Identifier: GPL-2.0
//! What the guest finds.

use serde::{Deserialize, Serialize};

/// Longest wait for one transition.
pub const LIMIT_S: u64 = 60;

/// Who polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Subject {
    /// KBP.
    Kbp,
    /// The kernel's threaded NAPI with busy polling, its thread SCHED_FIFO, its core without the
    /// fair server.
    BusyPoll,
}

/// Where a transition goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The livepatch is loaded.
    In,
    /// It is switched off.
    Out,
}

/// One transition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// Who polled.
    pub subject: Subject,
    /// Which repetition, from 1.
    pub round: u32,
    /// Where it went.
    pub direction: Direction,
    /// How long it took; absent when it was not over after [`LIMIT_S`].
    pub took_ms: Option<u64>,
    /// The tasks it still waited for then, by name.
    pub held_by: Vec<String>,
    /// Packets polled meanwhile.
    pub packets: u64,
    /// Packets that found the ring full meanwhile: the poller had no rest.
    pub overflow: u64,
}

/// What the guest finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Found {
    /// A transition is over, or its time is.
    Transition(Transition),
}

impl Subject {
    /// Both.
    pub const ALL: [Subject; 2] = [Subject::Kbp, Subject::BusyPoll];
}
