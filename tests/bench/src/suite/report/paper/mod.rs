// SPDX-License-Identifier: GPL-2.0
//! What the paper that KBP comes from says, beside what was measured here: ratios KBP by NAPI, and
//! KBP by OvS-DPDK.
//!
//! Only numbers that its text states or its figures print legibly, sections 5 and 6. Times and
//! rates of its machines (two of 2.0 GHz with 10 Gbps NICs) cannot be compared with ours; ratios
//! can, with care.

mod claims;

use serde::{Deserialize, Serialize};

use self::claims::{Claim, BY_NAPI, BY_OVS, NO_SWITCH, WITHIN_200, WITHIN_250};
use super::measured::Measured;
use super::model::{Ratio, RowReport};
use super::rows::KBP;
use crate::mode::Mode;
use crate::statistics::tidy;
use crate::suite::cell::{Place, Wire, Workload};
use crate::suite::metric::Metric;

use Quantity::{MaxLatency, Throughput};

/// What a figure shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// The maximum of the round trip.
    MaxLatency,
    /// The highest rate without loss.
    Throughput,
}

impl Quantity {
    /// In reports.
    pub fn name(self) -> &'static str {
        match self {
            MaxLatency => "maximum round trip",
            Throughput => "rate without loss",
        }
    }

    fn metric(self) -> Metric {
        match self {
            MaxLatency => Metric::Max,
            Throughput => Metric::Rate,
        }
    }
}

/// What KBP is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rival {
    /// The NET_RX softirq, on the same way.
    Napi,
    /// The NET_RX softirq of a guest behind Open vSwitch with DPDK; KBP has no switch in its way.
    OvsDpdk,
}

impl Rival {
    /// In reports.
    pub fn name(self) -> &'static str {
        match self {
            Rival::Napi => "NAPI",
            Rival::OvsDpdk => "OvS-DPDK",
        }
    }
}

/// One line of the comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The paper's figure.
    pub figure: u8,
    /// What KBP is compared with.
    pub rival: Rival,
    /// What it shows.
    pub quantity: Quantity,
    /// The Ethernet frame.
    pub frame: u32,
    /// Where the receiver is; `Guest` is the paper's virtual machine.
    pub place: Place,
    /// What the paper's sender offered; empty for a search.
    pub load: String,
    /// The paper's numbers.
    pub says: String,
    /// KBP by the rival there.
    pub ratio: f64,
    /// Whether the paper only says that it is less than that.
    pub bound: bool,
    /// The same ratio here; empty where nothing like it was measured in this run.
    pub here: Vec<Here>,
    /// Why no run measures anything like it; empty where some do.
    pub unlike: String,
}

/// A ratio of this run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Here {
    /// The row.
    pub row: String,
    /// How KBP polled.
    pub mode: Mode,
    /// KBP by softirq, which has the switch in its way where that is the rival.
    pub ratio: Ratio,
}

/// The whole comparison.
pub fn lines(measured: &Measured, rows: &[RowReport]) -> Vec<Line> {
    let by = |rival, claims: &'static [Claim]| claims.iter().map(move |claim| (rival, claim));
    let line = |(rival, claim): (Rival, &Claim)| {
        let (figure, frame, place, load, says, theirs, ours) = *claim;
        let quantity = if matches!(figure, 8 | 11) {
            MaxLatency
        } else {
            Throughput
        };
        let unlike = match (rival, quantity) {
            (Rival::OvsDpdk, Throughput) => NO_SWITCH,
            _ => "",
        };
        let mut line = Line {
            figure,
            rival,
            quantity,
            frame,
            place,
            load: load.into(),
            says: says.into(),
            ratio: tidy(f64::from(ours) / f64::from(theirs)),
            bound: says == WITHIN_200 || says == WITHIN_250,
            here: Vec::new(),
            unlike: unlike.into(),
        };
        line.here = here(measured, rows, &line);
        line
    };
    let all = by(Rival::Napi, &BY_NAPI).chain(by(Rival::OvsDpdk, &BY_OVS));
    all.map(line).collect()
}

/// KBP by softirq: each in the same row, or KBP on the plain cable by softirq behind the switch, in
/// the same boot.
fn here(measured: &Measured, rows: &[RowReport], line: &Line) -> Vec<Here> {
    let metric = line.quantity.metric();
    let shown = |wire| move |row: &&RowReport| shows(&row.workload, line, wire);
    let on = |wire| rows.iter().filter(shown(wire));
    let pairs: Vec<(&RowReport, &RowReport)> = match line.rival {
        Rival::Napi => on(Wire::Cable).map(|row| (row, row)).collect(),
        Rival::OvsDpdk => on(Wire::CableBesideOvs).zip(on(Wire::OvsDpdk)).collect(),
    };
    let pairs = pairs
        .into_iter()
        .flat_map(|pair| KBP.map(|mode| (pair, mode)));
    let found = pairs.filter_map(|((ours, theirs), mode)| {
        let row = match ours.name == theirs.name {
            true => ours.name.clone(),
            false => format!("{} by {}", ours.name, theirs.name),
        };
        let rival = (theirs.name.as_str(), Mode::Softirq);
        let ratio = measured.ratio_of((&ours.name, mode), rival, metric)?;
        let ratio = Ratio::in_noise(ratio, theirs.noise.get(&metric));
        Some(Here { row, mode, ratio })
    });
    found.collect()
}

/// Whether a workload on that wire is this project's likeness of a figure's.
fn shows(workload: &Workload, line: &Line, wire: Wire) -> bool {
    let (quantity, frame) = match *workload {
        Workload::RoundTrip { frame, .. } if !workload.is_tcp() => (MaxLatency, frame),
        Workload::ZeroLoss { frame, .. } => (Throughput, frame),
        _ => return false,
    };
    (quantity, frame) == (line.quantity, line.frame)
        && (workload.place(), workload.wire()) == (line.place, wire)
}

#[cfg(test)]
mod tests;
