// SPDX-License-Identifier: GPL-2.0
//! The report as a whole.

use super::promises::Verdict;
use super::*;
use crate::suite::cell::Mode;
use crate::suite::metric::Metric;
use crate::suite::outcome::Outcome;

fn of(outcomes: &[Outcome]) -> Report {
    report(&synthetic::run(outcomes))
}

fn verdicts(outcomes: &[Outcome]) -> Vec<Verdict> {
    of(outcomes)
        .promises
        .iter()
        .map(|promise| promise.verdict)
        .collect()
}

fn row<'a>(report: &'a Report, name: &str) -> &'a model::RowReport {
    report.rows.iter().find(|row| row.name == name).unwrap()
}

/// Spoils both of KBP's ways to poll in one row.
fn kbp_slower(outcomes: &mut [Outcome], row: &str, factor: u64) {
    for mode in rows::KBP {
        synthetic::slow(outcomes, row, mode, factor);
    }
}

#[test]
fn the_json_survives_a_round_trip() {
    let mut outcomes = synthetic::good(7);
    // Numbers that no binary fraction is.
    for (at, outcome) in outcomes.iter_mut().enumerate() {
        let (row, mode) = (outcome.cell.row.name.clone(), outcome.cell.mode);
        synthetic::slow(std::slice::from_mut(outcome), &row, mode, 1 + at as u64 % 7);
        outcome.busy[0].share = 1.0 / (3 + at) as f64;
    }
    let report = of(&outcomes);
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
    assert_eq!(of(&outcomes), report);
}

#[test]
fn the_keys_are_those_of_the_schema() {
    let json = serde_json::to_value(of(&synthetic::good(2))).unwrap();
    assert_eq!(json["schema"], "kbp.bench/2");
    assert_eq!(json["environment"]["accel"], "tcg");
    assert_eq!(json["environment"]["config"]["CONFIG_PREEMPT_DYNAMIC"], "y");
    let row = &json["rows"][1];
    assert_eq!(row["name"], "delay-load90-spin");
    let mode = &row["modes"]["kbp-armed"];
    assert_eq!(mode["metrics"]["p99"]["median"], 400.0);
    assert_eq!(mode["ratios"]["p99"]["median"], 0.01);
    assert_eq!(mode["ratios"]["p99"]["within_noise"], false);
    assert_eq!(mode["busy_cores"], 1.5);
    assert_eq!(json["promises"][0]["verdict"], "pass");
}

#[test]
fn rows_know_who_is_best() {
    let report = of(&synthetic::good(3));
    let loaded = row(&report, "delay-load90-spin");
    assert_eq!(
        (loaded.best, loaded.kbp),
        (Some(Mode::KbpArmed), Some(Mode::KbpArmed))
    );
    assert!(!loaded.noisy);
    assert_eq!(loaded.decisive(), Metric::P99);
    let search = row(&report, "zero-loss-64-spin");
    assert_eq!(
        search.modes[&Mode::KbpArmed].ratios[&Metric::Rate]
            .of
            .median,
        3.0
    );
    // A draw: nobody is better, and that is noise.
    let alone = row(&report, "delay-queues-1");
    assert!(alone.kbp_by[&Mode::ThreadedBusyPoll].within_noise);
}

#[test]
fn who_loses_packets_is_not_best() {
    let mut outcomes = synthetic::good(3);
    for outcome in &mut outcomes {
        if outcome.cell.row.name == "delay-load90-spin" && outcome.cell.mode == Mode::KbpArmed {
            outcome.packets.received = 900;
        }
    }
    let report = of(&outcomes);
    assert_eq!(
        row(&report, "delay-load90-spin").best,
        Some(Mode::KbpMasked)
    );
}

#[test]
fn all_promises_hold_in_the_good_run_and_none_is_measured_in_an_empty_one() {
    assert_eq!(verdicts(&synthetic::good(3)), [Verdict::Pass; 6]);
    assert_eq!(verdicts(&[]), [Verdict::NotMeasured; 6]);
}

