// SPDX-License-Identifier: GPL-2.0
//! Outcomes as a good run gives them; the tests spoil them.

use std::collections::BTreeMap;

use super::{Conditions, Run};
use crate::mode::Mode;
use crate::report::Environment;
use crate::statistics::Times;
use crate::suite::cell::{Cell, Competitor, Place, Row, Transport, Wire, Workload};
use crate::suite::outcome::{Busy, Outcome, Packets, Trial};
use crate::suite::plan;
use crate::suite::scale::Scale;

use Mode::{Control, KbpArmed, KbpMasked, Softirq, ThreadedBusyPoll};

const MODES: [Mode; 5] = [Softirq, Control, ThreadedBusyPoll, KbpArmed, KbpMasked];

/// A measurement of a quiet row of the synthetic NIC: 900 times of `unit` ns, 95 of 4 units, 5 of
/// 8.
pub(crate) fn timed(row: &str, mode: Mode, round: u32, unit: u64) -> Outcome {
    of(&delay(row, 1, 100, Competitor::None), mode, round, unit)
}

/// A round trip of the host's, which Open vSwitch's polling thread has its core for.
pub(crate) fn through(row: &str, wire: Wire, mode: Mode, round: u32, unit: u64) -> Outcome {
    let row = trip(row, Transport::Udp, 64, wire, Place::Guest);
    Outcome {
        switch_share: wire.has_ovs().then_some(0.99),
        ..of(&row, mode, round, unit)
    }
}

/// A search that found `rate`, and lost packets at twice of it; in Docker where the name says so.
pub(crate) fn search(row: &str, mode: Mode, round: u32, rate: u64) -> Outcome {
    let workload = Workload::ZeroLoss {
        frame: 64,
        place: match row.starts_with("docker") {
            true => Place::Docker,
            false => Place::Guest,
        },
        competitor: Competitor::Spin,
    };
    let trial = |rate, lost| Trial { rate, lost };
    Outcome {
        times: Times::default(),
        rate: Some(rate),
        trials: vec![trial(2 * rate, 7), trial(rate, 0)],
        ..of(&named(row, workload), mode, round, 1)
    }
}

/// Every kind of row, in which all promises hold: KBP takes a hundredth of softirq's time.
pub(crate) fn good(rounds: u32) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (round, mode) in (1..=rounds).flat_map(|round| MODES.map(|mode| (round, mode))) {
        for row in rows() {
            let unit = match mode {
                KbpArmed => 100,
                KbpMasked => 120,
                ThreadedBusyPoll if row.name == "delay-queues-1" => 100,
                _ => 10_000,
            };
            outcomes.push(of(&row, mode, round, unit));
        }
        let rate = if mode.is_kbp() { 300_000 } else { 100_000 };
        let searches = ["zero-loss-64-spin", "docker-zero-loss-64"];
        outcomes.extend(searches.map(|row| search(row, mode, round, rate)));
    }
    outcomes
}

/// The demo's rows: KBP takes a hundredth of softirq's time.
pub(crate) fn demo(rounds: u32) -> Vec<Outcome> {
    let cells = plan::cells(Scale::Demo, Some(rounds), |_| true).into_iter();
    let unit = |mode: Mode| if mode.is_kbp() { 100 } else { 10_000 };
    let good = |cell: Cell| of(&cell.row, cell.mode, cell.round, unit(cell.mode));
    cells.map(good).collect()
}

/// A run of the suite with these outcomes, which was to have all of the good ones.
pub(crate) fn run(outcomes: &[Outcome]) -> Run {
    let rounds = outcomes.iter().map(|outcome| outcome.cell.round).max();
    let planned = good(rounds.unwrap_or(0)).into_iter().map(|o| o.cell);
    run_of(outcomes, Scale::Quick, planned)
}

/// The same of the demo, which was to have three rounds.
pub(crate) fn demo_run(outcomes: &[Outcome]) -> Run {
    let planned = plan::cells(Scale::Demo, Some(3), |_| true);
    run_of(outcomes, Scale::Demo, planned.into_iter())
}

