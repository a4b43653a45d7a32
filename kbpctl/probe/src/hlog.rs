// SPDX-License-Identifier: GPL-2.0
//! HdrHistogram's interval log (`.hlog`): a line for each run, which its viewers can read.

use std::io::Write;
use std::time::{Duration, SystemTime};

use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};
use hdrhistogram::serialization::V2DeflateSerializer;

use crate::times::Times;
use crate::{Error, Result};

/// One line: the times of one run.
#[derive(Debug)]
pub struct Interval<'a> {
    /// What was measured; without commas, spaces and line ends.
    pub tag: &'a str,
    /// When it began, from the start of the log.
    pub start: Duration,
    /// How long it took.
    pub duration: Duration,
    /// The times.
    pub times: &'a Times,
}

/// Writes the head of a log that begins at `start`.
pub fn begin(out: &mut impl Write, comment: &str, start: SystemTime) -> Result<()> {
    IntervalLogWriterBuilder::new()
        .add_comment(comment)
        .add_comment("Values are nanoseconds")
        .with_start_time(start)
        .with_base_time(start)
        .begin_log_with(out, &mut V2DeflateSerializer::new())
        .map(drop)
        .map_err(broken)
}

/// Adds a line.
pub fn add(out: &mut impl Write, interval: &Interval<'_>) -> Result<()> {
    let mut serializer = V2DeflateSerializer::new();
    let mut line = Vec::new();
    let tag = Tag::new(interval.tag);
    IntervalLogWriterBuilder::new()
        .begin_log_with(&mut line, &mut serializer)
        .map_err(broken)?
        .write_histogram(
            interval.times.histogram(),
            interval.start,
            interval.duration,
            tag,
        )
        .map_err(|error| broken(std::io::Error::other(error.to_string())))?;
    out.write_all(&line)
        .and_then(|()| out.flush())
        .map_err(broken)
}

fn broken(error: std::io::Error) -> Error {
    Error::system("cannot write the histogram log", "free some space")(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};
    use hdrhistogram::serialization::Deserializer;

    #[test]
    fn a_log_can_be_read_again() {
        let mut times = Times::new();
        (1..=1000).for_each(|us| times.record(us * 1000));
        let mut log = Vec::new();
        begin(&mut log, "a test", SystemTime::now()).unwrap();
        for round in 0..2 {
            let interval = Interval {
                tag: &format!("udp-64-round-{round}"),
                start: Duration::from_secs(10 * round),
                duration: Duration::from_secs(10),
                times: &times,
            };
            add(&mut log, &interval).unwrap();
        }
        let mut rounds = 0;
        for entry in IntervalLogIterator::new(&log) {
            let LogEntry::Interval(entry) = entry.unwrap() else {
                continue;
            };
            assert_eq!(
                entry.tag().unwrap().as_str(),
                format!("udp-64-round-{rounds}")
            );
            assert_eq!(entry.start_timestamp(), Duration::from_secs(10 * rounds));
            let bytes = decode(entry.encoded_histogram());
            let read: hdrhistogram::Histogram<u64> =
                Deserializer::new().deserialize(&mut &bytes[..]).unwrap();
            assert_eq!(&read, times.histogram());
            rounds += 1;
        }
        assert_eq!(rounds, 2);
    }

    /// Base64, as far as the test needs it.
    fn decode(text: &str) -> Vec<u8> {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let (mut bits, mut have, mut out) = (0u32, 0, Vec::new());
        for byte in text.trim_end_matches('=').bytes() {
            let value = ALPHABET.iter().position(|symbol| *symbol == byte).unwrap();
            bits = (bits << 6) | value as u32;
            have += 6;
            if have >= 8 {
                have -= 8;
                out.push((bits >> have) as u8);
                bits &= (1 << have) - 1;
            }
        }
        out
    }
}
