// SPDX-License-Identifier: GPL-2.0
//! What several rounds say together, and how sure that is.
//!
//! A round is one value: packets of one round share its disturbances, so a hundred thousand of them are no
//! hundred thousand measurements. Everything here works on one value per round.

mod bootstrap;
mod metric;
mod noise;

pub use bootstrap::{interval, CONFIDENCE};
pub use metric::Metric;
pub use noise::{distance, Noise};

use serde::{Deserialize, Serialize};

use super::outcome::Outcome;

/// From this many rounds on, the median lies between the lowest and the highest of them in 95 % of all
/// cases. With fewer, no interval of the values can promise that: five rounds hold it in 93.75 %.
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

    /// Where the median is likely to be: the bootstrap's interval, or all rounds when they are too few for it.
    pub fn likely(&self) -> [f64; 2] {
        match self.ci {
            Some(ends) if !self.few() => ends,
            _ => [self.low, self.high],
        }
    }
}

/// `a` by `b` in every round that has both: pairs share what the host did meanwhile, medians do not.
pub fn ratios(a: &[&Outcome], b: &[&Outcome], metric: Metric) -> Vec<f64> {
    a.iter()
        .filter_map(|a| {
            let b = b.iter().find(|b| b.cell.round == a.cell.round)?;
            let (a, b) = (metric.value(a)?, metric.value(b)?);
            (a > 0.0 && b > 0.0).then(|| a / b)
        })
        .collect()
}

/// The middle of sorted values, or the mean of the two middle ones.
fn middle(sorted: &[f64]) -> Option<f64> {
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

#[cfg(test)]
mod tests;
