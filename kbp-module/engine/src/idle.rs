// SPDX-License-Identifier: GPL-2.0
//! When an adaptive poller falls asleep.
//!
//! Spinning is worth its power only if a packet comes soon. The rule is that of the kernel's
//! haltpoll governor: a sleep that ended sooner than the longest spin allowed was a mistake, so
//! the next spin is twice as long; a sleep that lasted longer was right, so the next spin is half
//! as long. Between [`IdleSpin::LEAST_PART`] of the longest and the longest.

use super::platform::Woken;

/// The present spin time of one poller.
#[derive(Clone, Copy, Debug)]
pub struct IdleSpin {
    longest_ns: u64,
    spin_ns: u64,
}

impl IdleSpin {
    /// The shortest spin is the longest divided by this.
    pub const LEAST_PART: u64 = 16;
    /// Longest sleep: the hooks must be tried now and then.
    pub const LONGEST_SLEEP_NS: u64 = 500_000_000;

    /// Begins with the longest spin.
    pub fn new(longest_ns: u64) -> Self {
        Self {
            longest_ns,
            spin_ns: longest_ns,
        }
    }

    /// How long to spin without work before the next sleep.
    pub fn spin_ns(&self) -> u64 {
        self.spin_ns
    }

    /// Whether it is time to sleep after `idle_ns` without work.
    pub fn sleep_due(&self, idle_ns: u64) -> bool {
        idle_ns >= self.spin_ns
    }

    /// A sleep of `away_ns` has ended.
    pub fn slept(&mut self, away_ns: u64, woken: Woken) {
        let too_soon = woken == Woken::ByWork && away_ns < self.longest_ns;
        let next_ns = if too_soon {
            self.spin_ns.saturating_mul(2)
        } else {
            self.spin_ns / 2
        };
        let least_ns = (self.longest_ns / Self::LEAST_PART).max(1);
        self.spin_ns = next_ns.clamp(least_ns, self.longest_ns.max(least_ns));
    }
}
