// SPDX-License-Identifier: GPL-2.0
//! What the guest tells: one JSON document a line.

use serde::{Deserialize, Serialize};

/// Longest wait for one transition.
pub const LIMIT_S: u64 = 60;

/// Who polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The guest is set up.
    Setup {
        /// `uname -r`.
        kernel: String,
    },
    /// A transition is over, or its time is.
    Transition(Transition),
    /// Everything is measured.
    Done,
}

impl Subject {
    /// Both.
    pub const ALL: [Subject; 2] = [Subject::Kbp, Subject::BusyPoll];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Kbp => "kbp",
            Subject::BusyPoll => "busy-poll",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_survive() {
        let event = Event::Transition(Transition {
            subject: Subject::BusyPoll,
            round: 1,
            direction: Direction::In,
            took_ms: None,
            held_by: vec!["napi/ktn0-9".into()],
            packets: 5,
            overflow: 6,
        });
        let line = serde_json::to_string(&event).unwrap();
        assert!(line.contains(r#""subject":"busy-poll","round":1,"direction":"in","took_ms":null"#));
        assert_eq!(serde_json::from_str::<Event>(&line).unwrap(), event);
    }
}
