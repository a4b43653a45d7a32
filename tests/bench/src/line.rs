// SPDX-License-Identifier: GPL-2.0
//! What the guest tells the host: one JSON document a line on its output.

use serde::{Deserialize, Serialize};

/// One line. `T` is what a feature finds, with an `event` of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Line<T> {
    /// What every feature says.
    Step(Step),
    /// A result.
    Found(T),
}

/// How far the guest is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Step {
    /// The guest is set up.
    Setup {
        /// `uname -r`.
        kernel: String,
        /// What the numbers depend on.
        note: String,
    },
    /// A measurement begins.
    Begin {
        /// Its name.
        id: String,
    },
    /// It came to nothing; the guest goes on with the next one.
    Failed {
        /// Its name.
        id: String,
        /// The reason.
        why: String,
    },
    /// No more lines follow.
    Done,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::livepatch::event::{Direction, Found, Subject, Transition};

    #[test]
    fn both_kinds_of_lines_survive() {
        let found = Line::Found(Found::Transition(Transition {
            subject: Subject::BusyPoll,
            round: 1,
            direction: Direction::In,
            took_ms: None,
            held_by: vec!["napi/ktn0-9".into()],
            packets: 5,
            overflow: 6,
        }));
        let failed = Line::Step(Step::Failed {
            id: "a/b/1".into(),
            why: "no core".into(),
        });
        for (line, start) in [
            (
                found,
                r#"{"event":"transition","subject":"busy-poll","round":1"#,
            ),
            (failed, r#"{"event":"failed","id":"a/b/1""#),
            (Line::Step(Step::Done), r#"{"event":"done"}"#),
        ] {
            let text = serde_json::to_string(&line).unwrap();
            assert!(text.starts_with(start), "{text}");
            assert_eq!(serde_json::from_str::<Line<Found>>(&text).unwrap(), line);
        }
        assert!(serde_json::from_str::<Line<Found>>("cannot x").is_err());
    }
}
