// SPDX-License-Identifier: GPL-2.0
//! How busy each core is: the time that the scheduler gave to tasks, or what idle time leaves of
//! the clock if that is more.
//!
//! The scheduler's account (`/proc/schedstat`) is in nanoseconds and knows tasks, with the
//! interrupts and softirqs that fall into their time. Those that fall into idle time nobody takes
//! by the clock on kernels without `CONFIG_IRQ_TIME_ACCOUNTING` (Debian's); some count as idle. So
//! where softirq polls, the share is a lower bound.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::suite::outcome::Busy;
use crate::{Error, Result};

const STAT: &str = "/proc/stat";
const SCHEDSTAT: &str = "/proc/schedstat";
/// `USER_HZ`.
const UNIT: Duration = Duration::from_millis(10);

/// The accounts at some moment.
#[derive(Debug)]
pub(super) struct Look {
    at: Instant,
    cores: Vec<Account>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Account {
    cpu: usize,
    idle: Duration,
    tasks: Duration,
}

/// Looks.
pub(super) fn look() -> Result<Look> {
    let stat = fs::read_to_string(STAT).map_err(Error::at("read", Path::new(STAT)))?;
    // Kernels without CONFIG_SCHEDSTATS have no such file; then idle time is all there is.
    let schedstat = fs::read_to_string(SCHEDSTAT).unwrap_or_default();
    Ok(Look {
        at: Instant::now(),
        cores: accounts(&stat, &schedstat),
    })
}

impl Look {
    /// How busy the cores have been since an earlier look.
    pub(super) fn since(&self, earlier: &Look) -> Vec<Busy> {
        let passed = self.at.duration_since(earlier.at).as_secs_f64().max(1e-9);
        let before = |cpu: usize| earlier.cores.iter().find(|core| core.cpu == cpu);
        let busy = self.cores.iter().filter_map(|core| {
            let before = before(core.cpu)?;
            let tasks = core.tasks.saturating_sub(before.tasks).as_secs_f64() / passed;
            let idle = core.idle.saturating_sub(before.idle).as_secs_f64() / passed;
            let share = tasks.max(1.0 - idle).clamp(0.0, 1.0);
            Some(Busy {
                cpu: core.cpu,
                share: (share * 1000.0).round() / 1000.0,
            })
        });
        busy.collect()
    }
}

/// Of each core.
fn accounts(stat: &str, schedstat: &str) -> Vec<Account> {
    let tasks = cores(schedstat);
    let account = |(cpu, numbers): (usize, Vec<u64>)| {
        // `idle` and `iowait`; the time that tasks ran, the third from the end in every version.
        let idle = u32::try_from(numbers.get(3)? + numbers.get(4)?).unwrap_or(u32::MAX);
        let of_core = tasks.iter().find(|(of, _)| *of == cpu);
        let ran_ns = of_core.and_then(|(_, tasks)| tasks.iter().nth_back(2).copied());
        Some(Account {
            cpu,
            idle: UNIT * idle,
            tasks: Duration::from_nanos(ran_ns.unwrap_or(0)),
        })
    };
    cores(stat).into_iter().filter_map(account).collect()
}

/// The numbers of each line `cpuN`.
fn cores(text: &str) -> Vec<(usize, Vec<u64>)> {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let cpu = words.next()?.strip_prefix("cpu")?.parse().ok()?;
        Some((cpu, words.filter_map(|word| word.parse().ok()).collect()))
    };
    text.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str =
        "cpu  9 0 9 900 9 0 0\ncpu0 1 0 2 300 4 0 0 0 0 0\ncpu1 1 0 2 5 1 0 0\nintr 5\n";

    fn at(start: Instant, ms: u64, idle: u64, ran_ms: u64) -> Look {
        Look {
            at: start + Duration::from_millis(ms),
            cores: vec![Account {
                cpu: 1,
                idle: UNIT * u32::try_from(idle).unwrap(),
                tasks: Duration::from_millis(ran_ms),
            }],
        }
    }

    #[test]
    fn both_accounts_of_each_core() {
        let schedstat = "version 17\ntimestamp 4\ncpu0 0 0 0 0 0 0 2000 3 4\ndomain0 MC 3 1 2\ncpu1 0 0 0 0 0 0 7 8 9\n";
        let accounts = accounts(STAT, schedstat);
        let of = |core: &Account| (core.cpu, core.idle.as_millis(), core.tasks.as_nanos());
        assert_eq!(
            accounts.iter().map(of).collect::<Vec<_>>(),
            [(0, 3040, 2000), (1, 60, 7)]
        );
    }

    #[test]
    fn the_account_that_knows_more_counts() {
        let start = Instant::now();
        let before = at(start, 0, 0, 0);
        // A task that sleeps and wakes between two ticks is not in the idle time's account.
        let share = |idle, ran_ms| at(start, 1000, idle, ran_ms).since(&before)[0].share;
        assert!((share(100, 400) - 0.4).abs() < 1e-9);
        assert!((share(30, 400) - 0.7).abs() < 1e-9);
        assert!(share(200, 0) < 1e-9);
    }

    #[test]
    fn this_machine_has_cores() {
        let before = look().unwrap();
        let busy = look().unwrap().since(&before);
        assert!(!busy.is_empty());
        assert!(busy.iter().all(|core| (0.0..=1.0).contains(&core.share)));
    }
}