fn run_of(outcomes: &[Outcome], scale: Scale, planned: impl Iterator<Item = Cell>) -> Run {
    Run {
        outcomes: outcomes.to_vec(),
        left: Vec::new(),
        failed: Vec::new(),
        conditions: Conditions {
            machine: Environment {
                accel: "tcg".into(),
                guest_cpus: 2,
                host_cpus: 2,
                host_load: [0.1, 1.9],
                commit: Some("abc1234".into()),
                duration_s: 61.0,
            },
            kernel: "6.1.0-test".into(),
            config: BTreeMap::from([("CONFIG_PREEMPT_DYNAMIC".into(), "y".into())]),
            cpu: "a CPU".into(),
            scale: scale.name().into(),
            started: "2026-11-22T00:00:00Z".into(),
            note: "a note".into(),
            planned: planned.map(|cell| cell.id()).collect(),
        },
    }
}

/// Whether a text holds all of these parts.
#[track_caller]
pub(crate) fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "not in it: {part}\n{text}");
    }
}

/// Makes one mode of one row slower.
pub(crate) fn slow(outcomes: &mut [Outcome], row: &str, mode: Mode, factor: u64) {
    for outcome in outcomes {
        if (outcome.cell.row.name.as_str(), outcome.cell.mode) == (row, mode) {
            scale(outcome, factor);
        }
    }
}

/// Makes every time longer.
pub(crate) fn scale(outcome: &mut Outcome, factor: u64) {
    let times = &outcome.times;
    let longer = |&(low, high, count)| (low * factor, high + low * (factor - 1), count);
    let counts = times.counts.iter().map(longer).collect();
    outcome.times = Times::new(counts, times.max * factor);
}

fn rows() -> [Row; 8] {
    use Transport::{Tcp, Udp};
    [
        delay("delay-idle", 1, 100, Competitor::None),
        delay("delay-load90-spin", 1, 900_000, Competitor::Spin),
        delay("delay-queues-1", 1, 100, Competitor::None),
        delay("delay-queues-4", 4, 100, Competitor::None),
        delay("delay-queues-8", 8, 100, Competitor::None),
        trip("trip-64", Udp, 64, Wire::Cable, Place::Guest),
        trip("trip-tcp-64", Tcp, 64, Wire::Cable, Place::Guest),
        trip("trip-512-docker", Udp, 512, Wire::Cable, Place::Docker),
    ]
}

fn trip(name: &str, transport: Transport, frame: u32, wire: Wire, place: Place) -> Row {
    let workload = Workload::RoundTrip {
        transport,
        frame,
        rate: 500,
        flows: 1,
        wire,
        place,
        competitor: Competitor::None,
    };
    named(name, workload)
}

fn delay(name: &str, queues: u32, cost_ns: u64, competitor: Competitor) -> Row {
    let workload = Workload::Delay {
        queues,
        period_ns: 1_000_000,
        cost_ns,
        burst: 1,
        competitor,
    };
    named(name, workload)
}

fn named(name: &str, workload: Workload) -> Row {
    Row {
        name: name.into(),
        about: format!("about {name}"),
        workload,
    }
}

fn of(row: &Row, mode: Mode, round: u32, unit: u64) -> Outcome {
    let times = |unit: u64| {
        let bucket = |factor, count| (factor * unit, factor * unit + 1, count);
        Times::new(vec![bucket(1, 900), bucket(4, 95), bucket(8, 5)], 8 * unit)
    };
    let busy = |cpu, share| Busy { cpu, share };
    let (share, net_rx) = if mode.is_kbp() { (1.0, 0) } else { (0.25, 700) };
    let row = row.clone();
    Outcome {
        times: times(unit),
        noise: times(20),
        packets: Packets {
            sent: 1000,
            received: 1000,
            ..Packets::default()
        },
        busy: vec![busy(0, 0.5), busy(1, share)],
        net_rx,
        evidence: format!("{mode} is on"),
        ..Outcome::nothing_of(&Cell { row, mode, round })
    }
}
