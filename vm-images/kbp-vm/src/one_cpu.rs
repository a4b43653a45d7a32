// SPDX-License-Identifier: GPL-2.0
//! One CPU of the host for a guest whose clock counts instructions.
//!
//! QEMU's main thread sets such a clock forward when the guest's CPU halts, and it reads the clock while the
//! thread of that CPU has not yet counted its last instructions. Where both run at once, as a busy host has it,
//! the clock gets some nanoseconds that another run does not get. On one CPU they take turns.

use std::io;
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

use nix::sched::{sched_getaffinity, CpuSet};
use nix::unistd::Pid;

/// How many were given by this process.
static GIVEN: AtomicUsize = AtomicUsize::new(0);

/// One of the CPUs that this process may use; another one each time, as long as there are others.
pub(crate) fn next() -> io::Result<CpuSet> {
    let mine = sched_getaffinity(Pid::from_raw(0))?;
    let cpus: Vec<usize> = (0..CpuSet::count())
        .filter(|&cpu| mine.is_set(cpu).unwrap_or(false))
        .collect();
    // Two processes with one guest each do not both begin with the first.
    let turn = GIVEN.fetch_add(1, Ordering::Relaxed) + process::id() as usize;
    let mut one = CpuSet::new();
    one.set(cpus[turn % cpus.len()])?;
    Ok(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_one_that_this_process_may_use() {
        let mine = sched_getaffinity(Pid::from_raw(0)).unwrap();
        for _ in 0..3 {
            let one = next().unwrap();
            let set = |of: &CpuSet| -> Vec<usize> {
                (0..CpuSet::count())
                    .filter(|&cpu| of.is_set(cpu) == Ok(true))
                    .collect()
            };
            assert_eq!(set(&one).len(), 1);
            assert!(set(&mine).contains(&set(&one)[0]));
        }
    }
}
