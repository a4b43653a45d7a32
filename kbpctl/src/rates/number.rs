// SPDX-License-Identifier: GPL-2.0
//! Figures in few characters.

use crate::cores::histogram::Summary;

/// What cannot be told.
pub(crate) const UNKNOWN: &str = "-";

/// `0`, `0.5`, `999`, `9.9k`, `99k`, `1.2M`: four characters at most.
pub(crate) fn rate(rate: Option<f64>) -> String {
    let Some(rate) = rate else {
        return UNKNOWN.to_owned();
    };
    let mut value = rate;
    for unit in ["", "k", "M", "G"] {
        if value < 999.5 {
            return match value {
                0.0 => "0".to_owned(),
                small if small < 0.05 => ">0".to_owned(),
                small if small < 9.95 && (!unit.is_empty() || small.fract() != 0.0) => {
                    format!("{small:.1}{unit}")
                }
                value => format!("{value:.0}{unit}"),
            };
        }
        value /= 1000.0;
    }
    format!("{value:.0}T")
}

/// `0%`, `<1%`, `42%`, `100%`.
pub(crate) fn percent(share: Option<f64>) -> String {
    match share.map(|share| share * 100.0) {
        None => UNKNOWN.to_owned(),
        Some(percent) if percent > 0.0 && percent < 0.5 => "<1%".to_owned(),
        Some(percent) => format!("{percent:.0}%"),
    }
}

/// A time of a [`Summary`] in microseconds. A power of two is the edge of a bucket: the time is below.
pub(crate) fn micros(summary: Option<&Summary>, time: fn(&Summary) -> Option<u64>) -> String {
    match summary {
        Some(summary) if summary.count > 0 => match time(summary) {
            None => ">1s".to_owned(),
            Some(ns) if ns.is_power_of_two() => format!("<{}", time_of(ns.div_ceil(1000))),
            Some(ns) => time_of(ns / 1000),
        },
        _ => UNKNOWN.to_owned(),
    }
}

/// `999`, `9999`, `12ms`, `2.5s`.
pub(crate) fn time_of(us: u64) -> String {
    match us {
        0..10_000 => us.to_string(),
        10_000..1_000_000 => format!("{}ms", us.div_ceil(1000)),
        1_000_000..100_000_000 => format!("{:.1}s", us as f64 / 1e6),
        _ => format!("{}s", us / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kbp_uapi::kbp_histogram;

    #[test]
    fn rates_fit_into_four_characters() {
        for (value, want) in [
            (0.0, "0"),
            (0.001, ">0"),
            (0.5, "0.5"),
            (7.0, "7"),
            (9.94, "9.9"),
            (9.96, "10"),
            (999.4, "999"),
            (999.6, "1.0k"),
            (9949.0, "9.9k"),
            (12_345.0, "12k"),
            (999_400.0, "999k"),
            (999_600.0, "1.0M"),
            (14_880_952.0, "15M"),
            (3e12, "3T"),
        ] {
            assert_eq!(rate(Some(value)), want);
            assert!(want.len() <= 4);
        }
        assert_eq!(rate(None), "-");
    }

    #[test]
    fn a_little_is_not_nothing() {
        let all = [
            None,
            Some(0.0),
            Some(0.004),
            Some(0.0051),
            Some(0.42),
            Some(1.0),
        ];
        assert_eq!(all.map(percent), ["-", "0%", "<1%", "1%", "42%", "100%"]);
    }

    #[test]
    fn an_edge_is_not_reached() {
        let p99 = |summary: &Summary| summary.p99_ns;
        let of = |bucket: usize, longest: Option<u64>| {
            let mut histogram = kbp_histogram::default();
            histogram.counts[bucket] = 1;
            let summary = match longest {
                None => Summary::new(&histogram),
                Some(longest) => Summary::up_to(&histogram, longest),
            };
            micros(Some(&summary), p99)
        };
        assert_eq!(of(4, None), "<1");
        assert_eq!(of(14, None), "<17");
        assert_eq!(of(14, Some(12_300)), "12");
        assert_eq!(of(28, None), "<269ms");
        assert_eq!(of(31, None), ">1s");
        assert_eq!(of(31, Some(2_500_000_000)), "2.5s");
        let empty = Summary::new(&kbp_histogram::default());
        assert_eq!(micros(Some(&empty), p99), "-");
        assert_eq!(micros(None, p99), "-");
    }
}
