// SPDX-License-Identifier: GPL-2.0
//! The report as a whole.

use serde_json::json;

use super::promises::Verdict;
use super::*;
use crate::mode::Mode;
use crate::suite::metric::Metric;
use crate::suite::outcome::Outcome;

fn of(outcomes: &[Outcome]) -> Report {
    report(&synthetic::run(outcomes))
}

fn verdicts(outcomes: &[Outcome]) -> Vec<Verdict> {
    let promises = of(outcomes).promises.into_iter();
    promises.map(|promise| promise.verdict).collect()
}

fn row<'a>(report: &'a Report, name: &str) -> &'a model::RowReport {
    report.rows.iter().find(|row| row.name == name).unwrap()
}

#[test]
fn the_keys_are_those_of_the_schema() {
    let json = serde_json::to_value(of(&synthetic::good(2))).unwrap();
    for (key, value) in [
        ("/schema", json!("kbp.bench/2")),
        ("/environment/accel", json!("tcg")),
        (
            "/environment/config",
            json!({"CONFIG_PREEMPT_DYNAMIC": "y"}),
        ),
        ("/rows/1/name", json!("delay-load90-spin")),
        ("/promises/0/verdict", json!("pass")),
    ] {
        assert_eq!(json.pointer(key), Some(&value), "{key}");
    }
    let mode = &json["rows"][1]["modes"]["kbp-armed"];
    assert_eq!(mode["busy_cores"], 1.5);
    assert_eq!(mode["metrics"]["p99"]["median"], 400.0);
    let ratio = &mode["ratios"]["p99"];
    assert_eq!(ratio["median"], 0.01);
    assert_eq!(ratio["within_noise"], false);
}

#[test]
fn rows_know_who_is_best() {
    let mut outcomes = synthetic::good(3);
    let report = of(&outcomes);
    let loaded = row(&report, "delay-load90-spin");
    assert_eq!([loaded.best, loaded.kbp], [Some(Mode::KbpArmed); 2]);
    assert_eq!((loaded.decisive(), loaded.noisy), (Metric::P99, false));
    let search = row(&report, "zero-loss-64-spin");
    let ratio = search.modes[&Mode::KbpArmed].ratios[&Metric::Rate];
    assert_eq!(ratio.of.median, 3.0);
    // A draw: nobody is better, and that is noise.
    let alone = row(&report, "delay-queues-1");
    assert!(alone.kbp_by[&Mode::ThreadedBusyPoll].within_noise);
    // Who loses packets is not best.
    let armed = outcomes
        .iter_mut()
        .filter(|o| o.cell.mode == Mode::KbpArmed);
    armed.for_each(|outcome| outcome.packets.received = 900);
    let best = row(&of(&outcomes), "delay-load90-spin").best;
    assert_eq!(best, Some(Mode::KbpMasked));
}

#[test]
fn each_promise_holds_is_missed_or_has_no_numbers() {
    assert_eq!(verdicts(&synthetic::good(3)), [Verdict::Pass; 6]);
    assert_eq!(verdicts(&[]), [Verdict::NotMeasured; 6]);
    for (at, name, factor) in [
        (0, "delay-load90-spin", 3),
        (2, "delay-queues-1", 2),
        (3, "delay-queues-4", 3),
        (4, "delay-queues-8", 3),
    ] {
        let mut outcomes = synthetic::good(3);
        for mode in rows::KBP {
            synthetic::slow(&mut outcomes, name, mode, factor);
        }
        let mut expected = [Verdict::Pass; 6];
        expected[at] = Verdict::Miss;
        assert_eq!(verdicts(&outcomes), expected, "{name}");
    }
}

/// What becomes of the promises on loss and on rate.
fn of_searches(spoiled: fn(Mode) -> bool, how: impl Fn(&mut Outcome)) -> [Verdict; 2] {
    let mut outcomes = synthetic::good(3);
    let searches = outcomes.iter_mut().filter(|o| o.rate.is_some());
    searches.filter(|o| spoiled(o.cell.mode)).for_each(how);
    let verdicts = verdicts(&outcomes);
    [verdicts[1], verdicts[5]]
}

#[test]
fn no_loss_needs_a_rate_at_which_softirq_loses() {
    // KBP's best rate is below softirq's first loss.
    let slower = of_searches(Mode::is_kbp, |o| {
        o.rate = Some(50_000);
        o.trials[1].rate = 50_000;
    });
    assert_eq!(slower, [Verdict::Miss; 2]);
    // Softirq loses nothing at all.
    let even = of_searches(|mode| mode == Mode::Softirq, |o| o.trials[0].lost = 0);
    assert_eq!(even[0], Verdict::Miss);
    // Softirq finds no rate: a ratio there is none, more there is.
    let none = |o: &mut Outcome| (o.rate, o.trials[1].lost) = (None, 1);
    let none = of_searches(|mode| mode == Mode::Softirq, none);
    assert_eq!(none, [Verdict::Pass; 2]);
    // A rate that is lower within noise is not lower.
    for (rate, verdict) in [(95_000, Verdict::Pass), (85_000, Verdict::Miss)] {
        let lower = of_searches(Mode::is_kbp, |o| o.rate = Some(rate));
        assert_eq!(lower[1], verdict, "{rate}");
    }
}

#[test]
fn files_are_written_also_of_a_broken_run_and_old_logs_go() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("suite");
    let mut outcomes = synthetic::good(2);
    // Numbers that no binary fraction is.
    for (at, outcome) in outcomes.iter_mut().enumerate() {
        synthetic::scale(outcome, 1 + at as u64 % 7);
        outcome.busy[0].share = 1.0 / (3 + at) as f64;
    }
    let written = |outcomes: &[Outcome]| {
        let report = write(&synthetic::run(outcomes), None, &out).unwrap();
        let json = fs::read_to_string(out.join("report.json")).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
        assert_eq!(of(outcomes), report);
        report.judgement.ok()
    };
    assert!(written(&outcomes));
    let old = out.join("hlog/old-row-softirq.hlog");
    fs::write(&old, "").unwrap();
    outcomes.pop();
    assert!(!written(&outcomes) && !old.exists());
    let log = "hlog/trip-64-kbp-masked.hlog";
    for name in ["report.html", "report.svg", "report.csv", log] {
        assert!(fs::metadata(out.join(name)).unwrap().len() > 0, "{name}");
    }
}

#[test]
fn a_row_cannot_name_a_file_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let written = |row| {
        let outcome = synthetic::timed(row, Mode::Softirq, 1, 10);
        write(&synthetic::run(&[outcome]), None, folder.path())
    };
    let refused = written("../row").unwrap_err().to_string();
    assert!(refused.contains("'../row'"));
    assert!(written("row").is_ok());
}
