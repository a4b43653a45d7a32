// SPDX-License-Identifier: GPL-2.0
//! `out/cost/report.json`: schema `kbp.cost/1`.

use serde::{Deserialize, Serialize};

use super::goals::Goal;
use super::row::Row;
use crate::report::Environment;

/// The name and version of the format.
pub const SCHEMA: &str = "kbp.cost/1";

/// Everything a run of `kbp-bench cost` found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// Release of the guest's kernel.
    pub kernel: String,
    /// One for each mode and batch.
    pub rows: Vec<Row>,
    /// What was wanted.
    pub goals: Vec<Goal>,
    /// Nanoseconds of the guest's clock for an instruction, checked with a loop of known length.
    pub ns_per_instruction: f64,
    /// Where it was measured.
    pub environment: Environment,
}
