// SPDX-License-Identifier: GPL-2.0
//! Checks that must hold, and warnings beside them.

use serde::{Deserialize, Serialize};

/// A check and how it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was checked, and what was found.
    pub text: String,
    /// Whether it holds.
    pub ok: bool,
}

/// The judgement on a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// All of them must hold.
    pub checks: Vec<Check>,
    /// What a reader should know, though nothing failed.
    pub warnings: Vec<String>,
}

impl Judgement {
    /// Whether every check holds.
    pub fn ok(&self) -> bool {
        self.checks.iter().all(|check| check.ok)
    }

    /// One line each.
    pub fn lines(&self) -> Vec<String> {
        let checks = self.checks.iter().map(|check| match check.ok {
            true => check.text.clone(),
            false => format!("FAILED: {}", check.text),
        });
        let warnings = self
            .warnings
            .iter()
            .map(|warning| format!("warning: {warning}"));
        checks.chain(warnings).collect()
    }
}
