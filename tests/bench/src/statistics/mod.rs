// SPDX-License-Identifier: GPL-2.0
//! Numbers of measurements: counted times, and what several rounds say together.
//!
//! A round is one value: packets of one round share its disturbances, so a hundred thousand of them
//! are no hundred thousand measurements. An [`Estimate`] is made of one value per round.

mod bootstrap;
mod times;

pub use times::Times;

use serde::{Deserialize, Serialize};

/// From this many rounds on, the median lies between the lowest and the highest of them in 95 % of
/// all cases. With fewer, no interval of the values can promise that: five rounds hold it in 93.75
/// %.
pub const ENOUGH_ROUNDS: usize = 6;

/// The median of a few rounds, and how far they lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The middle of the rounds.
    pub median: f64,
    /// The lowest round.
    pub low: f64,
    /// The highest round.
    pub high: f64,
    /// Percentile bootstrap of the median, 95 %; `None` for a single round.
    pub ci: Option<[f64; 2]>,
    /// How many rounds there are.
    pub rounds: usize,
}

impl Estimate {
    /// Of one value per round; `None` for no rounds.
    pub fn of(values: &[f64]) -> Option<Estimate> {
        Some(Estimate {
            median: tidy(median(values)?),
            low: tidy(values.iter().copied().reduce(f64::min)?),
            high: tidy(values.iter().copied().reduce(f64::max)?),
            ci: bootstrap::interval(values).map(|ends| ends.map(tidy)),
            rounds: values.len(),
        })
    }

    /// Whether there are too few rounds for an interval that keeps what its name promises.
    pub fn few(&self) -> bool {
        self.rounds < ENOUGH_ROUNDS
    }

    /// Where the median is likely to be: the bootstrap's interval, or all rounds when they are too
    /// few for it.
    pub fn likely(&self) -> [f64; 2] {
        match self.ci {
            Some(ends) if !self.few() => ends,
            _ => [self.low, self.high],
        }
    }
}

/// The middle value, or the mean of the two middle ones; `None` for no values.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    Some(match sorted.len() % 2 {
        1 => upper,
        _ => (sorted[sorted.len() / 2 - 1] + upper) / 2.0,
    })
}

/// Six significant digits: more are not known, and a file with fewer is the same file after reading.
pub fn tidy(value: f64) -> f64 {
    if value == 0.0 {
        // The sum of nothing is -0.
        return 0.0;
    }
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// How far a ratio is from 1, the same for a half as for a double.
pub fn distance(ratio: f64) -> f64 {
    ratio.max(1.0 / ratio) - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_of_known_rounds() {
        assert_eq!(Estimate::of(&[]), None);
        let one = Estimate::of(&[2.0]).unwrap();
        assert_eq!((one.median, one.ci, one.likely()), (2.0, None, [2.0, 2.0]));
        let four = Estimate::of(&[4.0, 1.0, 3.0, 2.0]).unwrap();
        let shown = (four.median, four.low, four.high, four.rounds);
        assert_eq!(shown, (2.5, 1.0, 4.0, 4));
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
    }

    #[test]
    fn few_rounds_promise_no_more_than_their_range() {
        let five = Estimate::of(&[1.0, 2.0, 3.0, 4.0, 100.0]).unwrap();
        assert!(five.few());
        assert_eq!(five.likely(), [1.0, 100.0]);
        let values: Vec<f64> = (1..=30).map(f64::from).collect();
        let many = Estimate::of(&values).unwrap();
        assert!(!many.few());
        let [low, high] = many.likely();
        assert!((1.0..15.5).contains(&low) && (15.5..30.0).contains(&high));
    }
}
