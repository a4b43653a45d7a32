// SPDX-License-Identifier: GPL-2.0
//! The tasks of the machine: what each has run, where, and with which right to run.

use std::collections::BTreeMap;
use std::path::Path;

use kbp_uapi::kbp_core_set;
use nix::libc;
use procfs_core::process::{Stat, Status};
use procfs_core::{FromBufRead, FromRead};

use crate::cores::list;
use crate::host::processes;
use crate::output::harmless;
use crate::sys::System;

/// One task.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) tid: i32,
    pub(crate) pid: i32,
    pub(crate) name: String,
    /// `R`, `S`, `D` and so on.
    pub(crate) state: char,
    /// The core on which it ran last.
    pub(crate) core: u32,
    /// What it has run, in ticks.
    pub(crate) ran: u64,
    pub(crate) is_kernel: bool,
    /// The priority of a real-time task, 1 to 99.
    pub(crate) realtime: Option<u32>,
}

/// Every task that can be read, by its number.
pub(super) fn all(sys: &dyn System) -> BTreeMap<i32, Task> {
    let mut all = BTreeMap::new();
    for process in processes::folders(sys) {
        let folder = process.join("task");
        for thread in sys.list(&folder).unwrap_or_default() {
            if let Some(task) = read(sys, &process, &folder.join(thread)) {
                all.insert(task.tid, task);
            }
        }
    }
    all
}

/// One that ends meanwhile is none.
fn read(sys: &dyn System, process: &Path, folder: &Path) -> Option<Task> {
    let pid = process.file_name()?.to_str()?.parse().ok()?;
    let text = sys.read(&folder.join("stat")).ok()?;
    let stat = Stat::from_read(text.as_bytes()).ok()?;
    let is_realtime = matches!(
        i32::try_from(stat.policy?).ok()?,
        libc::SCHED_FIFO | libc::SCHED_RR | libc::SCHED_DEADLINE
    );
    Some(Task {
        tid: stat.pid,
        pid,
        name: harmless(&stat.comm),
        state: stat.state,
        core: stat.processor?.try_into().ok()?,
        ran: stat.utime + stat.stime,
        is_kernel: stat.flags & KERNEL_THREAD != 0,
        realtime: stat.rt_priority.filter(|_| is_realtime),
    })
}

/// `PF_KTHREAD`.
const KERNEL_THREAD: u32 = 0x0020_0000;

impl Task {
    /// `name (pid 17)`.
    pub(crate) fn phrase(&self) -> String {
        format!("{} (pid {})", self.name, self.tid)
    }

    /// The cores on which it may run.
    pub(crate) fn may_run_on(&self, sys: &dyn System) -> Option<kbp_core_set> {
        let path = format!("/proc/{}/task/{}/status", self.pid, self.tid);
        let status = Status::from_buf_read(sys.read(Path::new(&path)).ok()?.as_bytes()).ok()?;
        let cores = status.cpus_allowed_list?.into_iter();
        Some(list::set(cores.flat_map(|(first, last)| first..=last)))
    }
}
