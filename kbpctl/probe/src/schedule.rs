// SPDX-License-Identifier: GPL-2.0
//! When each probe leaves. A pure function of its number: nothing that happens can shift it.

use std::time::Duration;

const SECOND: u128 = 1_000_000_000;

/// A constant rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Probes per second, at least one.
    rate: u64,
}

impl Schedule {
    /// `rate` probes per second; 0 counts as 1.
    pub fn new(rate: u64) -> Schedule {
        Schedule { rate: rate.max(1) }
    }

    /// When probe `index` leaves, in nanoseconds from the start.
    pub fn due_ns(&self, index: u64) -> u64 {
        // Not `index * interval`: the rounding of an interval would add up.
        u64::try_from(u128::from(index) * SECOND / u128::from(self.rate)).unwrap_or(u64::MAX)
    }

    /// The time in which `count` leave.
    pub fn time(&self, count: u64) -> Duration {
        Duration::from_nanos(self.due_ns(count))
    }

    /// How many leave in `time`.
    pub fn count(&self, time: Duration) -> u64 {
        let count = (time.as_nanos() * u128::from(self.rate)).div_ceil(SECOND);
        u64::try_from(count).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_rate_is_kept_for_ever(rate in 1u64..10_000_000, seconds in 1u64..100_000) {
            let schedule = Schedule::new(rate);
            prop_assert_eq!(schedule.due_ns(rate * seconds), seconds * 1_000_000_000);
        }

        #[test]
        fn a_count_takes_its_time(rate in 1u64..=1_000_000_000, count in 0u64..1_000_000_000) {
            let schedule = Schedule::new(rate);
            prop_assert_eq!(schedule.count(schedule.time(count)), count);
        }

        #[test]
        fn what_is_counted_is_due(rate in 1u64..10_000_000, ns in 1u64..100_000_000_000) {
            let schedule = Schedule::new(rate);
            let count = schedule.count(Duration::from_nanos(ns));
            prop_assert!(count > 0);
            prop_assert!(schedule.due_ns(count - 1) < ns);
            prop_assert!(schedule.due_ns(count) + 1 >= ns);
        }
    }
}
