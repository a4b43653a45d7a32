// SPDX-License-Identifier: GPL-2.0
//! The percentile bootstrap of a median: how it would scatter if the rounds were drawn again.

use super::numbers::middle;

/// How sure an interval is.
pub const CONFIDENCE: f64 = 0.95;
/// Enough that the ends of an interval stand still in their second digit.
const RESAMPLES: usize = 2000;
/// Fixed: the same outcomes give the same report.
const SEED: u64 = 0x6b62_702d_6265_6e63;

/// The interval of the median; `None` for less than two values.
pub fn interval(values: &[f64]) -> Option<[f64; 2]> {
    if values.len() < 2 {
        return None;
    }
    let mut random = Random(SEED);
    let mut drawn = vec![0.0; values.len()];
    let mut medians: Vec<f64> = (0..RESAMPLES)
        .filter_map(|_| {
            for value in &mut drawn {
                *value = values[random.below(values.len())];
            }
            drawn.sort_by(f64::total_cmp);
            middle(&drawn)
        })
        .collect();
    medians.sort_by(f64::total_cmp);
    let outside = ((1.0 - CONFIDENCE) / 2.0 * RESAMPLES as f64) as usize;
    Some([medians[outside], medians[RESAMPLES - 1 - outside]])
}

/// SplitMix64: small, and good enough to draw rounds.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.next()) * limit as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_interval_of_one_value() {
        assert_eq!(interval(&[]), None);
        assert_eq!(interval(&[3.0]), None);
        assert_eq!(interval(&[3.0, 3.0]), Some([3.0, 3.0]));
    }

    #[test]
    fn the_same_values_give_the_same_interval() {
        let values = [3.0, 1.0, 4.0, 1.5, 9.0, 2.6, 5.0];
        assert_eq!(interval(&values), interval(&values));
    }

    /// The bootstrap's median of 1 to 11 is k with a known probability: at most k/11 of each draw,
    /// binomial.
    #[test]
    fn the_ends_are_those_of_the_exact_distribution() {
        let values: Vec<f64> = (1..=11).map(f64::from).collect();
        let choose = |k: u32| (0..k).fold(1.0, |c, i| c * f64::from(11 - i) / f64::from(i + 1));
        let at_most = |value: u32| -> f64 {
            let share = f64::from(value) / 11.0;
            (6..=11)
                .map(|k| choose(k) * share.powi(k as i32) * (1.0 - share).powi(11 - k as i32))
                .sum()
        };
        let exact = |quantile: f64| {
            (1..=11)
                .find(|value| at_most(*value) >= quantile)
                .map(f64::from)
        };
        let [low, high] = interval(&values).unwrap();
        assert_eq!((Some(low), Some(high)), (exact(0.025), exact(0.975)));
    }

    #[test]
    fn draws_cover_everything_evenly() {
        let mut random = Random(SEED);
        let mut seen = [0u32; 7];
        for _ in 0..7000 {
            seen[random.below(7)] += 1;
        }
        assert!(
            seen.iter().all(|count| (850..1150).contains(count)),
            "{seen:?}"
        );
    }
}
