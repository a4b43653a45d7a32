// SPDX-License-Identifier: GPL-2.0
//! Counted times and their percentiles.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// Counted times in nanoseconds, as they go through files, too.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Times {
    /// `[low, high, count]`: `low <= value < high`, ascending, without empty ones.
    pub counts: Vec<(u64, u64, u64)>,
    /// The low end of the first bucket.
    pub min: u64,
    /// The largest value, exactly.
    pub max: u64,
    /// The mean of the middles of the buckets.
    pub mean: f64,
}

impl Times {
    /// Of buckets as [`Times::counts`] has them.
    pub fn new(counts: Vec<(u64, u64, u64)>, max: u64) -> Times {
        let (mut sum, mut total) = (0.0, 0.0);
        for (low, high, count) in &counts {
            let middle = (*low as f64 + high.saturating_sub(1) as f64) / 2.0;
            sum += middle * *count as f64;
            total += *count as f64;
        }
        Times {
            min: counts.first().map_or(0, |(low, _, _)| *low),
            max,
            mean: sum / f64::max(total, 1.0),
            counts,
        }
    }

    /// Reads the synthetic NIC's `hist` file; the error names the line.
    pub fn parse(text: &str) -> std::result::Result<Times, String> {
        let (mut counts, mut max, mut stated) = (Vec::new(), 0, None);
        for line in text.lines() {
            let wrong = || format!("'{line}' is no line of a histogram");
            let fields: Vec<&str> = line.split_whitespace().collect();
            let number = |text: &str| text.parse::<u64>().map_err(|_| wrong());
            match fields[..] {
                ["max_ns", value] => max = number(value)?,
                ["total", total] => stated = Some(number(total)?),
                [low, high, count] => counts.push((number(low)?, number(high)?, number(count)?)),
                _ => return Err(wrong()),
            }
        }
        counts.retain(|(_, _, count)| *count > 0);
        let times = Times::new(counts, max);
        match (stated, times.total()) {
            (Some(total), held) if total == held => Ok(times),
            (Some(total), held) => Err(format!("its buckets hold {held}, it says {total}")),
            (None, _) => Err("it has no line 'total'".into()),
        }
    }

    /// All of these together.
    pub fn sum<'a>(parts: impl Iterator<Item = &'a Times>) -> Times {
        let (mut counts, mut max) = (BTreeMap::new(), 0);
        for times in parts {
            max = max.max(times.max);
            for (low, high, count) in &times.counts {
                *counts.entry((*low, *high)).or_insert(0) += count;
            }
        }
        let counts = counts.into_iter();
        let counts = counts.map(|((low, high), count)| (low, high, count));
        Times::new(counts.collect(), max)
    }

    /// How many values there are.
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|(_, _, count)| count).sum()
    }

    /// The value that the share `quantile` (0 to 1) of all values does not exceed: the upper end
    /// of its bucket, never above the maximum. 0 when there are no values.
    pub fn at(&self, quantile: f64) -> u64 {
        let total = self.total();
        let wanted = ((quantile.clamp(0.0, 1.0) * total as f64).ceil() as u64).max(1);
        let mut seen = 0;
        let bucket = self.counts.iter().find(|(_, _, count)| {
            seen += count;
            seen >= wanted
        });
        match bucket {
            // The last value is the maximum, which is known exactly.
            Some((_, high, _)) if wanted < total => high.saturating_sub(1).min(self.max),
            _ => self.max,
        }
    }

    /// The curve for a percentile plot: `[percent, ns]`, 20 points for each further nine, the
    /// middle, and nothing beyond what this many values can show.
    pub fn curve(&self) -> Vec<(f64, u64)> {
        let total = self.total();
        if total == 0 {
            return Vec::new();
        }
        let steps = (0..).map(|step| 1.0 - 10f64.powf(-f64::from(step) / 20.0));
        let mut quantiles: Vec<f64> = steps
            .take_while(|quantile| 1.0 - quantile >= 1.0 / total as f64)
            .chain([0.5, 1.0])
            .collect();
        quantiles.sort_by(f64::total_cmp);
        let percent = |quantile: f64| (quantile * 1e6).round() / 1e4;
        let points = quantiles.into_iter();
        points.map(|at| (percent(at), self.at(at))).collect()
    }
}

impl From<&Histogram<u64>> for Times {
    fn from(histogram: &Histogram<u64>) -> Times {
        let steps = histogram.iter_recorded().map(|step| {
            let value = step.value_iterated_to();
            let low = histogram.lowest_equivalent(value);
            let high = histogram.next_non_equivalent(value);
            (low, high, step.count_at_value())
        });
        Times::new(steps.collect(), histogram.max())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn percentiles_of_a_known_histogram() {
        let counts = vec![(10, 12, 50), (20, 24, 40), (100, 104, 9), (1000, 1024, 1)];
        let known = Times::new(counts, 1001);
        let found = [0.0, 0.5, 0.51, 0.9, 0.99, 0.999, 1.0].map(|quantile| known.at(quantile));
        assert_eq!(found, [11, 11, 23, 23, 103, 1001, 1001]);
        assert_eq!(Times::default().at(0.5), 0);
        assert!(Times::default().curve().is_empty());
        let one = Times::new(vec![(8, 9, 1)], 8);
        assert!(one.curve().iter().all(|(_, ns)| *ns == 8));
    }

    #[test]
    fn the_file_of_the_synthetic_nic() {
        let times = Times::parse("10 11 3\n15 16 0\n20 22 1\nmax_ns 21\ntotal 4\n").unwrap();
        assert_eq!(times.counts, [(10, 11, 3), (20, 22, 1)]);
        assert_eq!((times.min, times.max, times.mean), (10, 21, 12.625));
        assert_eq!(Times::parse("max_ns 0\ntotal 0\n"), Ok(Times::default()));
        for (text, why) in [
            ("10 12 3\nmax_ns 11\ntotal 4\n", "hold 3"),
            ("10 x 3\n", "'10 x 3'"),
            ("", "total"),
        ] {
            assert!(Times::parse(text).unwrap_err().contains(why), "{text}");
        }
    }

    proptest! {
        #[test]
        fn percentiles_are_the_histograms(values in proptest::collection::vec(1u64..1_000_000, 1..200)) {
            let mut histogram = Histogram::<u64>::new(2).unwrap();
            for value in &values {
                histogram.record(*value).unwrap();
            }
            let times = Times::from(&histogram);
            prop_assert_eq!(times.total(), values.len() as u64);
            for quantile in [0.5, 0.9, 0.99, 0.999] {
                prop_assert_eq!(times.at(quantile), histogram.value_at_quantile(quantile));
            }
            let curve = times.curve();
            prop_assert!(curve.windows(2).all(|pair| pair[0].1 <= pair[1].1 && pair[0].0 <= pair[1].0));
            prop_assert_eq!(curve.last().unwrap().0, 100.0);
        }
    }
}
