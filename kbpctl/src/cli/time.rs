// SPDX-License-Identifier: GPL-2.0
//! Times on the command line: `5s`, `500ms`, `2m`; a number alone means seconds.

use std::ops::RangeInclusive;
use std::time;

use humantime::Duration;

/// Reads one.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let read = match is_number {
        true => format!("{text}s").parse(),
        false => text.parse(),
    };
    read.map_err(|error: humantime::DurationError| {
        format!("{error}: write seconds as 5, or 5s, 500ms, 2m")
    })
}

/// Reads how long a change may wait for its confirmation.
pub(super) fn canary(text: &str) -> Result<Duration, String> {
    const SECOND: time::Duration = time::Duration::from_secs(1);
    within(text, SECOND..=24 * 60 * 60 * SECOND, |_| {
        "from 1s to 24h: long enough to look whether the host still answers".to_owned()
    })
}

/// Reads a time between limits; `rule` says them of another.
pub(super) fn within(
    text: &str,
    limits: RangeInclusive<time::Duration>,
    rule: impl FnOnce(Duration) -> String,
) -> Result<Duration, String> {
    let time = parse(text)?;
    match limits.contains(&*time) {
        true => Ok(time),
        false => Err(rule(time)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_has_a_second_and_a_day_at_most() {
        for (text, is_good) in [("1", true), ("24h", true), ("60s", true)] {
            assert_eq!(canary(text).is_ok(), is_good, "{text}");
        }
        for text in ["0", "999ms", "86401", "25h", "x"] {
            canary(text).expect_err(text);
        }
    }

    #[test]
    fn a_number_alone_means_seconds() {
        let ms = |text| parse(text).map(|time| time.as_millis());
        for (text, want) in [("5", 5000), ("0", 0), ("1500ms", 1500), ("2m", 120_000)] {
            assert_eq!(ms(text), Ok(want), "{text}");
        }
        for text in [
            "",
            "x",
            "-1",
            "1.5.1",
            "5 parsecs",
            "99999999999999999999999",
        ] {
            let error = ms(text).expect_err(text);
            assert!(
                error.ends_with("write seconds as 5, or 5s, 500ms, 2m"),
                "{error}"
            );
        }
    }
}
