// SPDX-License-Identifier: GPL-2.0
//! A good run passes; each way to break one fails, or warns.

use super::super::rows::rows;
use super::super::{promises, synthetic};
use super::*;
use crate::suite::outcome::{Failed, Left};

fn judge_run(run: &Run) -> Judgement {
    let measured = Measured::new(&run.outcomes);
    let rows = rows(&measured);
    let promises = promises::promises(&measured, &rows, "6.1.0");
    judge(&measured, &rows, run, &promises)
}

fn judged(outcomes: &[Outcome], left: &[Left], planned: &[String]) -> Judgement {
    let mut run = synthetic::run(outcomes);
    (run.left, run.conditions.planned) = (left.to_vec(), planned.to_vec());
    judge_run(&run)
}

fn spoiled(id: &str, how: impl Fn(&mut Outcome)) -> Judgement {
    let mut outcomes = synthetic::good(6);
    how(outcomes.iter_mut().find(|o| o.cell.id() == id).unwrap());
    judged(&outcomes, &[], &[])
}

#[track_caller]
fn fails(judgement: &Judgement, check: usize, words: &str) {
    let failed: Vec<usize> = (0..4).filter(|at| !judgement.checks[*at].ok).collect();
    assert_eq!(failed, [check], "{:?}", judgement.lines());
    assert!(
        judgement.checks[check].text.contains(words),
        "{:?}",
        judgement.lines()
    );
    assert!(!judgement.ok());
}

#[track_caller]
fn warns(judgement: &Judgement, words: &str) {
    assert!(judgement.ok(), "{:?}", judgement.lines());
    assert!(
        judgement.warnings.iter().any(|w| w.contains(words)),
        "{:?}",
        judgement.lines()
    );
}

#[test]
fn a_good_run_passes_without_a_warning() {
    let judgement = judged(&synthetic::good(6), &[], &[]);
    assert!(
        judgement.ok() && judgement.warnings.is_empty(),
        "{:?}",
        judgement.lines()
    );
    assert!(judgement.lines()[0].starts_with("all 300 measurements made: ok"));
}

#[test]
fn what_is_missing_fails() {
    let without = |id: &str| {
        let mut outcomes = synthetic::good(6);
        outcomes.retain(|o| !o.cell.id().starts_with(id));
        judged(&outcomes, &[], &[])
    };
    fails(
        &without("delay-idle/kbp-armed/3"),
        0,
        "delay-idle/kbp-armed/3 is missing",
    );
    fails(
        &without("delay-idle/softirq/"),
        0,
        "delay-idle/softirq/1 is missing",
    );
    fails(
        &without("trip-64/control/"),
        0,
        "trip-64/control/6 is missing",
    );
    fails(&judged(&[], &[], &[]), 0, "nothing was measured");
}

#[test]
fn what_was_planned_is_missing_unless_it_was_left_out() {
    let outcomes = synthetic::good(6);
    let planned = ["new-row/threaded/1".to_owned()];
    fails(
        &judged(&outcomes, &[], &planned),
        0,
        "new-row/threaded/1 is missing",
    );
    for row in ["*", "new-row"] {
        let left = |mode| Left {
            row: row.into(),
            mode,
            why: "old kernel".into(),
        };
        assert!(judged(&outcomes, &[left(Mode::Threaded)], &planned).ok());
        assert!(!judged(&outcomes, &[left(Mode::Defer)], &planned).ok());
    }
}

#[test]
fn a_measurement_of_nothing_fails() {
    let judgement = spoiled("delay-idle/softirq/1", |o| o.times = Default::default());
    fails(&judgement, 0, "delay-idle/softirq/1: measured nothing");
    let judgement = spoiled("trip-64/softirq/1", |o| o.packets = Default::default());
    fails(&judgement, 0, "trip-64/softirq/1: measured nothing");
    let judgement = spoiled("zero-loss-64-spin/kbp-armed/1", |o| {
        o.rate = None;
        o.trials.clear();
    });
    fails(
        &judgement,
        0,
        "zero-loss-64-spin/kbp-armed/1: measured nothing",
    );
}

