// SPDX-License-Identifier: GPL-2.0
//! The parts of a report that are made of outcomes: rows and their modes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::mode::Mode;
use crate::statistics::Estimate;
use crate::suite::cell::Workload;
use crate::suite::metric::Metric;
use crate::suite::noise::Noise;
use crate::suite::outcome::{Busy, Packets};

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowReport {
    /// Short and unique.
    pub name: String,
    /// One line for readers.
    pub about: String,
    /// What is done.
    pub workload: Workload,
    /// Whether it cannot tell who is faster.
    pub noisy: bool,
    /// Why it cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<String>,
    /// The noise of each metric.
    pub noise: BTreeMap<Metric, Noise>,
    /// What the time source adds: `[percent, ns]`, all modes together.
    pub floor: Vec<(f64, u64)>,
    /// Who is best; `None` when nobody was measured.
    pub best: Option<Mode>,
    /// The better one of KBP's two ways to poll.
    pub kbp: Option<Mode>,
    /// That one by each other mode, by the row's decisive metric.
    pub kbp_by: BTreeMap<Mode, Ratio>,
    /// The modes.
    pub modes: BTreeMap<Mode, ModeReport>,
}

/// One mode in one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModeReport {
    /// How many rounds there are.
    pub rounds: usize,
    /// Over the rounds.
    pub metrics: BTreeMap<Metric, Estimate>,
    /// This mode by softirq.
    pub ratios: BTreeMap<Metric, Ratio>,
    /// How busy each core was, the mean of the rounds.
    pub busy: Vec<Busy>,
    /// The sum of these shares.
    pub busy_cores: f64,
    /// NET_RX softirqs on the receiving core, all rounds together.
    pub net_rx: u64,
    /// All rounds together.
    pub packets: Packets,
    /// The share of the packets that were lost, all rounds together.
    pub loss: f64,
    /// What showed that the mode was in effect, each different answer once.
    pub evidence: Vec<String>,
    /// The times of all rounds together: `[percent, ns]`.
    pub percentiles: Vec<(f64, u64)>,
}

/// A ratio, and whether it is more than noise.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ratio {
    /// One ratio per round.
    #[serde(flatten)]
    pub of: Estimate,
    /// Whether it is smaller than the row's noise.
    pub within_noise: bool,
}

impl RowReport {
    /// The metric that it is judged by.
    pub fn decisive(&self) -> Metric {
        Metric::decisive(&self.workload)
    }

    /// The decisive metric's noise.
    pub fn decisive_noise(&self) -> Option<&Noise> {
        self.noise.get(&self.decisive())
    }

    /// The median of a mode's decisive metric.
    pub fn result(&self, mode: Mode) -> Option<f64> {
        Some(self.modes.get(&mode)?.metrics.get(&self.decisive())?.median)
    }
}

impl Ratio {
    /// With the noise of the row and metric it belongs to; none was measured, none is assumed.
    pub fn in_noise(of: Estimate, noise: Option<&Noise>) -> Ratio {
        let within_noise = noise.is_some_and(|noise| noise.drowns(&of));
        Ratio { of, within_noise }
    }
}
