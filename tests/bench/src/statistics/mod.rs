// SPDX-License-Identifier: GPL-2.0
//! Numbers of measurements: counted times, and what several rounds say together.
//!
//! A round is one value: packets of one round share its disturbances, so a hundred thousand of them
//! are no hundred thousand measurements. An [`Estimate`] is made of one value per round.

mod bootstrap;
mod buckets;
mod numbers;

pub use bootstrap::{interval, CONFIDENCE};
pub use buckets::Buckets;
use numbers::middle;
pub use numbers::{distance, median, tidy};

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
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        Some(Estimate {
            median: tidy(middle(&sorted)?),
            low: tidy(*sorted.first()?),
            high: tidy(*sorted.last()?),
            ci: interval(&sorted).map(|ends| ends.map(tidy)),
            rounds: sorted.len(),
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

#[cfg(test)]
mod tests;
