// SPDX-License-Identifier: GPL-2.0
//! The percentile bootstrap of a median: how it would scatter if the rounds were drawn again.

use super::median;

/// How sure an interval is.
const CONFIDENCE: f64 = 0.95;
/// Enough that the ends of an interval stand still in their second digit.
const RESAMPLES: usize = 2000;
/// Fixed: the same outcomes give the same report.
const SEED: u64 = 0x6b62_702d_6265_6e63;

/// The interval of the median; `None` for less than two values.
pub(super) fn interval(values: &[f64]) -> Option<[f64; 2]> {
    if values.len() < 2 {
        return None;
    }
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut draw = || values[random.usize(..values.len())];
    let mut redrawn = || median(&values.iter().map(|_| draw()).collect::<Vec<f64>>());
    let mut medians: Vec<f64> = (0..RESAMPLES).filter_map(|_| redrawn()).collect();
    medians.sort_by(f64::total_cmp);
    let outside = ((1.0 - CONFIDENCE) / 2.0 * RESAMPLES as f64) as usize;
    Some([medians[outside], medians[RESAMPLES - 1 - outside]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_interval_of_one_value_and_always_the_same_of_more() {
        assert_eq!(interval(&[]), None);
        assert_eq!(interval(&[3.0]), None);
        assert_eq!(interval(&[3.0, 3.0]), Some([3.0, 3.0]));
        let values = [3.0, 1.0, 4.0, 1.5, 9.0, 2.6, 5.0];
        assert_eq!(interval(&values), interval(&values));
    }

    /// The bootstrap's median of 1 to 11 is k with a known probability: at most k/11 of each draw,
    /// binomial.
    #[test]
    fn the_ends_are_those_of_the_exact_distribution() {
        let values: Vec<f64> = (1..=11).map(f64::from).collect();
        let choose = |k: i32| (0..k).fold(1.0, |c, i| c * f64::from(11 - i) / f64::from(i + 1));
        let at_most = |value: f64| -> f64 {
            let share = value / 11.0;
            let exactly = |k: i32| choose(k) * share.powi(k) * (1.0 - share).powi(11 - k);
            (6..=11).map(exactly).sum()
        };
        let exact = |quantile| values.iter().copied().find(|v| at_most(*v) >= quantile);
        let ends = interval(&values).unwrap().map(Some);
        assert_eq!(ends, [exact(0.025), exact(0.975)]);
    }
}
