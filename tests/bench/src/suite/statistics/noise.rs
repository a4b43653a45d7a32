// SPDX-License-Identifier: GPL-2.0
//! How much a row differs from itself: the interleaved control is the softirq once more.

use serde::{Deserialize, Serialize};

use super::{Estimate, Metric};

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
    /// What a difference must exceed to be one: `quiet`, or the control's own distance where that is more, and
    /// `spread` beside it.
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
            spread: super::tidy(spread),
            band: super::tidy(quiet.max(shown) + spread),
        }
    }

    /// Whether the row says little: the control is not where the softirq is, its pairs contradict each other, or
    /// there is none. A wide spread widens the band, and must not excuse itself by that.
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

/// How far a ratio is from 1, the same for a half as for a double.
pub fn distance(ratio: f64) -> f64 {
    ratio.max(1.0 / ratio) - 1.0
}
