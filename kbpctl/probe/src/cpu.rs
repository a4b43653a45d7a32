// SPDX-License-Identifier: GPL-2.0
//! Keeping threads on one CPU.

use nix::sched::{sched_setaffinity, CpuSet};
use nix::unistd::Pid;

use crate::{Error, Result};

/// What sched_setaffinity(2) takes for the calling thread.
const SELF: i32 = 0;

/// Pins the calling thread, and the threads it starts later, to `cpu`.
pub fn pin(cpu: usize) -> Result<()> {
    set(SELF, cpu, format!("cannot run on CPU {cpu}"))
}

/// Pins another thread.
pub fn pin_thread(thread: i32, cpu: usize) -> Result<()> {
    set(
        thread,
        cpu,
        format!("cannot run thread {thread} on CPU {cpu}"),
    )
}

fn set(thread: i32, cpu: usize, what: String) -> Result<()> {
    let mut set = CpuSet::new();
    if set.set(cpu).is_err() {
        return Err(Error::request(
            what,
            format!("the highest that can be named is {}", CpuSet::count() - 1),
            "name a CPU of /sys/devices/system/cpu/online",
        ));
    }
    sched_setaffinity(Pid::from_raw(thread), &set).map_err(Error::system(
        what,
        "name a CPU of /sys/devices/system/cpu/online that this process may use",
    ))
}
