// SPDX-License-Identifier: GPL-2.0
//! What the paper that KBP comes from says, beside what was measured here: ratios KBP by NAPI, and KBP by OvS-DPDK.
//!
//! Only numbers that its text states or its figures print legibly, sections 5 and 6. Times and rates of its
//! machines (two of 2.0 GHz with 10 Gbps NICs) cannot be compared with ours; ratios can, with care.

use serde::{Deserialize, Serialize};

use super::measured::Measured;
use super::model::{Ratio, RowReport};
use super::rows::KBP;
use crate::suite::cell::{Mode, Place, Wire, Workload};
use crate::suite::statistics::Metric;

use Place::{Docker, Guest, Pod};
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

/// A claim of the paper: figure, frame, place, load, its numbers, KBP by its rival.
type Claim = (u8, u32, Place, &'static str, &'static str, f64);

/// Figures 8 and 11. Fig. 8's bars are not legible; its text bounds them. Of Fig. 11, bars that cannot be told
/// apart are left out (1518 bytes: Pod at 100 Mbps, Docker at 1 Gbps; 512 bytes at 1 Gbps).
const LATENCIES: [Claim; 13] = [
    (8, 64, Guest, "80 Mbps", WITHIN_200, 0.2),
    (8, 512, Guest, "80 Mbps", WITHIN_200, 0.2),
    (8, 1518, Guest, "80 Mbps", WITHIN_200, 0.2),
    (8, 512, Guest, "1 Gbps", WITHIN_250, 0.25),
    (8, 1518, Guest, "1 Gbps", "98.8 % less", 1.0 - 0.988),
    (
        11,
        64,
        Docker,
        "100 Mbps",
        "2.2 ms → 190 µs",
        190.0 / 2200.0,
    ),
    (11, 64, Pod, "100 Mbps", "10 ms → 517 µs", 517.0 / 10_000.0),
    (
        11,
        512,
        Docker,
        "100 Mbps",
        "170 µs → 125 µs",
        125.0 / 170.0,
    ),
    (11, 512, Pod, "100 Mbps", "3.6 ms → 141 µs", 141.0 / 3600.0),
    (11, 1518, Docker, "100 Mbps", "123 µs → 97 µs", 97.0 / 123.0),
    (11, 1518, Pod, "1 Gbps", "2.6 ms → 415 µs", 415.0 / 2600.0),
    (
        11,
        64,
        Docker,
        "1 Gbps, 80 % lost",
        "19 ms → 18 ms",
        18.0 / 19.0,
    ),
    (
        11,
        64,
        Pod,
        "1 Gbps, 82 % lost",
        "21 ms → 22 ms",
        22.0 / 21.0,
    ),
];
const WITHIN_200: &str = "milliseconds → within 200 µs";
const WITHIN_250: &str = "milliseconds → within 250 µs";

/// Figures 9 and 12.
const RATES: [Claim; 9] = [
    (9, 64, Guest, "", "151 → 205 Mbps", 205.0 / 151.0),
    (9, 512, Guest, "", "1.01 → 1.77 Gbps", 1.77 / 1.01),
    (9, 1518, Guest, "", "1.60 → 5.25 Gbps", 5.25 / 1.60),
    (12, 64, Docker, "", "30.4 → 38.1 Mbps", 38.1 / 30.4),
    (12, 512, Docker, "", "1.05 → 1.10 Gbps", 1.10 / 1.05),
    (12, 1518, Docker, "", "3.38 → 3.60 Gbps", 3.60 / 3.38),
    (12, 64, Pod, "", "35.0 → 38.1 Mbps", 38.1 / 35.0),
    (12, 512, Pod, "", "0.81 → 1.04 Gbps", 1.04 / 0.81),
    (12, 1518, Pod, "", "2.69 → 2.97 Gbps", 2.97 / 2.69),
];

/// Figure 8 against OvS-DPDK: both bounds stand in the text, "milliseconds" for the switch.
const OVS_LATENCIES: [Claim; 5] = [
    (8, 64, Guest, "80 Mbps", WITHIN_200, 0.2),
    (8, 512, Guest, "80 Mbps", WITHIN_200, 0.2),
    (8, 1518, Guest, "80 Mbps", WITHIN_200, 0.2),
    (8, 512, Guest, "1 Gbps", WITHIN_250, 0.25),
    (8, 1518, Guest, "1 Gbps", WITHIN_250, 0.25),
];

/// Figure 9 against OvS-DPDK.
const OVS_RATES: [Claim; 3] = [
    (9, 64, Guest, "", "74 → 205 Mbps", 205.0 / 74.0),
    (9, 512, Guest, "", "273 Mbps → 1.77 Gbps", 1770.0 / 273.0),
    (9, 1518, Guest, "", "1.55 → 5.25 Gbps", 5.25 / 1.55),
];

/// Why no search has the switch in its way.
const NO_SWITCH: &str = "nothing here is like it: the search's NIC is a synthetic one in the guest, with no switch before it";

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
        ratio: crate::suite::statistics::tidy(ratio),
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