#[test]
fn a_packet_lost_or_doubled_by_kbp_fails_where_it_is_quiet() {
    let judgement = spoiled("trip-64/kbp-masked/2", |o| o.packets.received -= 1);
    fails(
        &judgement,
        1,
        "trip-64/kbp-masked/2: sent 1000, received 999",
    );
    let judgement = spoiled("delay-idle/kbp-armed/1", |o| o.packets.duplicates = 1);
    fails(&judgement, 1, "duplicates 1");
    let judgement = spoiled("delay-load90-spin/kbp-armed/1", |o| o.packets.received -= 1);
    warns(
        &judgement,
        "delay-load90-spin/kbp-armed/1: sent 1000, received 999",
    );
    assert!(spoiled("trip-64/softirq/2", |o| o.packets.received -= 1).ok());
}

#[test]
fn a_net_rx_softirq_under_kbp_fails_with_the_synthetic_nic() {
    let judgement = spoiled("delay-queues-4/kbp-armed/1", |o| o.net_rx = 1);
    fails(&judgement, 2, "delay-queues-4/kbp-armed/1: 1 NET_RX");
    assert!(spoiled("trip-64/kbp-armed/1", |o| o.net_rx = 1).ok());
}

#[test]
fn a_softirq_run_without_softirqs_fails() {
    fails(
        &spoiled("delay-idle/softirq/1", |o| o.net_rx = 0),
        3,
        "delay-idle/softirq/1",
    );
    fails(
        &spoiled("delay-idle/control/1", |o| o.net_rx = 0),
        3,
        "delay-idle/control/1",
    );
    assert!(spoiled("delay-idle/threaded-busy-poll/1", |o| o.net_rx = 0).ok());
}

#[test]
fn noise_is_a_warning_and_more_than_a_quarter_is_the_runs() {
    let mut outcomes = synthetic::good(6);
    let quiet = ["delay-idle", "delay-queues-1"];
    for row in quiet {
        synthetic::slow(&mut outcomes, row, Mode::Control, 2);
    }
    let two = judged(&outcomes, &[], &[]);
    warns(
        &two,
        "noisy: delay-idle: the control's p99 is 2.00 [2.00–2.00] of softirq's, quiet is ±25 %",
    );
    assert!(!two.warnings.iter().any(|w| w.contains("cannot tell")));
    synthetic::slow(&mut outcomes, "trip-64", Mode::Control, 2);
    warns(
        &judged(&outcomes, &[], &[]),
        "This run cannot tell: 3 of 10 rows are in doubt",
    );
}

#[test]
fn few_rounds_are_named() {
    warns(
        &judged(&synthetic::good(3), &[], &[]),
        "only 3 rounds: the range of all of them holds the median with 75 %",
    );
}

#[test]
fn a_missed_promise_is_a_warning() {
    let mut outcomes = synthetic::good(6);
    for mode in [Mode::KbpArmed, Mode::KbpMasked] {
        synthetic::slow(&mut outcomes, "delay-load90-spin", mode, 3);
    }
    warns(&judged(&outcomes, &[], &[]), "missed: delay-load90-spin");
}

#[test]
fn a_switch_without_its_core_is_told() {
    let mut outcomes = synthetic::good(6);
    let of = |mode| move |round| synthetic::through("ovs-dpdk-64", Wire::OvsDpdk, mode, round, 100);
    outcomes.extend((1..=6).map(of(Mode::Softirq)));
    outcomes.extend((1..=6).map(of(Mode::Control)));
    let told = |outcomes: &[Outcome]| {
        let warnings = judged(outcomes, &[], &[]).warnings;
        warnings
            .into_iter()
            .find(|warning| warning.contains("polling thread"))
    };
    assert_eq!(told(&outcomes), None);
    outcomes.last_mut().unwrap().switch_share = Some(0.42);
    let warning = told(&outcomes).unwrap();
    assert!(
        warning.contains("in 1 of 12 measurements, 42 % in the worst"),
        "{warning}"
    );
}

#[test]
fn what_a_switch_loses_is_no_failure_of_kbp() {
    let lossy = |name: &'static str, wire| {
        let mut outcomes = synthetic::good(6);
        for mode in [Mode::Softirq, Mode::Control, Mode::KbpArmed] {
            let of = |round| synthetic::through(name, wire, mode, round, 100);
            outcomes.extend((1..=6).map(of));
        }
        outcomes.last_mut().unwrap().packets.received -= 1;
        judged(&outcomes, &[], &[])
    };
    warns(
        &lossy("ovs-dpdk-64", Wire::OvsDpdk),
        "ovs-dpdk-64/kbp-armed/6: sent 1000",
    );
    fails(
        &lossy("ovs-cable-64", Wire::CableBesideOvs),
        1,
        "ovs-cable-64/kbp-armed/6",
    );
}

