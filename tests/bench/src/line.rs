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
    use crate::livepatch::event::Found;

    #[test]
    fn both_kinds_of_lines_survive() {
        let found = r#"{"event":"transition","subject":"busy-poll","round":1,"direction":"in","took_ms":null,"held_by":["napi/ktn0-9"],"packets":5,"overflow":6}"#;
        let failed = r#"{"event":"failed","id":"a/b/1","why":"no core"}"#;
        for text in [found, failed, r#"{"event":"done"}"#] {
            let line: Line<Found> = serde_json::from_str(text).unwrap();
            assert_eq!(matches!(line, Line::Found(_)), text == found);
            assert_eq!(serde_json::to_string(&line).unwrap(), text);
        }
        assert!(serde_json::from_str::<Line<Found>>("cannot x").is_err());
    }
}
