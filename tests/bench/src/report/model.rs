// SPDX-License-Identifier: GPL-2.0
//! `report.json`: schema `kbp.bench/1`.

use serde::{Deserialize, Serialize};

use crate::plan::{Mode, Phase, Scenario, Source};
use crate::stats::Buckets;

/// The name and version of the format.
pub const SCHEMA: &str = "kbp.bench/1";

/// Everything a demo measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// Release of the guest's kernel.
    pub kernel: String,
    /// One entry per measurement, in the order they were made.
    pub runs: Vec<Run>,
    /// Where it was measured.
    pub environment: Environment,
    /// What the numbers depend on.
    pub note: String,
}

/// One measurement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Where the packets come from.
    pub source: Source,
    /// What else happens on the core.
    pub scenario: Scenario,
    /// Who polls.
    pub mode: Mode,
    /// Which repetition, from 1.
    pub round: u32,
    /// Packets generated (testnic) or probes sent (virtio).
    pub sent: u64,
    /// Packets at the socket (testnic) or probes answered (virtio).
    pub received: u64,
    /// Half of the times are not above this.
    pub p50_ns: u64,
    /// 99 % of the times are not above this.
    pub p99_ns: u64,
    /// 99.9 % of the times are not above this.
    pub p999_ns: u64,
    /// The longest time.
    pub max_ns: u64,
    /// NET_RX softirqs on the receiving core while it measured.
    pub net_rx_softirqs: u64,
    /// Packets the synthetic NIC lost itself.
    pub dropped: u64,
    /// Packets that arrived twice.
    pub duplicates: u64,
    /// The whole curve: `[percent, ns]`.
    pub percentiles: Vec<(f64, u64)>,
    /// The same for the lateness of the synthetic NIC's interrupts: the noise floor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub late_percentiles: Vec<(f64, u64)>,
}

/// Where it was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// `tcg` (emulation) or `kvm`.
    pub accel: String,
    /// CPUs of the guest.
    pub guest_cpus: u32,
    /// CPUs of the host.
    pub host_cpus: usize,
    /// Load average of the host over one minute, before and after.
    pub host_load: [f64; 2],
    /// The commit of the sources, with `+` when they were changed.
    pub commit: Option<String>,
    /// Seconds it took, the boot included.
    pub duration_s: f64,
}

/// What was counted in a run, beside the times.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// See [`Run::sent`].
    pub sent: u64,
    /// See [`Run::received`].
    pub received: u64,
    /// See [`Run::net_rx_softirqs`].
    pub net_rx_softirqs: u64,
    /// See [`Run::dropped`].
    pub dropped: u64,
    /// See [`Run::duplicates`].
    pub duplicates: u64,
}

impl Run {
    /// A run from its times.
    pub fn new(phase: Phase, counts: Counts, times: &Buckets, late: &Buckets) -> Run {
        Run {
            source: phase.source,
            scenario: phase.scenario,
            mode: phase.mode,
            round: phase.round,
            sent: counts.sent,
            received: counts.received,
            p50_ns: times.at(0.5),
            p99_ns: times.at(0.99),
            p999_ns: times.at(0.999),
            max_ns: times.max,
            net_rx_softirqs: counts.net_rx_softirqs,
            dropped: counts.dropped,
            duplicates: counts.duplicates,
            percentiles: times.curve(),
            late_percentiles: late.curve(),
        }
    }

    /// The measurement it is the result of.
    pub fn phase(&self) -> Phase {
        Phase {
            source: self.source,
            scenario: self.scenario,
            mode: self.mode,
            round: self.round,
        }
    }
}

impl Report {
    /// The runs of one curve family, one per round.
    pub fn runs_of(&self, source: Source, scenario: Scenario, mode: Mode) -> Vec<&Run> {
        let wanted = |run: &&Run| (run.source, run.scenario, run.mode) == (source, scenario, mode);
        self.runs.iter().filter(wanted).collect()
    }

    /// The sources that were measured.
    pub fn sources(&self) -> Vec<Source> {
        let measured = |source: &Source| self.runs.iter().any(|run| run.source == *source);
        Source::ALL.into_iter().filter(measured).collect()
    }

    /// Whether the guest was emulated.
    pub fn emulated(&self) -> bool {
        self.environment.accel == "tcg"
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::plan::plan;

    /// A report as a good run gives it: KBP is `factor` times faster.
    pub(crate) fn sample(rounds: u32, factor: u64) -> Report {
        let run = |phase: Phase| {
            let load = 1 + phase.scenario as u64 * 40;
            let scale = match phase.mode {
                Mode::Softirq => factor * load,
                Mode::Kbp => load,
            };
            let times = Buckets {
                counts: vec![
                    (1000 * scale, 1100 * scale, 900),
                    (4000 * scale, 4100 * scale, 95),
                    (40_000 * scale, 41_000 * scale, 5),
                ],
                max: 40_500 * scale,
            };
            let counts = Counts {
                sent: 1000,
                received: 1000,
                net_rx_softirqs: if phase.mode == Mode::Softirq { 700 } else { 0 },
                ..Counts::default()
            };
            Run::new(phase, counts, &times, &Buckets::default())
        };
        Report {
            schema: SCHEMA.into(),
            kernel: "6.9.0-test".into(),
            runs: plan(rounds).into_iter().map(run).collect(),
            environment: Environment {
                accel: "tcg".into(),
                guest_cpus: 2,
                host_cpus: 2,
                host_load: [0.1, 1.9],
                commit: Some("abc1234".into()),
                duration_s: 61.0,
            },
            note: "a note".into(),
        }
    }

    #[test]
    fn the_json_survives_a_round_trip() {
        let report = sample(2, 3);
        let json = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
    }

    #[test]
    fn the_keys_are_those_of_the_schema() {
        let json = serde_json::to_value(sample(1, 3)).unwrap();
        assert_eq!(json["schema"], "kbp.bench/1");
        // Sorted: serde_json keeps the order or not, as other crates of the build ask it to.
        let keys = |value: &serde_json::Value| {
            let mut keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
            keys.sort();
            keys
        };
        assert_eq!(
            keys(&json),
            ["environment", "kernel", "note", "runs", "schema"]
        );
        let mut expected = vec![
            "source",
            "scenario",
            "mode",
            "round",
            "sent",
            "received",
            "p50_ns",
            "p99_ns",
            "p999_ns",
            "max_ns",
            "net_rx_softirqs",
            "dropped",
            "duplicates",
            "percentiles",
        ];
        expected.sort_unstable();
        assert_eq!(keys(&json["runs"][0]), expected);
        assert_eq!(json["runs"][6]["scenario"], "load90-spin");
        assert_eq!(json["runs"][6]["source"], "testnic");
    }
}
