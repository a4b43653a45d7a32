// SPDX-License-Identifier: GPL-2.0
//! Times on the command line: `5s`, `500ms`, `2m`; a number alone means seconds.

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

#[cfg(test)]
mod tests {
    use super::*;

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