#[test]
fn each_promise_can_be_missed() {
    for (at, name) in [
        (0, "delay-load90-spin"),
        (3, "delay-queues-4"),
        (4, "delay-queues-8"),
    ] {
        let mut outcomes = synthetic::good(3);
        kbp_slower(&mut outcomes, name, 3);
        let mut expected = [Verdict::Pass; 6];
        expected[at] = Verdict::Miss;
        assert_eq!(verdicts(&outcomes), expected, "{name}");
    }
    let mut outcomes = synthetic::good(3);
    kbp_slower(&mut outcomes, "delay-queues-1", 2);
    assert_eq!(verdicts(&outcomes)[2], Verdict::Miss);
}

#[test]
fn no_loss_needs_a_rate_at_which_softirq_loses() {
    let spoil = |mode: fn(Mode) -> bool, how: fn(&mut Outcome)| {
        let mut outcomes = synthetic::good(3);
        for outcome in &mut outcomes {
            if !outcome.trials.is_empty() && mode(outcome.cell.mode) {
                how(outcome);
            }
        }
        let verdicts = verdicts(&outcomes);
        (verdicts[1], verdicts[5])
    };
    // KBP's best rate is below softirq's first loss.
    let slower = spoil(Mode::is_kbp, |o| {
        o.rate = Some(50_000);
        o.trials[1].rate = 50_000;
    });
    assert_eq!(slower, (Verdict::Miss, Verdict::Miss));
    // Softirq loses nothing at all.
    let even = spoil(|mode| mode == Mode::Softirq, |o| o.trials[0].lost = 0);
    assert_eq!(even.0, Verdict::Miss);
    // Softirq finds no rate: a ratio there is none, more there is.
    let none = spoil(
        |mode| mode == Mode::Softirq,
        |o| {
            o.rate = None;
            o.trials[1].lost = 1;
        },
    );
    assert_eq!(none, (Verdict::Pass, Verdict::Pass));
}

#[test]
fn a_rate_that_is_lower_within_noise_is_not_lower() {
    let with_rate = |rate: u64| {
        let mut outcomes = synthetic::good(3);
        for outcome in outcomes.iter_mut().filter(|o| o.cell.mode.is_kbp()) {
            outcome.rate = outcome.rate.map(|_| rate);
        }
        verdicts(&outcomes)[5]
    };
    assert_eq!(with_rate(95_000), Verdict::Pass);
    assert_eq!(with_rate(85_000), Verdict::Miss);
}

#[test]
fn files_are_written_and_old_logs_go() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("suite");
    let outcomes = synthetic::good(2);
    let run = synthetic::run(&outcomes);
    let ok = || write(&run, &out).unwrap().judgement.ok();
    assert!(ok());
    let old = out.join("hlog/old-row-softirq.hlog");
    fs::write(&old, "").unwrap();
    assert!(ok());
    assert!(!old.exists());
    let json = fs::read_to_string(out.join("report.json")).unwrap();
    assert_eq!(
        serde_json::from_str::<Report>(&json).unwrap(),
        of(&outcomes)
    );
    for name in [
        "report.html",
        "report.svg",
        "report.csv",
        "hlog/trip-64-kbp-masked.hlog",
    ] {
        assert!(fs::metadata(out.join(name)).unwrap().len() > 0, "{name}");
    }
    assert!(text(&of(&outcomes)).contains("trip-64"));
}

#[test]
fn a_broken_run_is_written_and_fails() {
    let folder = tempfile::tempdir().unwrap();
    let mut outcomes = synthetic::good(2);
    outcomes.pop();
    let report = write(&synthetic::run(&outcomes), folder.path()).unwrap();
    assert!(!report.judgement.ok());
    assert!(folder.path().join("report.html").exists());
}

#[test]
fn a_row_cannot_name_a_file_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let mut outcome = synthetic::timed("../row", Mode::Softirq, 1, 10);
    let written = write(&synthetic::run(&[outcome.clone()]), folder.path());
    assert!(written.unwrap_err().to_string().contains("'../row'"));
    outcome.cell.row.name = "row".into();
    assert!(write(&synthetic::run(&[outcome]), folder.path()).is_ok());
}
