// SPDX-License-Identifier: GPL-2.0
//! What the paper that KBP comes from says, beside what was measured here: ratios KBP by NAPI.
//!
//! Only numbers that its text states or its figures print legibly, sections 5 and 6. Times and rates of its
//! machines (two of 2.0 GHz with 10 Gbps NICs) cannot be compared with ours; ratios can, with care.

use serde::{Deserialize, Serialize};

use super::measured::Measured;
use super::model::{Ratio, RowReport};
use super::rows::KBP;
use crate::suite::cell::{Mode, Place, Transport, Workload};
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

/// One line of the comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The paper's figure.
    pub figure: u8,
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
    /// KBP by NAPI there.
    pub ratio: f64,
    /// Whether the paper only says that it is less than that.
    pub bound: bool,
    /// The same ratio here; empty where nothing like it was measured in this run.
    pub here: Vec<Here>,
}

/// A ratio of this run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Here {
    /// The row.
    pub row: String,
    /// How KBP polled.
    pub mode: Mode,
    /// KBP by softirq.
    pub ratio: Ratio,
}

/// A claim of the paper: figure, frame, place, load, its numbers, KBP by NAPI.
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

/// The whole comparison.
pub fn lines(measured: &Measured, rows: &[RowReport]) -> Vec<Line> {
    let claims = LATENCIES.iter().map(|claim| (MaxLatency, claim));
    claims
        .chain(RATES.iter().map(|claim| (Throughput, claim)))
        .map(|(quantity, claim)| line(measured, rows, quantity, claim))
        .collect()
}

fn line(measured: &Measured, rows: &[RowReport], quantity: Quantity, claim: &Claim) -> Line {
    let (figure, frame, place, load, says, ratio) = *claim;
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
    Line {
        figure,
        quantity,
        frame,
        place,
        load: load.into(),
        says: says.into(),
        ratio: crate::suite::statistics::tidy(ratio),
        bound: says == WITHIN_200 || says == WITHIN_250,
        here: here.collect(),
    }
}

/// Whether a workload is this project's likeness of a figure's.
fn shows(workload: &Workload, quantity: Quantity, frame: u32, place: Place) -> bool {
    match (*workload, quantity) {
        (
            Workload::RoundTrip {
                transport: Transport::Udp,
                frame: f,
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
            [
                (8, 64, Guest),
                (11, 512, Docker),
                (9, 64, Guest),
                (12, 64, Docker)
            ],
            "those that the sample has rows for"
        );
        let into_docker = lines.iter().find(|l| l.figure == 12 && measured(l));
        let rows = into_docker
            .unwrap()
            .here
            .iter()
            .map(|here| here.row.as_str());
        assert_eq!(rows.collect::<Vec<_>>(), ["docker-zero-loss-64"; 2]);
        let docker = lines
            .iter()
            .find(|l| l.figure == 11 && measured(l))
            .unwrap();
        assert_eq!(docker.here[0].mode, Mode::KbpArmed);
        assert!((docker.here[0].ratio.of.median - 0.01).abs() < 1e-9);
    }
}
