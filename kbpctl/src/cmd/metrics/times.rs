// SPDX-License-Identifier: GPL-2.0
//! Histograms of times.

use std::fmt;

use kbp_uapi::{kbp_histogram, KBP_BUCKETS};
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Unit;

use super::family::{seconds, Labels};

/// Shorter times are all the same to whoever reads them: the first edge is half a microsecond.
const FIRST: usize = 9;

/// The bucket without an edge.
const LAST: usize = KBP_BUCKETS as usize - 1;

/// A histogram and the sum of its times, where it is known.
pub(super) struct Times<'a> {
    pub(super) labels: Labels,
    pub(super) histogram: &'a kbp_histogram,
    pub(super) sum_ns: Option<u64>,
}

/// Writes a family of them, in seconds.
pub(super) fn encode(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    all: &[Times<'_>],
) -> fmt::Result {
    if all.is_empty() {
        return Ok(());
    }
    let unit = Unit::Seconds;
    let kind = MetricType::Histogram;
    let mut family = encoder.encode_descriptor(name, help, Some(&unit), kind)?;
    for times in all {
        let sum = times.sum_ns.unwrap_or_else(|| highest_sum(times.histogram));
        let buckets = buckets(times.histogram);
        let count = buckets.iter().map(|(_, count)| count).sum();
        let mut metric = family.encode_family(&times.labels)?;
        metric.encode_histogram::<NoLabelSet>(seconds(sum), count, &buckets, None)?;
    }
    Ok(())
}

/// Edges that times do not exceed, and how many each bucket has.
fn buckets(histogram: &kbp_histogram) -> Vec<(f64, u64)> {
    let short = histogram.counts[..FIRST].iter().sum();
    let mut buckets = Vec::new();
    for (bucket, count) in histogram.counts.iter().enumerate().skip(FIRST) {
        let shorter = match bucket {
            FIRST => short,
            _ => 0,
        };
        let edge = match bucket == LAST {
            // A bucket has what is below a power of two, in whole nanoseconds.
            false => seconds(longest(bucket)),
            true => f64::INFINITY,
        };
        buckets.push((edge, count + shorter));
    }
    buckets
}

/// The longest time of a bucket in nanoseconds; of the last one, which has no end, the shortest.
fn longest(bucket: usize) -> u64 {
    match bucket == LAST {
        false => (1 << bucket) - 1,
        true => 1 << (bucket - 1),
    }
}

/// The sum, were each time the longest of its bucket.
fn highest_sum(histogram: &kbp_histogram) -> u64 {
    let each = histogram.counts.iter().enumerate();
    each.fold(0_u64, |sum, (bucket, count)| {
        sum.saturating_add(longest(bucket).saturating_mul(*count))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_have_all_that_was_counted_below_their_edge() {
        let mut histogram = kbp_histogram::default();
        for (bucket, count) in [(0, 1), (9, 2), (10, 4), (30, 8), (31, 16)] {
            histogram.counts[bucket] = count;
        }
        let buckets = buckets(&histogram);
        assert_eq!(buckets.len(), 23);
        assert_eq!(buckets[0], (511e-9, 3));
        assert_eq!(buckets[1], (1023e-9, 4));
        assert_eq!(buckets[21], (1.073_741_823, 8));
        assert_eq!(buckets[22], (f64::INFINITY, 16));
        assert_eq!(
            highest_sum(&histogram),
            2 * 511 + 4 * 1023 + 8 * 1_073_741_823 + 16 * 1_073_741_824
        );
    }
}
