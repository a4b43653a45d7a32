// SPDX-License-Identifier: GPL-2.0
//! A `kbp_histogram`, summed up.

use kbp_uapi::{kbp_histogram, KBP_BUCKETS};
use schemars::JsonSchema;
use serde::Serialize;

/// What a histogram says. A time is the upper edge of its bucket; `None` when nothing was counted,
/// and for the last bucket, which has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Summary {
    pub(crate) count: u64,
    pub(crate) p50_ns: Option<u64>,
    pub(crate) p99_ns: Option<u64>,
    pub(crate) max_ns: Option<u64>,
    buckets: Vec<Bucket>,
}

/// One bucket that is not empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
struct Bucket {
    below_ns: Option<u64>,
    count: u64,
}

impl Summary {
    /// The same of times of which the longest is known: no percentile is above it.
    pub(crate) fn up_to(histogram: &kbp_histogram, longest_ns: u64) -> Summary {
        let mut summary = Summary::new(histogram);
        if summary.count > 0 {
            for edge in [
                &mut summary.p50_ns,
                &mut summary.p99_ns,
                &mut summary.max_ns,
            ] {
                *edge = Some(edge.map_or(longest_ns, |edge| edge.min(longest_ns)));
            }
        }
        summary
    }

    pub(crate) fn new(histogram: &kbp_histogram) -> Summary {
        let buckets: Vec<Bucket> = (0..KBP_BUCKETS)
            .zip(histogram.counts)
            .filter(|(_, count)| *count > 0)
            .map(|(bucket, count)| Bucket {
                below_ns: (bucket + 1 < KBP_BUCKETS).then(|| 1 << bucket),
                count,
            })
            .collect();
        Summary {
            count: total(&buckets),
            p50_ns: percentile(&buckets, 50),
            p99_ns: percentile(&buckets, 99),
            max_ns: percentile(&buckets, 100),
            buckets,
        }
    }
}

/// What was counted between two readings; `None` when a bucket went backwards.
pub(crate) fn between(before: &kbp_histogram, now: &kbp_histogram) -> Option<kbp_histogram> {
    let mut counts = now.counts;
    for (count, before) in counts.iter_mut().zip(before.counts) {
        *count = count.checked_sub(before)?;
    }
    Some(kbp_histogram { counts })
}

fn total(buckets: &[Bucket]) -> u64 {
    buckets
        .iter()
        .fold(0, |sum, bucket| bucket.count.saturating_add(sum))
}

/// The edge of the bucket in which `percent` of the times are reached.
fn percentile(buckets: &[Bucket], percent: u128) -> Option<u64> {
    let rank = (u128::from(total(buckets)) * percent).div_ceil(100);
    let mut seen = 0;
    let reached = buckets.iter().find(|bucket| {
        seen += u128::from(bucket.count);
        seen >= rank
    });
    reached?.below_ns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(counts: &[(usize, u64)]) -> Summary {
        let mut histogram = kbp_histogram::default();
        for (bucket, count) in counts {
            histogram.counts[*bucket] = *count;
        }
        Summary::new(&histogram)
    }

    fn edges(summary: &Summary) -> [Option<u64>; 3] {
        [summary.p50_ns, summary.p99_ns, summary.max_ns]
    }

    #[test]
    fn a_percentile_is_the_upper_edge_of_its_bucket() {
        let summary = of(&[(0, 50), (10, 49), (20, 1)]);
        assert_eq!(summary.count, 100);
        assert_eq!(edges(&summary), [Some(1), Some(1 << 10), Some(1 << 20)]);
        // One more in the middle and the half is no longer reached in the first bucket.
        let summary = of(&[(0, 50), (10, 51), (20, 1)]);
        assert_eq!(
            edges(&summary),
            [Some(1 << 10), Some(1 << 10), Some(1 << 20)]
        );
        assert_eq!(edges(&of(&[(7, 1)])), [Some(128); 3]);
    }

    #[test]
    fn no_percentile_is_above_the_longest_time() {
        let mut histogram = kbp_histogram::default();
        assert_eq!(edges(&Summary::up_to(&histogram, 0)), [None; 3]);
        histogram.counts[10] = 60;
        histogram.counts[20] = 40;
        let longest = 600_000;
        let want = [Some(1 << 10), Some(longest), Some(longest)];
        assert_eq!(edges(&Summary::up_to(&histogram, longest)), want);
        // The last bucket has no edge, and a longest time all the same.
        histogram.counts[31] = 100;
        let longest = 5_000_000_000;
        let want = [Some(1 << 20), Some(longest), Some(longest)];
        assert_eq!(edges(&Summary::up_to(&histogram, longest)), want);
    }

    #[test]
    fn what_went_backwards_is_no_difference() {
        let mut before = kbp_histogram::default();
        before.counts[3] = 5;
        let mut now = before;
        now.counts[3] = 7;
        now.counts[9] = u64::MAX;
        let counted = between(&before, &now).expect("a difference");
        assert_eq!((counted.counts[3], counted.counts[9]), (2, u64::MAX));
        assert_eq!(between(&now, &before), None);
    }

    #[test]
    fn nothing_counted_and_the_last_bucket_have_no_edge() {
        assert_eq!(edges(&of(&[])), [None; 3]);
        let summary = of(&[(30, 1), (31, u64::MAX)]);
        assert_eq!(edges(&summary), [None; 3]);
        assert_eq!(summary.buckets[0].below_ns, Some(1 << 30));
        assert_eq!(summary.count, u64::MAX);
        let summary = of(&[(30, 3), (31, 1)]);
        assert_eq!(edges(&summary), [Some(1 << 30), None, None]);
    }
}
