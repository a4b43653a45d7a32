// SPDX-License-Identifier: GPL-2.0
//! The highest rate without loss, tried at several moments between two ticks.

use std::time::Duration;

use crate::guest::rate;
use crate::Result;

/// A search begins with so many packets a second and ends when two rates are so close.
const FIRST: u64 = 128_000;
const CLOSE: f64 = 1.03;
/// Who has just begun to lose may not lose at once, nor each time: what was found at the first moment is
/// tried again at the others, and where it loses, a lower rate.
const MOMENTS: [Duration; 3] = [
    Duration::from_micros(700),
    Duration::from_micros(1900),
    Duration::from_micros(3100),
];

/// What `trial` returned for the highest rate at which no trial `loses`, the last one's: so that what is
/// reported of a rate is a trial that has counted. None where every rate loses.
pub(super) fn highest<T>(
    mut trial: impl FnMut(u64, Duration) -> Result<T>,
    loses: impl Fn(&T) -> bool,
) -> Result<Option<(u64, T)>> {
    let passes = |rate| Ok(!loses(&trial(rate, Duration::ZERO)?));
    let mut rate = rate::highest(FIRST, CLOSE, passes)?;
    'lower: while rate > 0 {
        let mut last = None;
        for moment in MOMENTS {
            let this = trial(rate, moment)?;
            if loses(&this) {
                rate = (rate as f64 / CLOSE) as u64;
                continue 'lower;
            }
            last = Some(this);
        }
        return Ok(last.map(|last| (rate, last)));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets lost at a rate, and the moment.
    type Trial = (u64, Duration);

    fn search(mut lost: impl FnMut(u64, Duration) -> u64) -> Option<(u64, Trial)> {
        let trial = |rate, moment| Ok((lost(rate, moment), moment));
        highest(trial, |(lost, _): &Trial| *lost > 0).unwrap()
    }

    #[test]
    fn a_rate_that_loses_at_one_moment_only_is_not_found() {
        for worst in MOMENTS {
            let limit = |moment| if moment == worst { 200_000 } else { 300_000 };
            let (rate, (lost, moment)) =
                search(|rate, moment| u64::from(rate > limit(moment))).unwrap();
            assert!((190_000..=200_000).contains(&rate), "{rate} at {worst:?}");
            assert_eq!((lost, moment), (0, MOMENTS[2]));
        }
    }

    #[test]
    fn what_is_reported_is_a_trial_that_counted() {
        let mut trials = Vec::new();
        let found = search(|rate, moment| {
            trials.push((rate, moment));
            u64::from(rate > 500_000)
        });
        let (rate, (_, moment)) = found.unwrap();
        assert_eq!(trials.last(), Some(&(rate, moment)));
    }

    #[test]
    fn what_always_loses_has_no_rate() {
        assert_eq!(search(|_, _| 1), None);
    }
}
