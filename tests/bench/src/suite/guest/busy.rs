// SPDX-License-Identifier: GPL-2.0
//! How busy each core is: the time that the scheduler gave to tasks, or what idle time leaves of
//! the clock if that is more.
//!
//! The scheduler's account (`/proc/schedstat`) is in nanoseconds and knows tasks, with the
//! interrupts and softirqs that fall into their time. Those that fall into idle time nobody takes
//! by the clock on kernels without `CONFIG_IRQ_TIME_ACCOUNTING` (Debian's); some count as idle. So
//! where softirq polls, the share is a lower bound.

use std::collections::BTreeMap;
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
    /// Idle and tasks' time of each core.
    cores: BTreeMap<usize, [Duration; 2]>,
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
        let busy = self.cores.iter().filter_map(|(cpu, [idle, tasks])| {
            let [idle_then, tasks_then] = earlier.cores.get(cpu)?;
            let tasks = tasks.saturating_sub(*tasks_then).as_secs_f64() / passed;
            let idle = idle.saturating_sub(*idle_then).as_secs_f64() / passed;
            let share = tasks.max(1.0 - idle).clamp(0.0, 1.0);
            Some(Busy {
                cpu: *cpu,
                share: (share * 1000.0).round() / 1000.0,
            })
        });
        busy.collect()
    }
}

/// Of each core.
fn accounts(stat: &str, schedstat: &str) -> BTreeMap<usize, [Duration; 2]> {
    let tasks: BTreeMap<usize, Vec<u64>> = cores(schedstat).collect();
    let account = |(cpu, numbers): (usize, Vec<u64>)| {
        // `idle` and `iowait`; the time that tasks ran, the third from the end in every version.
        let idle = u32::try_from(numbers.get(3)? + numbers.get(4)?).unwrap_or(u32::MAX);
        let ran_ns = tasks.get(&cpu).and_then(|tasks| tasks.iter().nth_back(2));
        let ran = Duration::from_nanos(ran_ns.copied().unwrap_or(0));
        Some((cpu, [UNIT * idle, ran]))
    };
    cores(stat).filter_map(account).collect()
}

/// The numbers of each line `cpuN`.
fn cores(text: &str) -> impl Iterator<Item = (usize, Vec<u64>)> + '_ {
    text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let cpu = words.next()?.strip_prefix("cpu")?.parse().ok()?;
        Some((cpu, words.filter_map(|word| word.parse().ok()).collect()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_accounts_of_each_core() {
        let stat = "cpu  9 0 9 900 9 0 0\ncpu0 1 0 2 300 4 0 0 0 0 0\ncpu1 1 0 2 5 1 0 0\nintr 5\n";
        let schedstat = "version 17\ntimestamp 4\ncpu0 0 0 0 0 0 0 2000 3 4\ndomain0 MC 3 1 2\ncpu1 0 0 0 0 0 0 7 8 9\n";
        let account =
            |idle_ms, ran_ns| [Duration::from_millis(idle_ms), Duration::from_nanos(ran_ns)];
        let expected = [(0, account(3040, 2000)), (1, account(60, 7))];
        assert_eq!(accounts(stat, schedstat), expected.into());
    }

    #[test]
    fn the_account_that_knows_more_counts() {
        let start = Instant::now();
        let at = |ms, idle: u64, ran: u64| Look {
            at: start + Duration::from_millis(ms),
            cores: [(1, [idle, ran].map(Duration::from_millis))].into(),
        };
        // A task that sleeps and wakes between two ticks is not in the idle time's account.
        let share = |idle, ran| at(1000, idle, ran).since(&at(0, 0, 0))[0].share;
        assert_eq!(
            [share(1000, 400), share(300, 400), share(2000, 0)],
            [0.4, 0.7, 0.0]
        );
    }

    #[test]
    fn this_machine_has_cores() {
        let before = look().unwrap();
        assert!(!look().unwrap().since(&before).is_empty());
    }
}
