// SPDX-License-Identifier: GPL-2.0
//! `report.json`: schema `kbp.bench/2`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::model::RowReport;
use super::paper::Line as PaperLine;
use super::peers::{NotBest, Peer};
use super::promises::Promise;
use crate::report::{Environment, Judgement};
use crate::suite::outcome::{Failed, Left, Outcome};
use crate::suite::scale::Scale;

/// The name and version of the format.
pub const SCHEMA: &str = "kbp.bench/2";

/// Everything a reader must know to compare the run with another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conditions {
    /// Accelerator, CPUs, load, commit, duration.
    #[serde(flatten)]
    pub machine: Environment,
    /// `uname -r` of the guest.
    pub kernel: String,
    /// What matters of the kernel's configuration: `CONFIG_PREEMPT_DYNAMIC` -> `y`.
    pub config: BTreeMap<String, String>,
    /// The CPU model, as the host names it.
    pub cpu: String,
    /// How much was measured, in the words of the command line: `demo`, `quick`.
    pub scale: String,
    /// When it began, RFC 3339 in UTC.
    pub started: String,
    /// What else the numbers depend on, as the guest says it.
    pub note: String,
    /// [`crate::suite::cell::Cell::id`] of every measurement that was planned; what of them came to
    /// nothing is a failure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub planned: Vec<String>,
}

impl Conditions {
    /// Whether it was a run of the demo.
    pub fn is_demo(&self) -> bool {
        self.scale == Scale::Demo.name()
    }
}

/// What a run has come to. The report follows from it alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// What was measured.
    pub outcomes: Vec<Outcome>,
    /// Modes that could not be measured.
    pub left: Vec<Left>,
    /// Measurements that came to nothing.
    pub failed: Vec<Failed>,
    /// Where and when.
    pub conditions: Conditions,
}

/// Everything a run of the suite measured, and what follows from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// Where and when.
    pub environment: Conditions,
    /// Whether the run cannot tell who is faster: too many of its rows cannot.
    pub noisy: bool,
    /// That, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// What KBP buys against each other way to poll.
    pub peers: Vec<Peer>,
    /// What the project promises, and whether it holds here.
    pub promises: Vec<Promise>,
    /// Rows in which another mode is better.
    pub not_best: Vec<NotBest>,
    /// What was measured, in the order it was.
    pub rows: Vec<RowReport>,
    /// Modes that could not be measured.
    pub left: Vec<Left>,
    /// Measurements that were tried twice and came to nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<Failed>,
    /// The paper's figures beside this run's.
    pub paper: Vec<PaperLine>,
    /// What must hold whatever the times are.
    pub judgement: Judgement,
}

impl Report {
    /// Whether it is of the demo, which compares two modes only.
    pub fn is_demo(&self) -> bool {
        self.environment.is_demo()
    }
}
