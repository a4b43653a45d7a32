// SPDX-License-Identifier: GPL-2.0
//! HdrHistogram interval logs, one per row and mode, for the tools that read them.

use std::error::Error as StdError;
use std::time::Duration;

use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};
use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::Histogram;

use super::measured::Measured;
use crate::statistics::Times;
use crate::{Error, Result};

/// Three digits, as everywhere here.
const DIGITS: u8 = 3;
/// The log's column with the maximum is milliseconds, as the tools expect it; the histogram is
/// nanoseconds.
const NS_PER_MS: f64 = 1e6;

/// All logs with their files' names. A row without times has none.
pub(super) fn all(measured: &Measured) -> Result<Vec<(String, String)>> {
    let mut logs = Vec::new();
    for row in measured.rows() {
        for mode in measured.modes(&row.name) {
            let (name, timed) = (&row.name, row.workload.metric());
            let merged = measured.merged(name, mode);
            if merged.total() > 0 {
                let about = format!("{name}, {mode}: {timed}, ns, all rounds");
                let log = write(mode.name(), &about, &merged).map_err(|error| {
                    Error::Other(format!("cannot write the interval log of {about}: {error}"))
                })?;
                logs.push((format!("{name}-{mode}.hlog"), log));
            }
        }
    }
    Ok(logs)
}

/// One log with a single interval. Each value is at the upper end of its bucket, the last one at
/// the maximum: as [`Times::at`] has it.
fn write(tag: &str, about: &str, times: &Times) -> std::result::Result<String, Box<dyn StdError>> {
    let mut histogram = Histogram::<u64>::new_with_bounds(1, times.max.max(2), DIGITS)?;
    for (at, (_, high, count)) in times.counts.iter().enumerate() {
        let last = u64::from(at + 1 == times.counts.len());
        histogram.record_n(high.saturating_sub(1).min(times.max), count - last)?;
        histogram.record_n(times.max, last)?;
    }
    let mut log = Vec::new();
    let mut serializer = V2DeflateSerializer::new();
    IntervalLogWriterBuilder::new()
        .add_comment(about)
        .with_max_value_divisor(NS_PER_MS)
        .begin_log_with(&mut log, &mut serializer)?
        // When the rounds were is not known here, and they are not one stretch of time.
        .write_histogram(&histogram, Duration::ZERO, Duration::ZERO, Tag::new(tag))
        .map_err(|error| format!("{error:?}"))?;
    Ok(String::from_utf8(log)?)
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
        let mut entries = IntervalLogIterator::new(log.as_bytes()).map(|entry| entry.unwrap());
        let encoded = entries.find_map(|entry| match entry {
            LogEntry::Interval(interval) => Some(interval.encoded_histogram().to_owned()),
            _ => None,
        });
        let bytes = STANDARD.decode(encoded.unwrap()).unwrap();
        let mut deserializer = Deserializer::new();
        deserializer.deserialize(&mut bytes.as_slice()).unwrap()
    }

    #[test]
    fn a_log_read_back_has_the_same_percentiles() {
        let (last, end) = (9_000_000, 9_100_000);
        let counts = [
            (0, 1, 5),
            (1000, 1001, 800),
            (40_000, 40_064, 190),
            (last, end, 5),
        ];
        let times = Times::new(counts.to_vec(), 9_000_123);
        let back = read(&write("kbp-armed", "a test", &times).unwrap());
        assert_eq!(back.len(), times.total());
        for quantile in [0.001, 0.5, 0.9, 0.99, 0.999, 1.0] {
            let (read, written) = (back.value_at_quantile(quantile), times.at(quantile));
            assert!(back.equivalent(read, written), "{read} {written}");
        }
    }

    #[test]
    fn every_row_and_mode_with_times_has_a_log() {
        let outcomes = synthetic::good(2);
        let logs = all(&Measured::new(&outcomes)).unwrap();
        let has = |start: &str| logs.iter().any(|(name, _)| name.starts_with(start));
        assert!(has("delay-load90-spin-kbp-armed.hlog") && !has("zero-loss"));
        assert!(logs.iter().all(|(_, log)| read(log).len() == 2000));
    }
}
