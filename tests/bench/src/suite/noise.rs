// SPDX-License-Identifier: GPL-2.0
//! How much a row differs from itself: the interleaved control is the softirq once more.

use serde::{Deserialize, Serialize};

use super::metric::Metric;
use crate::statistics::{distance, tidy, Estimate};

/// Control pairs that lie this many quiet bands apart are noise, wherever their median is.
const WILD: f64 = 4.0;

/// The noise of one metric in one row.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Noise {
    /// Control by softirq, one ratio per round; `None` without a control.
    pub control: Option<Estimate>,
    /// How far the control may be from the softirq on a quiet machine.
    pub quiet: f64,
    /// How far the control pairs lie from their middle.
    pub spread: f64,
    /// What a difference must exceed to be one: `quiet`, or the control's own distance where that
    /// is more, and `spread` beside it.
    pub band: f64,
}

impl Noise {
    /// From the ratios control by softirq.
    pub fn of(control: Option<Estimate>, metric: Metric) -> Noise {
        let quiet = metric.quiet_band();
        let spread = control.map_or(0.0, |c| (c.high / c.low).sqrt() - 1.0);
        let shown = control.map_or(0.0, |c| distance(c.median));
        Noise {
            control,
            quiet,
            spread: tidy(spread),
            band: tidy(quiet.max(shown) + spread),
        }
    }

    /// Whether the row says little: the control is not where the softirq is, its pairs contradict
    /// each other, or there is none. A wide spread widens the band, and must not excuse itself by
    /// that.
    pub fn noisy(&self) -> bool {
        self.control.is_none_or(|control| {
            distance(control.median) > self.quiet || self.spread > WILD * self.quiet
        })
    }

    /// Whether a ratio is no more than noise: inside the band, or with both directions likely.
    pub fn drowns(&self, ratio: &Estimate) -> bool {
        let [low, high] = ratio.likely();
        distance(ratio.median) <= self.band || (low <= 1.0 && 1.0 <= high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(values: &[f64]) -> Estimate {
        Estimate::of(values).unwrap()
    }

    fn noise(control: &[f64]) -> Noise {
        Noise::of(Some(estimate(control)), Metric::P99)
    }

    #[test]
    fn a_quiet_control_leaves_the_stated_band() {
        let noise = noise(&[1.0, 1.0, 1.0]);
        assert!(!noise.noisy());
        assert_eq!(noise.band, 0.25);
        let drowned = [0.79, 0.81, 1.25, 1.26].map(|ratio| noise.drowns(&estimate(&[ratio])));
        assert_eq!(drowned, [false, true, true, false]);
        // Rounds that contradict each other show nothing.
        assert!(noise.drowns(&estimate(&[0.2, 0.3, 1.1])));
        assert!(!noise.drowns(&estimate(&[0.2, 0.3, 0.9])));
    }

    #[test]
    fn a_control_that_is_elsewhere_is_noise_and_so_is_none() {
        let noisy = [1.3, 0.75, 1.2].map(|control| noise(&[control]).noisy());
        assert_eq!(noisy, [true, true, false]);
        assert!(Noise::of(Some(estimate(&[1.2])), Metric::Rate).noisy());
        assert!(Noise::of(None, Metric::P99).noisy());
    }

    #[test]
    fn a_spread_widens_the_band_and_does_not_excuse_itself() {
        let wide = noise(&[0.8, 1.0, 1.25]);
        assert_eq!((wide.spread, wide.band), (0.25, 0.5));
        assert!(!wide.noisy());
        assert!(noise(&[0.1, 1.0, 10.0]).noisy());
    }

    #[test]
    fn what_the_control_shows_is_no_difference() {
        let noise = noise(&[2.0]);
        assert_eq!(noise.band, 1.0);
        let drowned = [0.49, 0.51, 2.0].map(|ratio| noise.drowns(&estimate(&[ratio])));
        assert_eq!(drowned, [false, true, true]);
    }
}