/// Judges the demo after spoiling one outcome.
fn spoiled_demo(id: &str, how: impl Fn(&mut Outcome)) -> Judgement {
    let mut outcomes = synthetic::demo(3);
    how(outcomes.iter_mut().find(|o| o.cell.id() == id).unwrap());
    judge_run(&synthetic::demo_run(&outcomes))
}

#[test]
fn a_good_demo_passes_and_warns_of_its_few_rounds_only() {
    let judgement = judge_run(&synthetic::demo_run(&synthetic::demo(3)));
    assert!(judgement.ok(), "{:?}", judgement.lines());
    assert_eq!(judgement.warnings.len(), 1, "{:?}", judgement.lines());
    assert!(judgement.lines()[0].starts_with("all 36 measurements made: ok"));
}

#[test]
fn the_demo_loses_nothing_where_there_is_room_whoever_polls() {
    for id in [
        "delay-quiet/softirq/1",
        "delay-spin/kbp-armed/2",
        "vm-64/kbp-armed/1",
        "vm-spin-64/softirq/3",
    ] {
        let lost = spoiled_demo(id, |o| o.packets.received -= 1);
        fails(&lost, 1, &format!("{id}: sent 1000, received 999"));
        let doubled = spoiled_demo(id, |o| o.packets.duplicates = 1);
        fails(&doubled, 1, "duplicates 1");
    }
    for id in ["delay-load90/softirq/1", "delay-load90-spin/kbp-armed/1"] {
        let lost = spoiled_demo(id, |o| o.packets.received -= 1);
        warns(&lost, &format!("{id}: sent 1000, received 999"));
    }
}

#[test]
fn the_demos_softirqs_are_where_they_must_be() {
    let judgement = spoiled_demo("delay-load90/kbp-armed/2", |o| o.net_rx = 4);
    fails(&judgement, 2, "delay-load90/kbp-armed/2: 4 NET_RX");
    let judgement = spoiled_demo("delay-spin/softirq/1", |o| o.net_rx = 0);
    fails(&judgement, 3, "delay-spin/softirq/1");
    let judgement = spoiled_demo("vm-64/kbp-armed/1", |o| o.net_rx = 4);
    warns(&judgement, "vm-64/kbp-armed/1: 4 NET_RX");
}

#[test]
fn a_demo_that_misses_a_measurement_fails_and_says_why() {
    let mut outcomes = synthetic::demo(3);
    outcomes.retain(|o| o.cell.id() != "vm-64/kbp-armed/2");
    let mut run = synthetic::demo_run(&outcomes);
    fails(&judge_run(&run), 0, "vm-64/kbp-armed/2 is missing");
    run.failed.push(Failed {
        id: "vm-64/kbp-armed/2".into(),
        why: "the core is yielded".into(),
    });
    let words = "vm-64/kbp-armed/2 came to nothing: the core is yielded";
    fails(&judge_run(&run), 0, words);
    assert!(!judge_run(&synthetic::demo_run(&[])).ok());
}

#[test]
fn a_tail_above_softirqs_is_a_warning() {
    let mut outcomes = synthetic::demo(3);
    synthetic::slow(&mut outcomes, "delay-load90-spin", Mode::KbpArmed, 200);
    let judgement = judge_run(&synthetic::demo_run(&outcomes));
    warns(&judgement, "the p99 of kbp-armed is above softirq's: 2.00");
    synthetic::slow(&mut outcomes, "delay-load90-spin", Mode::Softirq, 200);
    let judgement = judge_run(&synthetic::demo_run(&outcomes));
    assert!(!judgement
        .lines()
        .iter()
        .any(|l| l.contains("above softirq's")));
}

#[test]
fn interrupts_that_come_late_with_nothing_beside_them_are_a_warning() {
    let late = |id: &str| {
        spoiled_demo(id, |o| {
            o.noise.counts = vec![(5_000_000, 5_000_001, 1_000_000)];
            o.noise.max = 5_000_000;
        })
    };
    warns(
        &late("delay-quiet/softirq/1"),
        "interrupts came 5.00 ms late",
    );
    let beside = late("delay-spin/softirq/1");
    assert!(!beside.lines().iter().any(|l| l.contains("interrupts came")));
}
