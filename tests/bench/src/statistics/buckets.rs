// SPDX-License-Identifier: GPL-2.0
//! Counted times and their percentiles.

use hdrhistogram::Histogram;

/// Counted times: `low <= value < high`, in ascending order, and the exact maximum.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Buckets {
    /// `(low, high, count)`, without empty ones.
    pub counts: Vec<(u64, u64, u64)>,
    /// The largest value.
    pub max: u64,
}

impl Buckets {
    /// Reads the synthetic NIC's `hist` file; the error names the line.
    pub fn parse(text: &str) -> std::result::Result<Buckets, String> {
        let mut buckets = Buckets::default();
        let mut stated = None;
        for line in text.lines() {
            let wrong = || format!("'{line}' is no line of a histogram");
            let fields: Vec<&str> = line.split_whitespace().collect();
            let number = |text: &str| text.parse::<u64>().map_err(|_| wrong());
            match fields[..] {
                ["max_ns", max] => buckets.max = number(max)?,
                ["total", total] => stated = Some(number(total)?),
                [low, high, count] => {
                    let bucket = (number(low)?, number(high)?, number(count)?);
                    if bucket.2 > 0 {
                        buckets.counts.push(bucket);
                    }
                }
                _ => return Err(wrong()),
            }
        }
        match stated {
            Some(total) if total == buckets.total() => Ok(buckets),
            Some(total) => Err(format!(
                "its buckets hold {}, it says {total}",
                buckets.total()
            )),
            None => Err("it has no line 'total'".into()),
        }
    }

    /// How many values there are.
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|(_, _, count)| count).sum()
    }

    /// The value that the share `quantile` (0 to 1) of all values does not exceed: the upper end
    /// of its bucket, never above the maximum. 0 when there are no values.
    pub fn at(&self, quantile: f64) -> u64 {
        let total = self.total();
        let wanted =
            ((quantile.clamp(0.0, 1.0) * total as f64).ceil() as u64).clamp(1, total.max(1));
        let mut seen = 0;
        for (_, high, count) in &self.counts {
            seen += count;
            // The last value is the maximum, which is known exactly.
            if seen >= wanted {
                return if wanted == total {
                    self.max
                } else {
                    high.saturating_sub(1).min(self.max)
                };
            }
        }
        self.max
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
        quantiles
            .into_iter()
            .map(|quantile| (round4(quantile * 100.0), self.at(quantile)))
            .collect()
    }
}

impl From<&Histogram<u64>> for Buckets {
    fn from(histogram: &Histogram<u64>) -> Buckets {
        let bucket = |value: u64, count: u64| {
            let low = histogram.lowest_equivalent(value);
            (low, histogram.next_non_equivalent(value), count)
        };
        Buckets {
            counts: histogram
                .iter_recorded()
                .map(|step| bucket(step.value_iterated_to(), step.count_at_value()))
                .collect(),
            max: histogram.max(),
        }
    }
}

fn round4(percent: f64) -> f64 {
    (percent * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn buckets(counts: &[(u64, u64, u64)], max: u64) -> Buckets {
        Buckets {
            counts: counts.to_vec(),
            max,
        }
    }

    #[test]
    fn percentiles_of_a_known_histogram() {
        let known = buckets(
            &[(10, 12, 50), (20, 24, 40), (100, 104, 9), (1000, 1024, 1)],
            1001,
        );
        assert_eq!(known.at(0.0), 11);
        assert_eq!(known.at(0.5), 11);
        assert_eq!(known.at(0.51), 23);
        assert_eq!(known.at(0.9), 23);
        assert_eq!(known.at(0.99), 103);
        assert_eq!(known.at(0.999), 1001);
        assert_eq!(known.at(1.0), 1001);
    }

    #[test]
    fn nothing_and_one_value() {
        assert_eq!(Buckets::default().at(0.5), 0);
        assert!(Buckets::default().curve().is_empty());
        let one = buckets(&[(8, 9, 1)], 8);
        assert_eq!(one.at(0.5), 8);
        assert!(one.curve().iter().all(|(_, ns)| *ns == 8));
    }

    #[test]
    fn the_file_of_the_synthetic_nic() {
        let text = "10 12 3\n100 104 1\nmax_ns 101\ntotal 4\n";
        assert_eq!(
            Buckets::parse(text).unwrap(),
            buckets(&[(10, 12, 3), (100, 104, 1)], 101)
        );
        assert_eq!(
            Buckets::parse("max_ns 0\ntotal 0\n").unwrap(),
            Buckets::default()
        );
        assert!(Buckets::parse("10 12 3\nmax_ns 11\ntotal 4\n")
            .unwrap_err()
            .contains("hold 3"));
        assert!(Buckets::parse("10 x 3\n").unwrap_err().contains("'10 x 3'"));
        assert!(Buckets::parse("").unwrap_err().contains("total"));
    }

    #[test]
    fn an_hdr_histogram_keeps_its_percentiles() {
        let mut histogram = Histogram::<u64>::new(3).unwrap();
        for value in 1..=10_000 {
            histogram.record(value * 10).unwrap();
        }
        let buckets = Buckets::from(&histogram);
        assert_eq!(buckets.total(), 10_000);
        for quantile in [0.5, 0.9, 0.99, 0.999] {
            assert_eq!(buckets.at(quantile), histogram.value_at_quantile(quantile));
        }
    }

    proptest! {
        #[test]
        fn percentiles_never_fall(values in proptest::collection::vec(1u64..1_000_000, 1..200)) {
            let mut histogram = Histogram::<u64>::new(2).unwrap();
            for value in &values {
                histogram.record(*value).unwrap();
            }
            let curve = Buckets::from(&histogram).curve();
            prop_assert!(curve.windows(2).all(|pair| pair[0].1 <= pair[1].1 && pair[0].0 <= pair[1].0));
            prop_assert_eq!(curve.last().unwrap().0, 100.0);
        }
    }
}
