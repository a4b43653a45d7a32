// SPDX-License-Identifier: GPL-2.0
//! Times and ratios as people read them.

/// A time with a fitting unit and three significant digits.
pub(crate) fn time(ns: u64) -> String {
    let (value, unit) = match ns {
        0..=999 => return format!("{ns} ns"),
        1000..=999_999 => (ns as f64 / 1e3, "µs"),
        1_000_000..=999_999_999 => (ns as f64 / 1e6, "ms"),
        _ => (ns as f64 / 1e9, "s"),
    };
    format!("{} {unit}", digits(value))
}

/// Three significant digits, none after the point from 100 on.
pub(crate) fn digits(value: f64) -> String {
    // What rounds up to one more digit before the point gets one less behind it.
    match value {
        v if v >= 99.95 => format!("{v:.0}"),
        v if v >= 9.995 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (ns, text) in [
            (0, "0 ns"),
            (999, "999 ns"),
            (1000, "1.00 µs"),
            (12_345, "12.3 µs"),
            (999_960, "1000 µs"),
            (1_234_567, "1.23 ms"),
            (68_700_000_000, "68.7 s"),
        ] {
            assert_eq!(time(ns), text);
        }
    }
}
