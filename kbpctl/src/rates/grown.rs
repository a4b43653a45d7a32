// SPDX-License-Identifier: GPL-2.0
//! What the difference of two counters is worth.

use std::time::Duration;

/// By how much a counter grew; `None` when it went backwards, because it began anew.
pub(super) fn grown(before: u64, now: u64) -> Option<u64> {
    now.checked_sub(before)
}

/// The same of a counter that the kernel keeps in 32 bits, and lets run over. No counter here grows by
/// half of that between two looks.
pub(super) fn grown_32(before: u32, now: u32) -> Option<u64> {
    let grown = now.wrapping_sub(before);
    (grown <= u32::MAX / 2).then_some(grown.into())
}

/// So many in this time, per second; to a thousandth.
pub(super) fn per_second(count: u64, time: Duration) -> Option<f64> {
    let seconds = time.as_secs_f64();
    (seconds > 0.0).then(|| rounded(count as f64 / seconds, 1e3))
}

/// A part of a whole, 0 to 1, to a ten-thousandth. Counters that are read one by one may differ by what
/// came in between.
pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| rounded((part as f64 / whole as f64).min(1.0), 1e4))
}

fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_that_began_anew_has_no_difference() {
        assert_eq!(grown(5, 9), Some(4));
        assert_eq!(grown(9, 5), None);
        assert_eq!(grown_32(5, 9), Some(4));
        assert_eq!(grown_32(u32::MAX - 1, 3), Some(5));
        assert_eq!(grown_32(9, 5), None);
    }

    #[test]
    fn no_time_and_nothing_at_all_have_no_figure() {
        assert_eq!(per_second(10, Duration::ZERO), None);
        assert_eq!(per_second(10, Duration::from_millis(300)), Some(33.333));
        assert_eq!(share(0, 0), None);
        assert_eq!(share(1, 3), Some(0.3333));
        assert_eq!(share(7, 3), Some(1.0));
    }
}
