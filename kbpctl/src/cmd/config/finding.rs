// SPDX-License-Identifier: GPL-2.0
//! What is wrong in the saved state: with a file, or with what it asks of this machine.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cores::saved::{Fault, Place};
use crate::error::Error;

/// Whether something must be written in another way, or may come right by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Severity {
    Error,
    /// An interface that is not there yet, a core that is off line.
    Warning,
}

/// What is wrong.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Finding {
    pub(super) severity: Severity,
    #[serde(flatten)]
    pub(super) place: Place,
    /// The value and the rule.
    pub(super) cause: String,
    pub(super) cure: String,
}

impl Finding {
    pub(super) fn new(severity: Severity, place: Place, error: Error) -> Finding {
        Finding {
            severity,
            place,
            cause: error.cause,
            cure: error.cure,
        }
    }

    /// `FILE:LINE: error: ...`, which editors know, and the cure below it.
    pub(super) fn lines(&self) -> [String; 2] {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        [
            format!("{}: {word}: {}", self.place, self.cause),
            format!("      try: {}", self.cure),
        ]
    }
}

impl From<Fault> for Finding {
    fn from(fault: Fault) -> Finding {
        let cause = match fault.place.line {
            Some(_) => fault.cause,
            None => format!("cannot be read: {}", fault.cause),
        };
        Finding {
            severity: Severity::Error,
            place: fault.place,
            cause,
            cure: fault.cure,
        }
    }
}
