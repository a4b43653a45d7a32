// SPDX-License-Identifier: GPL-2.0
//! Known values in, known answers out.

use super::*;

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

#[test]
fn medians() {
    assert_eq!(median(&[]), None);
    assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
    assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
}
