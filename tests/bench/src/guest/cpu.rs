// SPDX-License-Identifier: GPL-2.0
//! Keeping a thread on one CPU.

use rustix::thread::{sched_setaffinity, CpuSet};

use crate::{Error, Result};

/// Pins the calling thread to `cpu`.
pub fn pin(cpu: usize) -> Result<()> {
    if cpu >= CpuSet::MAX_CPU {
        return Err(Error::Other(format!(
            "CPU {cpu} cannot be named: the highest is {}",
            CpuSet::MAX_CPU - 1
        )));
    }
    let mut set = CpuSet::new();
    set.set(cpu);
    sched_setaffinity(None, &set).map_err(Error::doing(format!(
        "cannot run on CPU {cpu} (is it online?)"
    )))
}

/// Pins the calling thread when a CPU was asked for.
pub fn pin_if(cpu: Option<usize>) -> Result<()> {
    cpu.map_or(Ok(()), pin)
}
