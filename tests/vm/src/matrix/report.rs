// SPDX-License-Identifier: GPL-2.0
//! What the matrix found, as it is written to `report.json`.

use serde::{Deserialize, Serialize};

/// The schema's name.
pub const SCHEMA: &str = "kbp.matrix/1";

/// The whole report.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// The commit that all rows were built from; `-dirty` when there was more.
    pub commit: String,
    /// Seconds that all of it took.
    pub took_s: u64,
    /// One for each kernel.
    pub kernels: Vec<Row>,
}

/// One kernel.
#[derive(Debug, Serialize, Deserialize)]
pub struct Row {
    /// Its release.
    pub release: String,
    /// The suite that serves it.
    pub suite: String,
    /// The version of its package.
    pub version: String,
    /// `r4l` (the kernel's own Rust) or `freestanding`; absent when nothing was built.
    pub rust: Option<String>,
    /// What came of it.
    pub verdict: Verdict,
    /// Why, unless it is `ok`.
    pub reason: Option<String>,
    /// Seconds that fetching and building took.
    pub built_s: u64,
    /// The story's steps with their times.
    pub steps: Vec<Step>,
}

/// What came of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Built, and the story passed.
    Ok,
    /// Built, and the story failed.
    Fail,
    /// Not built: KBP or its build says why.
    Refused,
}

/// One step of the story.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// How long it took, in milliseconds of the guest.
    pub ms: u64,
}

impl Report {
    /// Whether every kernel passed.
    pub fn is_green(&self) -> bool {
        !self.kernels.is_empty() && self.kernels.iter().all(|row| row.verdict == Verdict::Ok)
    }
}
