// SPDX-License-Identifier: GPL-2.0
//! Measured times: a histogram, and what is said of it.

use hdrhistogram::Histogram;
use schemars::JsonSchema;
use serde::Serialize;

/// Longer times are not told apart.
pub const HIGHEST_NS: u64 = 60_000_000_000;

/// Times in nanoseconds to three significant digits, up to [`HIGHEST_NS`].
#[derive(Debug, Clone)]
pub struct Times {
    histogram: Histogram<u64>,
}

impl Default for Times {
    fn default() -> Times {
        Times::new()
    }
}

impl Times {
    /// None yet.
    pub fn new() -> Times {
        Times {
            histogram: Histogram::new_with_bounds(1, HIGHEST_NS, 3)
                .expect("1 ns to 60 s in three digits is a histogram"),
        }
    }

    /// Counts one. 0 counts as 1 ns, more than [`HIGHEST_NS`] as that.
    pub fn record(&mut self, ns: u64) {
        self.histogram.saturating_record(ns.max(1));
    }

    /// Adds all of `other`.
    pub fn add(&mut self, other: &Times) {
        self.histogram
            .add(&other.histogram)
            .expect("both have the same bounds");
    }

    /// All of them.
    pub fn histogram(&self) -> &Histogram<u64> {
        &self.histogram
    }

    /// How many exceed `ns`, to the histogram's precision.
    pub fn above(&self, ns: u64) -> u64 {
        let up_to = self.histogram.count_between(0, ns);
        self.histogram.len() - up_to
    }

    /// The figures.
    pub fn summary(&self) -> Summary {
        let some = |value| (!self.histogram.is_empty()).then_some(value);
        let at = |quantile| some(self.histogram.value_at_quantile(quantile));
        Summary {
            count: self.histogram.len(),
            min_ns: some(self.histogram.min()),
            mean_ns: some(self.histogram.mean().round() as u64),
            p50_ns: at(0.5),
            p90_ns: at(0.9),
            p99_ns: at(0.99),
            p999_ns: at(0.999),
            p9999_ns: at(0.9999),
            max_ns: some(self.histogram.max()),
        }
    }
}

/// What is said of measured times; `None` when there are none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Summary {
    pub count: u64,
    pub min_ns: Option<u64>,
    pub mean_ns: Option<u64>,
    pub p50_ns: Option<u64>,
    pub p90_ns: Option<u64>,
    pub p99_ns: Option<u64>,
    pub p999_ns: Option<u64>,
    pub p9999_ns: Option<u64>,
    pub max_ns: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_has_no_percentiles() {
        assert_eq!(Times::new().summary(), Summary::default());
        assert_eq!(Times::new().above(0), 0);
    }

    #[test]
    fn known_times() {
        let mut times = Times::new();
        (1..=1000).for_each(|us| times.record(us * 1000));
        times.record(u64::MAX);
        let summary = times.summary();
        let near =
            |value: Option<u64>, wanted: u64| value.unwrap().abs_diff(wanted) <= wanted / 500;
        assert_eq!((summary.count, times.above(999_999_999)), (1001, 1));
        assert!(
            near(summary.p50_ns, 501_000) && near(summary.p99_ns, 991_000),
            "{summary:?}"
        );
        assert!(
            near(summary.min_ns, 1000) && near(summary.max_ns, HIGHEST_NS),
            "{summary:?}"
        );
    }

    proptest! {
        #[test]
        fn figures_are_in_order_and_rounds_add_up(
            one in proptest::collection::vec(0u64..100_000_000_000, 1..100),
            two in proptest::collection::vec(0u64..100_000_000_000, 0..100),
        ) {
            let (mut all, mut second) = (Times::new(), Times::new());
            one.iter().for_each(|ns| all.record(*ns));
            two.iter().for_each(|ns| second.record(*ns));
            all.add(&second);
            let s = all.summary();
            prop_assert_eq!(s.count, (one.len() + two.len()) as u64);
            let order = [s.min_ns, s.p50_ns, s.p90_ns, s.p99_ns, s.p999_ns, s.p9999_ns, s.max_ns];
            prop_assert!(order.windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", s);
            prop_assert!(s.min_ns <= s.mean_ns && s.mean_ns <= s.max_ns);
        }
    }
}
