// SPDX-License-Identifier: GPL-2.0
//! Who has the rest of the CPU, and counts it.

use std::time::Instant;

use kbp_uapi::kbp_counters;

use crate::cost::plan::Mode;
use crate::guest::hog::Hog;
use crate::guest::kbp;
use crate::{Error, Result};

/// How much of the time KBP's own account may miss or have too much: a reading falls into a
/// housekeeping window, which is in the account only when it has ended, and which lasts two of the
/// kernel's ticks when nothing comes.
const ACCOUNT_ERROR_NS: u64 = 10_000_000;

/// Counts what is left of the CPU.
#[derive(Debug)]
pub(super) struct Background {
    start: Instant,
    cpu: usize,
    /// A task that runs only when nobody else wants to; its turns. KBP itself never stops, so a task
    /// would only get windows: then it is KBP's rounds that found nothing.
    task: Option<Hog>,
}

/// The counters at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reading {
    wall_ns: u64,
    /// What `left` is a part of.
    time_ns: u64,
    /// What was spent elsewhere by the poller's account.
    away_ns: u64,
    /// Turns, or rounds that found nothing.
    empty: u64,
    /// Rounds that found something.
    worked: u64,
    /// Polls of NAPIs whose interrupt KBP keeps off.
    held_polls: u64,
    /// Looks at the list between rounds.
    looks: u64,
    looks_ns: u64,
}

/// What was left of the CPU between two readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) time_ns: u64,
    /// Turns, or rounds that had nothing to look at.
    pub(super) units: u64,
    /// Rounds that looked at a held NAPI and found it empty.
    pub(super) held: u64,
    /// Looks at the list between rounds, and their time as KBP counted it.
    pub(super) looks: u64,
    pub(super) looks_ns: u64,
}

impl Background {
    pub(super) fn start(mode: Mode, cpu: usize) -> Result<Background> {
        let task = (!mode.by_kbp()).then(|| Hog::background(cpu));
        Ok(Background {
            start: Instant::now(),
            cpu,
            task: task.transpose()?,
        })
    }

    pub(super) fn read(&self) -> Result<Reading> {
        let wall_ns = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(0);
        Ok(match &self.task {
            Some(task) => Reading {
                wall_ns,
                time_ns: wall_ns,
                empty: task.turns(),
                ..Reading::default()
            },
            None => Reading::of(wall_ns, &kbp::status(self.cpu)?.counters),
        })
    }
}

impl Reading {
    fn of(wall_ns: u64, counters: &kbp_counters) -> Reading {
        Reading {
            wall_ns,
            time_ns: counters.busy_ns + counters.idle_ns,
            away_ns: counters.window_ns + counters.sleep_ns + counters.yielded_ns,
            empty: counters.empty_cycles,
            worked: counters.cycles - counters.empty_cycles,
            held_polls: counters.held_polls,
            looks: counters.looks,
            looks_ns: counters.looks_ns,
        }
    }

    /// What was left since `before`; an error when KBP's account does not add up.
    pub(super) fn since(&self, before: &Reading) -> Result<Left> {
        let (wall, time) = (self.wall_ns - before.wall_ns, self.time_ns - before.time_ns);
        let account = time + (self.away_ns - before.away_ns);
        if account.abs_diff(wall) > ACCOUNT_ERROR_NS {
            return Err(Error::Other(format!(
                "KBP's counters account for {account} ns of {wall} ns ({time} ns of them in its loop)"
            )));
        }
        let empty = self.empty - before.empty;
        // There is one NAPI, so a poll of a held one is a round; what is left are the empty ones.
        let held = (self.held_polls - before.held_polls)
            .saturating_sub(self.worked - before.worked)
            .min(empty);
        Ok(Left {
            time_ns: time,
            units: empty - held,
            held,
            looks: self.looks - before.looks,
            looks_ns: self.looks_ns - before.looks_ns,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_worked_held_or_neither() {
        let counters = |n: u64| kbp_counters {
            busy_ns: n * 40_000_000,
            idle_ns: n * 50_000_000,
            window_ns: n * 10_000_000,
            cycles: n * 1000,
            empty_cycles: n * 900,
            held_polls: n * 700,
            looks: n * 2000,
            looks_ns: n * 60_000,
            ..kbp_counters::default()
        };
        let (before, now) = (
            Reading::of(0, &counters(1)),
            Reading::of(100_000_000, &counters(2)),
        );
        let left = Left {
            time_ns: 90_000_000,
            units: 300,
            held: 600,
            looks: 2000,
            looks_ns: 60_000,
        };
        assert_eq!(now.since(&before).unwrap(), left);
    }

    #[test]
    fn an_account_that_does_not_add_up_is_refused() {
        let counters = kbp_counters {
            busy_ns: 30_000_000,
            idle_ns: 50_000_000,
            ..kbp_counters::default()
        };
        let bad = Reading::of(100_000_000, &counters);
        let error = bad.since(&Reading::default()).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("80000000 ns of 100000000 ns"), "{error}");
    }
}
