// SPDX-License-Identifier: GPL-2.0
//! A good run passes; each way to break one fails, or warns.

use super::super::rows::rows;
use super::super::{promises, synthetic};
use super::*;
use crate::statistics::Times;
use crate::suite::outcome::{Failed, Packets};

fn judged(run: &Run) -> Judgement {
    let measured = Measured::new(&run.outcomes);
    let rows = rows(&measured);
    let promises = promises::promises(&measured, &rows, "6.1.0");
    judge(&measured, &rows, run, &promises)
}

fn judged_suite(outcomes: &[Outcome]) -> Judgement {
    judged(&synthetic::run(outcomes))
}

/// What is expected of a judgement.
#[derive(Clone, Copy)]
enum Is {
    /// This check fails, and says so.
    Failing(usize),
    /// All checks hold, and a warning says so.
    Warning,
    /// All checks hold, and nothing is said.
    Fine,
}
use Is::{Failing, Fine, Warning};

#[track_caller]
fn expect(judgement: &Judgement, is: Is, words: &str) {
    let all = 0..judgement.checks.len();
    let failed: Vec<usize> = all.filter(|at| !judgement.checks[*at].ok).collect();
    assert_eq!(judgement.ok(), failed.is_empty());
    let warned = || judgement.warnings.iter().any(|text| text.contains(words));
    let right = match is {
        Failing(check) => failed == [check] && judgement.checks[check].text.contains(words),
        Warning => failed.is_empty() && warned(),
        Fine => failed.is_empty() && judgement.warnings.is_empty(),
    };
    assert!(right, "{words}: {:?}", judgement.lines());
}

