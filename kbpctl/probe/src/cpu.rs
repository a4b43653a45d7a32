// SPDX-License-Identifier: GPL-2.0
//! Keeping a thread on one CPU.

use rustix::thread::{sched_setaffinity, CpuSet};

use crate::{Error, Result};

/// Pins the calling thread, and the threads it starts later, to `cpu`.
pub fn pin(cpu: usize) -> Result<()> {
    let what = format!("cannot run on CPU {cpu}");
    if cpu >= CpuSet::MAX_CPU {
        return Err(Error::request(
            what,
            format!("the highest that can be named is {}", CpuSet::MAX_CPU - 1),
            "name a CPU of /sys/devices/system/cpu/online",
        ));
    }
    let mut set = CpuSet::new();
    set.set(cpu);
    sched_setaffinity(None, &set).map_err(Error::system(
        what,
        "name a CPU of /sys/devices/system/cpu/online that this process may use",
    ))
}
