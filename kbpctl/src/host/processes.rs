// SPDX-License-Identifier: GPL-2.0
//! The processes that `/proc` shows.

use std::io;
use std::path::{Path, PathBuf};

use procfs_core::process::Stat;
use procfs_core::FromRead;
use serde::{Deserialize, Serialize};

use crate::sys::System;

/// The folder of each.
pub(crate) fn folders(sys: &dyn System) -> Vec<PathBuf> {
    let proc = Path::new("/proc");
    let is_number = |name: &String| name.bytes().all(|byte| byte.is_ascii_digit());
    let names = sys.list(proc).unwrap_or_default().into_iter();
    names
        .filter(is_number)
        .map(|name| proc.join(name))
        .collect()
}

/// Whether a program of this name runs.
pub(crate) fn runs(sys: &dyn System, name: &str) -> bool {
    let is_it = |process: &PathBuf| {
        let comm = sys.read(&process.join("comm"));
        comm.is_ok_and(|comm| comm.trim() == name)
    };
    folders(sys).iter().any(is_it)
}

/// A process for as long as it runs: numbers are given to others, but not with the same beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    /// In ticks since the boot.
    started: u64,
}

impl Process {
    /// This one.
    pub(crate) fn own(sys: &dyn System) -> io::Result<Process> {
        let stat = stat(sys, "self")?;
        Ok(Process {
            pid: stat.pid,
            started: stat.starttime,
        })
    }

    /// Whether it runs. One that waits only for its parent to hear of its end does not.
    pub(crate) fn is_there(&self, sys: &dyn System) -> bool {
        let stat = stat(sys, &self.pid.to_string());
        stat.is_ok_and(|stat| stat.starttime == self.started && !"ZXx".contains(stat.state))
    }
}

/// Whether all processes of the machine are seen, and go on when a container ends: the second one
/// is the kernel's.
pub(crate) fn are_those_of_the_machine(sys: &dyn System) -> bool {
    let second = sys.read(Path::new("/proc/2/comm"));
    second.is_ok_and(|comm| comm.trim() == "kthreadd")
}

fn stat(sys: &dyn System, process: &str) -> io::Result<Stat> {
    let text = sys.read(&Path::new("/proc").join(process).join("stat"))?;
    Stat::from_read(text.as_bytes()).map_err(|error| io::Error::other(error.to_string()))
}
