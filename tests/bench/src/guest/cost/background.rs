// SPDX-License-Identifier: GPL-2.0
//! Who has the rest of the CPU, and counts it.

use std::time::Instant;

use kbp_uapi::layout::Counters;

use crate::cost::plan::Mode;
use crate::guest::hog::Hog;
use crate::guest::sys;
use crate::{Error, Result};

/// How much of the time KBP's own account may miss or have too much: the window that a reading
/// falls into is in the account only when it has ended, so a whole one may be missing or too much.
const ACCOUNT_ERROR_NS: u64 = 1_500_000;

/// Counts what is left of the CPU.
#[derive(Debug)]
pub(super) enum Background {
    /// A task that runs only when nobody else wants to; its turns.
    Task(Hog, Instant),
    /// KBP itself never stops: its rounds that found nothing. A task would only get windows.
    Poller(usize, Instant),
}

/// The counters at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reading {
    wall_ns: u64,
    /// What `left` is a part of.
    time_ns: u64,
    /// What was spent elsewhere by the poller's account; `None` without one.
    away_ns: Option<u64>,
    left: u64,
}

impl Background {
    pub(super) fn start(mode: Mode, cpu: usize) -> Result<Background> {
        let start = Instant::now();
        Ok(match mode.irq() {
            None => Background::Task(Hog::background(cpu)?, start),
            Some(_) => Background::Poller(cpu, start),
        })
    }

    pub(super) fn read(&self) -> Result<Reading> {
        let wall_ns = |start: &Instant| u64::try_from(start.elapsed().as_nanos()).unwrap_or(0);
        match self {
            Background::Task(hog, start) => {
                let wall_ns = wall_ns(start);
                Ok(Reading {
                    wall_ns,
                    time_ns: wall_ns,
                    away_ns: None,
                    left: hog.turns(),
                })
            }
            Background::Poller(cpu, start) => {
                let wall_ns = wall_ns(start);
                let core = u32::try_from(*cpu).unwrap_or(u32::MAX);
                let status = sys::core_status(core)
                    .map_err(Error::doing("cannot read the status of KBP's core"))?;
                Ok(Reading::of(wall_ns, &status.counters))
            }
        }
    }
}

impl Reading {
    fn of(wall_ns: u64, counters: &Counters) -> Reading {
        Reading {
            wall_ns,
            time_ns: counters.busy_ns + counters.idle_ns,
            away_ns: Some(counters.window_ns + counters.sleep_ns + counters.yielded_ns),
            left: counters.empty_cycles,
        }
    }

    /// Time and what was left of it since `before`; an error when KBP's account does not add up.
    pub(super) fn since(&self, before: &Reading) -> Result<(u64, u64)> {
        let (wall, time) = (self.wall_ns - before.wall_ns, self.time_ns - before.time_ns);
        if let (Some(now), Some(then)) = (self.away_ns, before.away_ns) {
            let account = time + (now - then);
            if account.abs_diff(wall) > ACCOUNT_ERROR_NS {
                return Err(Error::Other(format!(
                    "KBP's counters account for {account} ns of {wall} ns ({time} ns of them in its loop)"
                )));
            }
        }
        Ok((time, self.left - before.left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_that_does_not_add_up_is_refused() {
        let reading = |wall_ns, busy_ns, idle_ns, window_ns, empty_cycles| {
            Reading::of(
                wall_ns,
                &Counters {
                    busy_ns,
                    idle_ns,
                    window_ns,
                    empty_cycles,
                    ..Counters::default()
                },
            )
        };
        let before = reading(1000, 10, 20, 30, 5);
        let good = reading(100_001_000, 40_000_010, 50_000_020, 10_000_030, 105);
        assert_eq!(good.since(&before).unwrap(), (90_000_000, 100));
        let bad = reading(100_001_000, 40_000_010, 50_000_020, 30, 105);
        let error = bad.since(&before).unwrap_err().to_string();
        assert!(error.contains("90000000 ns of 100000000 ns"), "{error}");
    }
}
