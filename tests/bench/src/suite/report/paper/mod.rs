// SPDX-License-Identifier: GPL-2.0
//! What the paper that KBP comes from says, beside what was measured here: ratios KBP by NAPI, and
//! KBP by OvS-DPDK.
//!
//! Only numbers that its text states or its figures print legibly, sections 5 and 6. Times and
//! rates of its machines (two of 2.0 GHz with 10 Gbps NICs) cannot be compared with ours; ratios
//! can, with care.

mod claims;

use serde::{Deserialize, Serialize};

use self::claims::{
    Claim, LATENCIES, NO_SWITCH, OVS_LATENCIES, OVS_RATES, RATES, WITHIN_200, WITHIN_250,
};
use super::measured::Measured;
use super::model::{Ratio, RowReport};
use super::rows::KBP;
use crate::suite::cell::{Mode, Place, Transport, Wire, Workload};
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
    let all: [(Rival, Quantity, &[Claim]); 4] = [
        (Rival::Napi, MaxLatency, &LATENCIES),
        (Rival::Napi, Throughput, &RATES),
        (Rival::OvsDpdk, MaxLatency, &OVS_LATENCIES),
        (Rival::OvsDpdk, Throughput, &OVS_RATES),
    ];
    let lines = |(rival, quantity, claims): (Rival, Quantity, &[Claim])| {
        let of = claims.iter();
        let line = |claim| line(measured, rows, rival, quantity, claim);
        of.map(line).collect::<Vec<Line>>()
    };
    all.into_iter().flat_map(lines).collect()
}

fn line(
    measured: &Measured,
    rows: &[RowReport],
    rival: Rival,
    quantity: Quantity,
    claim: &Claim,
) -> Line {
    let (figure, frame, place, load, says, ratio) = *claim;
    let here = match rival {
        Rival::Napi => by_napi(measured, rows, quantity, frame, place),
        Rival::OvsDpdk => by_switch(measured, rows, quantity, frame),
    };
    let unlike = match (rival, quantity) {
        (Rival::OvsDpdk, Throughput) => NO_SWITCH,
        _ => "",
    };
    Line {
        figure,
        rival,
        quantity,
        frame,
        place,
        load: load.into(),
        says: says.into(),
        ratio: crate::statistics::tidy(ratio),
        bound: says == WITHIN_200 || says == WITHIN_250,
        here,
        unlike: unlike.into(),
    }
}

/// KBP by softirq, each in the same row.
fn by_napi(
    measured: &Measured,
    rows: &[RowReport],
    quantity: Quantity,
    frame: u32,
    place: Place,
) -> Vec<Here> {
    let metric = quantity.metric();
    let alike = rows
        .iter()
        .filter(|row| shows(&row.workload, quantity, frame, place));
    let here = alike.flat_map(|row| {
        KBP.into_iter().filter_map(move |mode| {
            let ratio = measured.ratio(&row.name, mode, Mode::Softirq, metric)?;
            Some(Here {
                row: row.name.clone(),
                mode,
                ratio: Ratio::in_noise(ratio, row.noise.get(&metric)),
            })
        })
    });
    here.collect()
}

/// KBP on the plain cable by softirq behind the switch, in the same boot.
fn by_switch(measured: &Measured, rows: &[RowReport], quantity: Quantity, frame: u32) -> Vec<Here> {
    let metric = quantity.metric();
    let of = |wire: Wire| {
        rows.iter().find(|row| match row.workload {
            Workload::RoundTrip {
                frame: f, wire: w, ..
            } => quantity == MaxLatency && (f, w) == (frame, wire),
            _ => false,
        })
    };
    let (Some(plain), Some(switched)) = (of(Wire::CableBesideOvs), of(Wire::OvsDpdk)) else {
        return Vec::new();
    };
    let here = KBP.into_iter().filter_map(|mode| {
        let behind = (switched.name.as_str(), Mode::Softirq);
        let ratio = measured.ratio_of((&plain.name, mode), behind, metric)?;
        Some(Here {
            row: format!("{} by {}", plain.name, switched.name),
            mode,
            ratio: Ratio::in_noise(ratio, switched.noise.get(&metric)),
        })
    });
    here.collect()
}

/// Whether a workload is this project's likeness of a figure's.
fn shows(workload: &Workload, quantity: Quantity, frame: u32, place: Place) -> bool {
    match (*workload, quantity) {
        (
            Workload::RoundTrip {
                transport: Transport::Udp,
                frame: f,
                wire: Wire::Cable,
                place: p,
                ..
            },
            MaxLatency,
        ) => (f, p) == (frame, place),
        (
            Workload::ZeroLoss {
                frame: f, place: p, ..
            },
            Throughput,
        ) => (f, p) == (frame, place),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
