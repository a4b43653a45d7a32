// SPDX-License-Identifier: GPL-2.0
//! Known values in, known answers out.

use super::*;
use crate::suite::cell::Mode;
use crate::suite::report::synthetic;

fn estimate(values: &[f64]) -> Estimate {
    Estimate::of(values).unwrap()
}

#[test]
fn an_estimate_of_known_rounds() {
    assert_eq!(Estimate::of(&[]), None);
    let one = estimate(&[2.0]);
    assert_eq!(
        (one.median, one.low, one.high, one.ci),
        (2.0, 2.0, 2.0, None)
    );
    assert_eq!(one.likely(), [2.0, 2.0]);
    let four = estimate(&[4.0, 1.0, 3.0, 2.0]);
    assert_eq!(
        (four.median, four.low, four.high, four.rounds),
        (2.5, 1.0, 4.0, 4)
    );
}

#[test]
fn few_rounds_promise_no_more_than_their_range() {
    let five = estimate(&[1.0, 2.0, 3.0, 4.0, 100.0]);
    assert!(five.few());
    assert_eq!(five.likely(), [1.0, 100.0]);
    let values: Vec<f64> = (1..=30).map(f64::from).collect();
    let many = estimate(&values);
    assert!(!many.few());
    let [low, high] = many.likely();
    assert!(
        1.0 < low && low < 15.5 && 15.5 < high && high < 30.0,
        "{low} {high}"
    );
}

#[test]
fn ratios_are_made_within_a_round() {
    let slow = synthetic::timed("r", Mode::Softirq, 1, 1000);
    let mut fast = synthetic::timed("r", Mode::KbpArmed, 1, 100);
    let (slow_2, fast_3) = (
        synthetic::timed("r", Mode::Softirq, 2, 1000),
        synthetic::timed("r", Mode::KbpArmed, 3, 100),
    );
    let pairs = ratios(&[&fast, &fast_3], &[&slow, &slow_2], Metric::P50);
    assert_eq!(pairs, [0.1]);
    fast.times = Default::default();
    assert!(ratios(&[&fast], &[&slow], Metric::P50).is_empty());
}

#[test]
fn metrics_of_a_known_outcome() {
    let mut outcome = synthetic::timed("r", Mode::Softirq, 1, 1000);
    outcome.packets.received = outcome.packets.sent - 10;
    let expected = [
        (Metric::Min, 1000.0),
        (Metric::P50, 1000.0),
        (Metric::P90, 1000.0),
        (Metric::P99, 4000.0),
        (Metric::P999, 8000.0),
        (Metric::Max, 8000.0),
        (Metric::Loss, 0.01),
    ];
    for (metric, value) in expected {
        assert_eq!(metric.value(&outcome), Some(value), "{metric:?}");
    }
    assert_eq!(Metric::Rate.value(&outcome), None);
}

#[test]
fn a_search_that_found_nothing_found_zero() {
    let mut search = synthetic::search("z", Mode::Softirq, 1, 1000);
    assert_eq!(Metric::Rate.value(&search), Some(1000.0));
    search.rate = None;
    assert_eq!(Metric::Rate.value(&search), Some(0.0));
    search.trials.clear();
    assert_eq!(Metric::Rate.value(&search), None);
}

#[test]
fn names_are_those_of_the_json() {
    for metric in Metric::TIMES.into_iter().chain([Metric::Rate]) {
        let json = serde_json::to_string(&metric).unwrap();
        assert_eq!(json, format!("\"{}\"", metric.name()));
    }
}

#[test]
fn a_quiet_control_leaves_the_stated_band() {
    let noise = Noise::of(Some(estimate(&[1.0, 1.0, 1.0])), Metric::P99);
    assert!(!noise.noisy());
    assert_eq!(noise.band, 0.25);
    assert!(noise.drowns(&estimate(&[0.81, 0.81])));
    assert!(!noise.drowns(&estimate(&[0.79, 0.79])));
    assert!(noise.drowns(&estimate(&[1.25])));
    assert!(!noise.drowns(&estimate(&[1.26])));
}

#[test]
fn a_control_that_is_elsewhere_is_noise() {
    assert!(Noise::of(Some(estimate(&[1.3, 1.3])), Metric::P99).noisy());
    assert!(Noise::of(Some(estimate(&[0.75, 0.75])), Metric::P99).noisy());
    assert!(!Noise::of(Some(estimate(&[1.2, 1.2])), Metric::P99).noisy());
    assert!(Noise::of(Some(estimate(&[1.2, 1.2])), Metric::Rate).noisy());
    assert!(Noise::of(None, Metric::P99).noisy());
}

#[test]
fn a_spread_widens_the_band_and_does_not_excuse_itself() {
    let noise = Noise::of(Some(estimate(&[0.8, 1.0, 1.25])), Metric::P99);
    assert_eq!((noise.spread, noise.band), (0.25, 0.5));
    assert!(!noise.noisy());
    assert!(Noise::of(Some(estimate(&[0.1, 1.0, 10.0])), Metric::P99).noisy());
}

#[test]
fn what_the_control_shows_is_no_difference() {
    let noise = Noise::of(Some(estimate(&[2.0, 2.0])), Metric::P99);
    assert_eq!(noise.band, 1.0);
    assert!(noise.drowns(&estimate(&[2.0, 2.0])) && noise.drowns(&estimate(&[0.51])));
    assert!(!noise.drowns(&estimate(&[0.49])));
}

#[test]
fn rounds_that_contradict_each_other_show_nothing() {
    let noise = Noise::of(Some(estimate(&[1.0, 1.0, 1.0])), Metric::P50);
    assert!(noise.drowns(&estimate(&[0.2, 0.3, 1.1])));
    assert!(!noise.drowns(&estimate(&[0.2, 0.3, 0.9])));
}

#[test]
fn tidy_numbers_survive_json() {
    for value in [
        1.0 / 3.0,
        98_765_432.1,
        1e-9 / 7.0,
        0.0,
        0.05,
        f64::from(u32::MAX),
    ] {
        let tidied = tidy(value);
        let json = serde_json::to_string(&tidied).unwrap();
        assert_eq!(
            serde_json::from_str::<f64>(&json).unwrap(),
            tidied,
            "{json}"
        );
    }
}
