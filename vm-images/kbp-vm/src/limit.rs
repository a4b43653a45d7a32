// SPDX-License-Identifier: GPL-2.0
//! The longest that something in a guest may take, in time that the host let the guest have.

use std::time::{Duration, Instant};

use crate::threads::Threads;

/// A limit under way. While a thread of QEMU waits for a CPU of the host, it stands still: how busy the host
/// is decides nothing, and a guest that hangs still comes to its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    begin: Instant,
    length: Duration,
    waited: Duration,
}

impl Limit {
    /// So much from `begin` on, of a process that has just been started, or is about to be.
    pub(crate) fn from(begin: Instant, length: Duration) -> Limit {
        Limit {
            begin,
            length,
            waited: Duration::ZERO,
        }
    }

    /// So much from now on.
    pub(crate) fn now(length: Duration, threads: &Threads) -> Limit {
        Limit {
            waited: longest(threads),
            ..Limit::from(Instant::now(), length)
        }
    }

    /// Whether it is over.
    pub(crate) fn is_over(&self, threads: &Threads) -> bool {
        self.begin.elapsed() >= self.length && self.is_over_at(Instant::now(), longest(threads))
    }

    fn is_over_at(&self, now: Instant, waited: Duration) -> bool {
        let passed = now.saturating_duration_since(self.begin);
        passed.saturating_sub(waited.saturating_sub(self.waited)) >= self.length
    }
}

/// How long the thread waited that had to wait longest. They wait at the same time, so a sum would be more
/// than has passed.
fn longest(threads: &Threads) -> Duration {
    threads.waited().into_iter().max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_host_takes_is_added() {
        let second = Duration::from_secs(1);
        let begin = Instant::now();
        let limit = Limit {
            begin,
            length: 10 * second,
            waited: 3 * second,
        };
        assert!(!limit.is_over_at(begin + 9 * second, 3 * second));
        assert!(limit.is_over_at(begin + 10 * second, 3 * second));
        assert!(!limit.is_over_at(begin + 30 * second, 24 * second));
        assert!(limit.is_over_at(begin + 31 * second, 24 * second));
        // QEMU is gone.
        assert!(limit.is_over_at(begin + 10 * second, Duration::ZERO));
    }
}