/// Whether a workload is this project's likeness of a figure's. The search runs with the synthetic NIC in the
/// guest; there is none for containers.
fn shows(workload: &Workload, quantity: Quantity, frame: u32, place: Place) -> bool {
    match (*workload, quantity) {
        (
            Workload::RoundTrip {
                frame: f,
                place: p,
                wire: Wire::Cable,
                ..
            },
            MaxLatency,
        ) => (f, p) == (frame, place),
        (Workload::ZeroLoss { frame: f, .. }, Throughput) => f == frame && place == Guest,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::synthetic;
    use super::*;

    fn lines_of(outcomes: &[crate::suite::outcome::Outcome]) -> Vec<Line> {
        let measured = Measured::new(outcomes);
        lines(&measured, &super::super::rows::rows(&measured))
    }

    /// The text of the paper names some of the ratios itself.
    #[test]
    fn the_ratios_are_those_that_the_text_states() {
        let lines = lines_of(&[]);
        let ratio = |figure, frame, place| {
            let line = |l: &&Line| (l.figure, l.frame, l.place) == (figure, frame, place);
            lines.iter().find(line).unwrap().ratio
        };
        let by_switch = |frame| {
            let line = |l: &&Line| (l.rival, l.figure, l.frame) == (Rival::OvsDpdk, 9, frame);
            lines.iter().find(line).unwrap().ratio
        };
        for (frame, stated) in [(64, 2.77), (512, 6.48), (1518, 3.39)] {
            assert!((by_switch(frame) - stated).abs() < 0.006, "{frame}");
        }
        for (figure, frame, place, stated) in [
            (9, 64, Guest, 1.36),
            (9, 512, Guest, 1.75),
            (9, 1518, Guest, 3.28),
            (12, 64, Docker, 1.25),
            (12, 512, Docker, 1.05),
            (12, 1518, Docker, 1.07),
            (12, 512, Pod, 1.28),
            (12, 1518, Pod, 1.10),
            // "by 21.1 % to 96.1 %"
            (11, 1518, Docker, 0.789),
            (11, 512, Pod, 0.039),
        ] {
            let ratio = ratio(figure, frame, place);
            assert!(
                (ratio - stated).abs() < 0.006,
                "Fig. {figure}, {frame}, {place:?}: {ratio}"
            );
        }
        assert!(lines.iter().all(|line| line.here.is_empty()));
    }

    #[test]
    fn rows_find_their_figure() {
        let lines = lines_of(&synthetic::good(3));
        let measured = |line: &&Line| !line.here.is_empty();
        let found: Vec<_> = lines
            .iter()
            .filter(measured)
            .map(|l| (l.figure, l.frame, l.place))
            .collect();
        assert_eq!(
            found,
            [(8, 64, Guest), (11, 512, Docker), (9, 64, Guest)],
            "those that the sample has rows for"
        );
        assert!(lines
            .iter()
            .all(|line| line.here.is_empty() || line.unlike.is_empty()));
        let docker = lines
            .iter()
            .find(|l| l.figure == 11 && measured(l))
            .unwrap();
        assert_eq!(docker.here[0].mode, Mode::KbpArmed);
        assert!((docker.here[0].ratio.of.median - 0.01).abs() < 1e-9);
    }

    /// Only the plain cable of the same boot is a comparison.
    #[test]
    fn the_switch_is_compared_with_the_cable_beside_it() {
        let of = |name: &'static str, wire, mode, unit| {
            (1..=3).map(move |round| synthetic::through(name, wire, mode, round, unit))
        };
        let mut outcomes: Vec<_> = of("ovs-dpdk-64", Wire::OvsDpdk, Mode::Softirq, 4000)
            .chain(of(
                "ovs-cable-64",
                Wire::CableBesideOvs,
                Mode::Softirq,
                3000,
            ))
            .chain(of(
                "ovs-cable-64",
                Wire::CableBesideOvs,
                Mode::KbpMasked,
                1000,
            ))
            .collect();
        let found = |outcomes: &[_]| {
            let lines = lines_of(outcomes).into_iter();
            let of = |line: Line| {
                line.here
                    .into_iter()
                    .map(move |here| (line.rival, line.figure, here))
            };
            lines.flat_map(of).collect::<Vec<_>>()
        };
        let here = found(&outcomes);
        assert_eq!(here.len(), 1, "{here:?}");
        let (rival, figure, here) = &here[0];
        assert_eq!(
            (*rival, *figure, here.mode),
            (Rival::OvsDpdk, 8, Mode::KbpMasked)
        );
        assert_eq!(here.row, "ovs-cable-64 by ovs-dpdk-64");
        assert!((here.ratio.of.median - 0.25).abs() < 1e-9);
        outcomes.retain(|outcome| outcome.cell.row.name != "ovs-cable-64");
        outcomes.extend(of("vm-64", Wire::Cable, Mode::KbpMasked, 1000));
        assert_eq!(found(&outcomes), []);
    }
}
