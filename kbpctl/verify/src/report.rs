// SPDX-License-Identifier: GPL-2.0
//! What came of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The answer, of one check or of all; the worse one counts.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As KBP needs it.
    Ok,
    /// It could not be found out.
    Unknown,
    /// KBP must not be loaded.
    Unsafe,
}

impl Verdict {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Ok => "ok",
            Verdict::Unknown => "unknown",
            Verdict::Unsafe => "unsafe",
        }
    }
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// What was looked at.
    pub name: String,
    /// The worst of what was found.
    pub verdict: Verdict,
    /// Why it is not ok; each names a function, a field or an option.
    pub reasons: Vec<String>,
    /// What is worth knowing besides.
    pub notes: Vec<String>,
}

impl Check {
    pub(crate) fn new(name: &str) -> Check {
        Check {
            name: name.to_owned(),
            verdict: Verdict::Ok,
            reasons: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn add(&mut self, verdict: Verdict, reason: impl Into<String>) {
        self.verdict = self.verdict.max(verdict);
        self.reasons.push(reason.into());
    }

    pub(crate) fn not_safe(&mut self, reason: impl Into<String>) {
        self.add(Verdict::Unsafe, reason);
    }

    pub(crate) fn unknown(&mut self, reason: impl Into<String>) {
        self.add(Verdict::Unknown, reason);
    }

    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }
}

/// All checks of one kernel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Its release, as `uname -r` prints it.
    pub kernel: Option<String>,
    /// Its GNU build id.
    pub build_id: Option<String>,
    /// The worst of all checks.
    pub verdict: Verdict,
    /// The checks.
    pub checks: Vec<Check>,
}

impl Report {
    pub(crate) fn new(
        kernel: Option<String>,
        build_id: Option<String>,
        checks: Vec<Check>,
    ) -> Report {
        let worst = checks.iter().map(|check| check.verdict).max();
        Report {
            kernel,
            build_id,
            verdict: worst.unwrap_or(Verdict::Unknown),
            checks,
        }
    }

    /// All reasons, each with the name of its check.
    pub fn reasons(&self) -> Vec<String> {
        let checks = self.checks.iter();
        let reasons = checks.flat_map(|check| {
            check
                .reasons
                .iter()
                .map(|reason| format!("{}: {reason}", check.name))
        });
        reasons.collect()
    }
}
