// SPDX-License-Identifier: GPL-2.0
//! How busy each core is: what its idle time leaves of the clock.
//!
//! The kernel takes the times of its idle loop by the clock, with interrupts taken off; so what is left is tasks,
//! softirqs and interrupts, also the short ones that tick-based accounts miss. `/proc/stat` shows them in
//! hundredths of a second.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::suite::outcome::Busy;
use crate::{Error, Result};

const STAT: &str = "/proc/stat";
/// `USER_HZ`.
const UNIT: Duration = Duration::from_millis(10);

/// The idle times at some moment.
#[derive(Debug)]
pub(super) struct Look {
    at: Instant,
    idle: Vec<(usize, u64)>,
}

/// Looks.
pub(super) fn look() -> Result<Look> {
    Ok(Look {
        at: Instant::now(),
        idle: idle_units(&stat()?),
    })
}

impl Look {
    /// How busy the cores have been since an earlier look.
    pub(super) fn since(&self, earlier: &Look) -> Vec<Busy> {
        let passed = self.at.duration_since(earlier.at);
        let before = |cpu: usize| earlier.idle.iter().find(|(of, _)| *of == cpu);
        let busy = self.idle.iter().filter_map(|(cpu, idle)| {
            let units = idle.saturating_sub(before(*cpu)?.1);
            let idle = UNIT * u32::try_from(units).unwrap_or(u32::MAX);
            let share = 1.0 - idle.as_secs_f64() / passed.as_secs_f64().max(1e-9);
            Some(Busy {
                cpu: *cpu,
                share: (share.clamp(0.0, 1.0) * 1000.0).round() / 1000.0,
            })
        });
        busy.collect()
    }
}

fn stat() -> Result<String> {
    fs::read_to_string(STAT).map_err(Error::at("read", Path::new(STAT)))
}

/// `idle` and `iowait` of each `cpuN`.
fn idle_units(stat: &str) -> Vec<(usize, u64)> {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let cpu = words.next()?.strip_prefix("cpu")?.parse().ok()?;
        let numbers: Vec<u64> = words.filter_map(|word| word.parse().ok()).collect();
        Some((cpu, numbers.get(3)? + numbers.get(4)?))
    };
    stat.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_and_iowait_of_each_core() {
        let text = "cpu  9 0 9 900 9 0 0\ncpu0 1 0 2 300 4 0 0 0 0 0\ncpu1 1 0 2 5 1 0 0\nintr 5\n";
        assert_eq!(idle_units(text), [(0, 304), (1, 6)]);
    }

    #[test]
    fn this_machine_has_cores() {
        let before = look().unwrap();
        let busy = look().unwrap().since(&before);
        assert!(!busy.is_empty());
        assert!(busy.iter().all(|core| (0.0..=1.0).contains(&core.share)));
    }
}
