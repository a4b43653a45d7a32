// SPDX-License-Identifier: GPL-2.0
//! Outcomes as a good run gives them; the tests spoil them.

use std::collections::BTreeMap;

use super::{Conditions, Run};
use crate::report::Environment;
use crate::statistics::Buckets;
use crate::suite::cell::{Cell, Competitor, Mode, Place, Row, Transport, Wire, Workload};
use crate::suite::outcome::{Busy, Outcome, Packets, Times, Trial};
use crate::suite::plan;
use crate::suite::scale::Scale;

pub(crate) const MODES: [Mode; 5] = [
    Mode::Softirq,
    Mode::Control,
    Mode::ThreadedBusyPoll,
    Mode::KbpArmed,
    Mode::KbpMasked,
];

/// A measurement of a quiet row of the synthetic NIC: 900 times of `unit` ns, 95 of 4 units, 5 of
/// 8.
pub(crate) fn timed(row: &str, mode: Mode, round: u32, unit: u64) -> Outcome {
    of(&delay(row, 1, 100, Competitor::None), mode, round, unit)
}

/// A round trip of the host's, which Open vSwitch's polling thread has its core for.
pub(crate) fn through(row: &str, wire: Wire, mode: Mode, round: u32, unit: u64) -> Outcome {
    let workload = round_trip(Transport::Udp, 64, wire, Place::Guest);
    let mut outcome = of(&named(row, workload), mode, round, unit);
    outcome.switch_share = wire.has_ovs().then_some(0.99);
    outcome
}

/// A search that found `rate`, and lost packets at twice of it.
pub(crate) fn search(row: &str, mode: Mode, round: u32, rate: u64) -> Outcome {
    search_at(row, Place::Guest, mode, round, rate)
}

fn search_at(row: &str, place: Place, mode: Mode, round: u32, rate: u64) -> Outcome {
    let workload = Workload::ZeroLoss {
        frame: 64,
        place,
        competitor: Competitor::Spin,
    };
    let mut outcome = of(&named(row, workload), mode, round, 1);
    outcome.times = Times::default();
    outcome.rate = Some(rate);
    outcome.trials = vec![
        Trial {
            rate: 2 * rate,
            lost: 7,
        },
        Trial { rate, lost: 0 },
    ];
    outcome
}

/// Every kind of row, in which all promises hold: KBP takes a hundredth of softirq's time.
pub(crate) fn good(rounds: u32) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for round in 1..=rounds {
        for row in rows() {
            for mode in MODES {
                let alone = row.name == "delay-queues-1";
                let unit = match mode {
                    Mode::KbpArmed => 100,
                    Mode::KbpMasked => 120,
                    Mode::ThreadedBusyPoll if alone => 100,
                    _ => 10_000,
                };
                outcomes.push(of(&row, mode, round, unit));
            }
        }
        for mode in MODES {
            let rate = if mode.is_kbp() { 300_000 } else { 100_000 };
            outcomes.push(search("zero-loss-64-spin", mode, round, rate));
            let row = "docker-zero-loss-64";
            outcomes.push(search_at(row, Place::Docker, mode, round, rate));
        }
    }
    outcomes
}

/// The demo's rows: KBP takes a hundredth of softirq's time.
pub(crate) fn demo(rounds: u32) -> Vec<Outcome> {
    let cells = plan::cells(Scale::Demo, Some(rounds), |_| true).into_iter();
    let unit = |mode: Mode| if mode.is_kbp() { 100 } else { 10_000 };
    cells
        .map(|cell| of(&cell.row, cell.mode, cell.round, unit(cell.mode)))
        .collect()
}

/// A run of the suite with these outcomes.
pub(crate) fn run(outcomes: &[Outcome]) -> Run {
    Run {
        outcomes: outcomes.to_vec(),
        left: Vec::new(),
        failed: Vec::new(),
        conditions: conditions(),
    }
}

/// The same of the demo, which was to have three rounds.
pub(crate) fn demo_run(outcomes: &[Outcome]) -> Run {
    let mut run = run(outcomes);
    run.conditions.scale = Scale::Demo.name().into();
    let planned = plan::cells(Scale::Demo, Some(3), |_| true);
    run.conditions.planned = planned.iter().map(Cell::id).collect();
    run
}

/// Makes one mode of one row slower.
pub(crate) fn slow(outcomes: &mut [Outcome], row: &str, mode: Mode, factor: u64) {
    for outcome in outcomes {
        if outcome.cell.row.name == row && outcome.cell.mode == mode {
            scale(outcome, factor);
        }
    }
}

/// The same in one round.
pub(crate) fn slow_in(outcomes: &mut [Outcome], row: &str, mode: Mode, round: u32, factor: u64) {
    let id = format!("{row}/{mode}/{round}");
    for outcome in outcomes.iter_mut().filter(|o| o.cell.id() == id) {
        scale(outcome, factor);
    }
}

/// Makes every time longer.
pub(crate) fn scale(outcome: &mut Outcome, factor: u64) {
    for (low, high, _) in &mut outcome.times.counts {
        *high += *low * (factor - 1);
        *low *= factor;
    }
    outcome.times.min *= factor;
    outcome.times.mean *= factor as f64;
    outcome.times.max *= factor;
}

pub(crate) fn conditions() -> Conditions {
    Conditions {
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
        scale: "quick".into(),
        started: "2026-11-22T00:00:00Z".into(),
        note: "a note".into(),
        planned: Vec::new(),
    }
}

fn round_trip(transport: Transport, frame: u32, wire: Wire, place: Place) -> Workload {
    Workload::RoundTrip {
        transport,
        frame,
        rate: 500,
        flows: 1,
        wire,
        place,
        competitor: Competitor::None,
    }
}

fn rows() -> [Row; 8] {
    let round_trip = |transport, frame, place| round_trip(transport, frame, Wire::Cable, place);
    [
        delay("delay-idle", 1, 100, Competitor::None),
        delay("delay-load90-spin", 1, 900_000, Competitor::Spin),
        delay("delay-queues-1", 1, 100, Competitor::None),
        delay("delay-queues-4", 4, 100, Competitor::None),
        delay("delay-queues-8", 8, 100, Competitor::None),
        named("trip-64", round_trip(Transport::Udp, 64, Place::Guest)),
        named("trip-tcp-64", round_trip(Transport::Tcp, 64, Place::Guest)),
        named(
            "trip-512-docker",
            round_trip(Transport::Udp, 512, Place::Docker),
        ),
    ]
}

fn delay(name: &str, queues: u32, cost_ns: u64, competitor: Competitor) -> Row {
    named(
        name,
        Workload::Delay {
            queues,
            period_ns: 1_000_000,
            cost_ns,
            burst: 1,
            competitor,
        },
    )
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
        Times::from(Buckets {
            counts: vec![
                (unit, unit + 1, 900),
                (4 * unit, 4 * unit + 1, 95),
                (8 * unit, 8 * unit + 1, 5),
            ],
            max: 8 * unit,
        })
    };
    let (cpu, share) = (1, if mode.is_kbp() { 1.0 } else { 0.25 });
    Outcome {
        cell: Cell {
            row: row.clone(),
            mode,
            round,
        },
        times: times(unit),
        noise: times(20),
        packets: Packets {
            sent: 1000,
            received: 1000,
            ..Packets::default()
        },
        rate: None,
        trials: Vec::new(),
        busy: vec![Busy { cpu: 0, share: 0.5 }, Busy { cpu, share }],
        switch_share: None,
        net_rx: if mode.is_kbp() { 0 } else { 700 },
        evidence: format!("{mode} is on"),
    }
}
