// SPDX-License-Identifier: GPL-2.0
//! HdrHistogram interval logs, one per row and mode, for the tools that read them.

use std::time::Duration;

use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};
use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::Histogram;

use super::measured::Measured;
use crate::statistics::Buckets;
use crate::{Error, Result};

/// Three digits, as everywhere here.
const DIGITS: u8 = 3;
/// The log's column with the maximum is milliseconds, as the tools expect it; the histogram is
/// nanoseconds.
const NS_PER_MS: f64 = 1e6;

/// All logs with their files' names. A row without times has none.
pub fn all(measured: &Measured) -> Result<Vec<(String, String)>> {
    let mut logs = Vec::new();
    for row in measured.rows() {
        for mode in measured.modes(&row.name) {
            let merged = measured.merged(&row.name, mode);
            if merged.total() > 0 {
                let about = format!(
                    "{}, {mode}: {}, ns, all rounds",
                    row.name,
                    row.workload.metric()
                );
                logs.push((
                    format!("{}-{mode}.hlog", row.name),
                    write(mode.name(), &about, &merged)?,
                ));
            }
        }
    }
    Ok(logs)
}

/// One log with a single interval.
pub fn write(tag: &str, about: &str, buckets: &Buckets) -> Result<String> {
    let failed = |what: &dyn std::fmt::Display| {
        Error::Other(format!("cannot write the interval log of {about}: {what}"))
    };
    let histogram = histogram(buckets).map_err(|error| failed(&error))?;
    let tag =
        Tag::new(tag).ok_or_else(|| failed(&"its tag holds a comma, a space or a line's end"))?;
    let mut log = Vec::new();
    let mut serializer = V2DeflateSerializer::new();
    IntervalLogWriterBuilder::new()
        .add_comment(about)
        .with_max_value_divisor(NS_PER_MS)
        .begin_log_with(&mut log, &mut serializer)
        .map_err(|error| failed(&error))?
        // When the rounds were is not known here, and they are not one stretch of time.
        .write_histogram(&histogram, Duration::ZERO, Duration::ZERO, Some(tag))
        .map_err(|error| failed(&format!("{error:?}")))?;
    String::from_utf8(log).map_err(|error| failed(&error))
}

/// Each value at the upper end of its bucket, the last one at the maximum: as [`Buckets::at`] has
/// it.
fn histogram(buckets: &Buckets) -> std::result::Result<Histogram<u64>, String> {
    let mut histogram =
        Histogram::new_with_bounds(1, buckets.max.max(2), DIGITS).map_err(|e| e.to_string())?;
    let mut record = |value: u64, count: u64| {
        let fits = value.min(buckets.max);
        histogram.record_n(fits, count).map_err(|e| e.to_string())
    };
    for (at, (_, high, count)) in buckets.counts.iter().enumerate() {
        let last = at + 1 == buckets.counts.len();
        record(high.saturating_sub(1), count - u64::from(last))?;
    }
    if buckets.total() > 0 {
        record(buckets.max, 1)?;
    }
    Ok(histogram)
}

#[cfg(test)]
mod tests {
    use super::super::synthetic;
    use super::*;
    use base64::engine::general_purpose::STANDARD;
    use base64::Engine;
    use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};
    use hdrhistogram::serialization::Deserializer;

    fn read(log: &str) -> Histogram<u64> {
        let entries = IntervalLogIterator::new(log.as_bytes());
        let interval = entries
            .filter_map(|entry| match entry.unwrap() {
                LogEntry::Interval(interval) => Some(interval),
                _ => None,
            })
            .next()
            .unwrap();
        let bytes = STANDARD.decode(interval.encoded_histogram()).unwrap();
        Deserializer::new()
            .deserialize(&mut bytes.as_slice())
            .unwrap()
    }

    #[test]
    fn a_log_read_back_has_the_same_percentiles() {
        let buckets = Buckets {
            counts: vec![
                (0, 1, 5),
                (1000, 1001, 800),
                (40_000, 40_064, 190),
                (9_000_000, 9_100_000, 5),
            ],
            max: 9_000_123,
        };
        let back = read(&write("kbp-armed", "a test", &buckets).unwrap());
        assert_eq!(back.len(), buckets.total());
        for quantile in [0.001, 0.5, 0.9, 0.99, 0.999, 1.0] {
            let (read, written) = (back.value_at_quantile(quantile), buckets.at(quantile));
            assert!(
                back.equivalent(read, written),
                "{quantile}: {read} {written}"
            );
        }
    }

    #[test]
    fn every_row_and_mode_with_times_has_a_log() {
        let outcomes = synthetic::good(2);
        let logs = all(&Measured::new(&outcomes)).unwrap();
        let names: Vec<&str> = logs.iter().map(|(name, _)| name.as_str()).collect();
        assert!(
            names.contains(&"delay-load90-spin-kbp-armed.hlog"),
            "{names:?}"
        );
        assert!(
            !names.iter().any(|name| name.starts_with("zero-loss")),
            "{names:?}"
        );
        for (name, log) in &logs {
            assert_eq!(read(log).len(), 2000, "{name}");
        }
    }
}