/// What happens to a measurement, and how it is told.
type Spoil = (fn(&mut Outcome), &'static str);
const NOTHING: &str = ": measured nothing";
const UNTIMED: Spoil = (|o| o.times = Times::default(), NOTHING);
const UNSENT: Spoil = (|o| o.packets = Packets::default(), NOTHING);
const UNTRIED: Spoil = (|o| (o.rate, o.trials) = (None, vec![]), NOTHING);
const LOST: Spoil = (|o| o.packets.received -= 1, ": sent 1000, received 999");
const DOUBLED: Spoil = (|o| o.packets.duplicates = 1, TWICE);
const TWICE: &str = ": sent 1000, received 1000, duplicates 1";
const RAISED: Spoil = (|o| o.net_rx = 4, ": 4 NET_RX softirqs");
const SILENT: Spoil = (|o| o.net_rx = 0, ": 0 NET_RX softirqs");

/// Judges the run once for each measurement spoiled.
#[track_caller]
fn each(good: &Run, cases: &[(&str, Spoil, Is)]) {
    for (id, (spoil, words), is) in cases {
        let mut run = good.clone();
        let of_id = run.outcomes.iter_mut().find(|o| o.cell.id() == *id);
        spoil(of_id.unwrap());
        expect(&judged(&run), *is, &format!("{id}{words}"));
    }
}

#[test]
fn a_good_run_passes_without_a_warning_and_the_demo_with_that_of_few_rounds() {
    let judgement = judged_suite(&synthetic::good(6));
    expect(&judgement, Fine, "");
    assert_eq!(judgement.lines()[0], "all 300 measurements made: ok");
    let demo = judged(&synthetic::demo_run(&synthetic::demo(3)));
    expect(&demo, Warning, "only 3 rounds");
    assert_eq!(demo.warnings.len(), 1, "{:?}", demo.lines());
    assert_eq!(demo.lines()[0], "all 12 measurements made: ok");
    assert_eq!(demo.checks.len(), 2, "no check that cannot fail");
}

#[test]
fn what_is_missing_fails() {
    for (id, words) in [
        ("delay-idle/kbp-armed/3", "kbp-armed/3 is missing"),
        ("delay-idle/softirq/", "delay-idle/softirq/1 is missing"),
        ("trip-64/control/", "trip-64/control/6 is missing"),
        ("", "nothing was measured"),
    ] {
        let mut outcomes = synthetic::good(6);
        outcomes.retain(|o| !o.cell.id().starts_with(id));
        expect(&judged_suite(&outcomes), Failing(0), words);
    }
}

#[test]
fn what_was_planned_is_missing_unless_it_was_left_out() {
    let mut run = synthetic::run(&synthetic::good(6));
    run.conditions.planned.push("new-row/threaded/1".into());
    let missing = "new-row/threaded/1 is missing";
    expect(&judged(&run), Failing(0), missing);
    for row in ["*", "new-row"] {
        for (mode, is) in [(Mode::Threaded, Fine), (Mode::Defer, Failing(0))] {
            let (row, why) = (row.into(), "old kernel".into());
            run.left = vec![Left { row, mode, why }];
            expect(&judged(&run), is, missing);
        }
    }
}

#[test]
fn each_way_to_break_a_measurement() {
    let cases = [
        ("delay-idle/softirq/1", UNTIMED, Failing(0)),
        ("trip-64/softirq/1", UNSENT, Failing(0)),
        ("zero-loss-64-spin/kbp-armed/1", UNTRIED, Failing(0)),
        ("trip-64/kbp-masked/2", LOST, Failing(1)),
        ("delay-idle/kbp-armed/1", DOUBLED, Failing(1)),
        ("delay-load90-spin/kbp-armed/1", LOST, Warning),
        ("trip-64/softirq/2", LOST, Fine),
        ("delay-queues-4/kbp-armed/1", RAISED, Failing(2)),
        ("trip-64/kbp-armed/1", RAISED, Fine),
        ("delay-idle/softirq/1", SILENT, Failing(3)),
        ("delay-idle/control/1", SILENT, Failing(3)),
        ("delay-idle/threaded-busy-poll/1", SILENT, Fine),
    ];
    each(&synthetic::run(&synthetic::good(6)), &cases);
}

#[test]
fn noise_is_a_warning_and_more_than_a_quarter_is_the_runs() {
    let mut outcomes = synthetic::good(6);
    for row in ["delay-idle", "delay-queues-1"] {
        synthetic::slow(&mut outcomes, row, Mode::Control, 2);
    }
    let two = judged_suite(&outcomes);
    let noisy = "delay-idle: the control's p99 is 2.00 [2.00–2.00] of softirq's, quiet is ±25 %";
    expect(&two, Warning, noisy);
    assert!(!two.warnings.iter().any(|w| w.contains("cannot tell")));
    synthetic::slow(&mut outcomes, "trip-64", Mode::Control, 2);
    let three = "This run cannot tell: 3 of 10 rows are in doubt";
    expect(&judged_suite(&outcomes), Warning, three);
}

#[test]
fn few_rounds_and_missed_promises_are_warnings() {
    let mut outcomes = synthetic::good(3);
    let few = "only 3 rounds: the range of all of them holds the median with 75 %";
    expect(&judged_suite(&outcomes), Warning, few);
    for mode in [Mode::KbpArmed, Mode::KbpMasked] {
        synthetic::slow(&mut outcomes, "delay-load90-spin", mode, 3);
    }
    let missed = "missed: delay-load90-spin";
    expect(&judged_suite(&outcomes), Warning, missed);
}

#[test]
fn a_switch_without_its_core_is_told_and_what_it_loses_is_no_failure_of_kbp() {
    let last_spoiled = |row, wire, spoil: fn(&mut Outcome)| {
        let mut outcomes = synthetic::good(6);
        for mode in [Mode::Softirq, Mode::Control, Mode::KbpArmed] {
            let of = |round| synthetic::through(row, wire, mode, round, 100);
            outcomes.extend((1..=6).map(of));
        }
        spoil(outcomes.last_mut().unwrap());
        judged_suite(&outcomes)
    };
    let switch = |spoil| last_spoiled("ovs-dpdk-64", Wire::OvsDpdk, spoil);
    expect(&switch(|_| {}), Fine, "");
    let told = "less than 90 % of its core in 1 of 18 measurements, 42 % in the worst";
    expect(&switch(|o| o.switch_share = Some(0.42)), Warning, told);
    let lost = "ovs-dpdk-64/kbp-armed/6: sent 1000";
    expect(&switch(LOST.0), Warning, lost);
    let cable = last_spoiled("ovs-cable-64", Wire::CableBesideOvs, LOST.0);
    expect(&cable, Failing(1), "ovs-cable-64/kbp-armed/6");
}

/// It loses nothing, whoever polls.
#[test]
fn each_way_to_break_a_measurement_of_the_demo() {
    let cases = [
        ("vm-64/softirq/1", UNTIMED, Failing(0)),
        ("vm-64/kbp-armed/1", LOST, Failing(1)),
        ("vm-spin-64/softirq/3", LOST, Failing(1)),
        ("vm-64/kbp-armed/1", DOUBLED, Failing(1)),
        ("vm-spin-64/softirq/3", DOUBLED, Failing(1)),
        ("vm-64/kbp-armed/1", RAISED, Warning),
    ];
    each(&synthetic::demo_run(&synthetic::demo(3)), &cases);
}

#[test]
fn a_demo_that_misses_a_measurement_fails_and_says_why() {
    let mut run = synthetic::demo_run(&synthetic::demo(3));
    run.outcomes.retain(|o| o.cell.id() != "vm-64/kbp-armed/2");
    let words = "vm-64/kbp-armed/2 is missing";
    expect(&judged(&run), Failing(0), words);
    let (id, why) = ("vm-64/kbp-armed/2".into(), "the core is yielded".into());
    run.failed.push(Failed { id, why });
    let words = "vm-64/kbp-armed/2 came to nothing: the core is yielded";
    expect(&judged(&run), Failing(0), words);
}

#[test]
fn a_tail_above_softirqs_is_a_warning() {
    let mut outcomes = synthetic::good(6);
    let above = "the p99 of kbp-armed is above softirq's: 2.00";
    for mode in [Mode::KbpArmed, Mode::KbpMasked] {
        synthetic::slow(&mut outcomes, "delay-load90-spin", mode, 200);
    }
    expect(&judged_suite(&outcomes), Warning, above);
    synthetic::slow(&mut outcomes, "delay-load90-spin", Mode::Softirq, 200);
    let told = judged_suite(&outcomes).lines().join("\n");
    assert!(!told.contains("above softirq's"), "{told}");
}

#[test]
fn interrupts_that_come_late_with_nothing_beside_them_are_a_warning() {
    for (row, told) in [("delay-idle", true), ("delay-load90-spin", false)] {
        let mut outcomes = synthetic::good(6);
        let of_row = outcomes.iter_mut().find(|o| o.cell.row.name == row);
        of_row.unwrap().noise = Times::new(vec![(5_000_000, 5_000_001, 1 << 20)], 5_000_000);
        let judgement = judged_suite(&outcomes);
        assert!(judgement.ok());
        let words = format!("warning: {row}: interrupts came 5.00 ms late");
        assert_eq!(judgement.lines().join("\n").contains(&words), told, "{row}");
    }
}
