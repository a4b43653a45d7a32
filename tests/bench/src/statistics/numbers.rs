// SPDX-License-Identifier: GPL-2.0
//! Middles and distances of plain numbers.

/// The middle value, or the mean of the two middle ones; `None` for no values.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    middle(&sorted)
}

/// The same of sorted values.
pub(super) fn middle(sorted: &[f64]) -> Option<f64> {
    let upper = *sorted.get(sorted.len() / 2)?;
    Some(match sorted.len() % 2 {
        1 => upper,
        _ => (sorted[sorted.len() / 2 - 1] + upper) / 2.0,
    })
}

/// Six significant digits: more are not known, and a file with fewer is the same file after reading.
pub fn tidy(value: f64) -> f64 {
    if value == 0.0 {
        // The sum of nothing is -0.
        return 0.0;
    }
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// How far a ratio is from 1, the same for a half as for a double.
pub fn distance(ratio: f64) -> f64 {
    ratio.max(1.0 / ratio) - 1.0
}
