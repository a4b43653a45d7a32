// SPDX-License-Identifier: GPL-2.0
//! How many guests run at once: one for each CPU, since a story waits for half of its time, and one on a
//! machine that others keep busy, since virtual CPUs that wait for a CPU wait for each other.

use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs, thread};

use kbp_vm::{lock, try_lock, Locked, Result};

/// How often who waits looks for a place.
const LOOK: Duration = Duration::from_millis(100);
/// Tasks that want to run, for each CPU: more than guests of our own bring.
const BUSY: f64 = 3.5;

/// The guests that one machine runs at once, when it is not busy.
pub fn at_once() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Waits until there is a place for a guest; it is free again when the lock is dropped, however the test
/// ends.
///
/// # Errors
/// When a lock file cannot be made or locked.
pub(crate) fn take() -> Result<Locked> {
    loop {
        for place in 0..if busy() { 1 } else { at_once() } {
            if let Some(taken) = try_lock(&file(place))? {
                return Ok(taken);
            }
        }
        thread::sleep(LOOK);
    }
}

/// Waits until no story runs, for what must have the machine for itself.
///
/// # Errors
/// When a lock file cannot be made or locked.
pub fn take_all() -> Result<Vec<Locked>> {
    (0..at_once()).map(|place| lock(&file(place))).collect()
}

fn file(place: usize) -> PathBuf {
    env::temp_dir().join(format!("kbp-stories-{place}.lock"))
}

/// Whether more wants to run on this machine than its CPUs can.
fn busy() -> bool {
    let read = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    is_busy(&read, at_once())
}

/// The same of what /proc/loadavg says, in a minute's average.
fn is_busy(loadavg: &str, cpus: usize) -> bool {
    let minute = loadavg.split(' ').next().and_then(|word| word.parse().ok());
    // Few machines have so many CPUs that this is not exact.
    let cpus = u32::try_from(cpus).map_or(f64::MAX, f64::from);
    minute.is_some_and(|minute: f64| minute > BUSY * cpus)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_guests_bring_is_not_busy_and_what_eight_others_bring_is() {
        assert!(!is_busy("4.49 2.33 1.05 3/345 9216\n", 2));
        assert!(is_busy("8.02 6.50 2.96 9/345 9216\n", 2));
        assert!(!is_busy("8.02 6.50 2.96 9/345 9216\n", 8));
        assert!(!is_busy("", 2));
    }
}
