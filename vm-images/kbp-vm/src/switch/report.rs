// SPDX-License-Identifier: GPL-2.0
//! What the switch has done, by its own counters.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::programs::Programs;
use crate::error::{Error, Result};

/// Asks a running switch.
#[derive(Debug, Clone)]
pub struct Report {
    programs: Programs,
    /// Its daemon's threads in /proc.
    threads: PathBuf,
}

impl Report {
    pub(super) fn of(programs: Programs, daemon: u32) -> Report {
        Report {
            programs,
            threads: format!("/proc/{daemon}/task").into(),
        }
    }

    /// For how long its PMD threads have had a core of the host since it started.
    pub fn ran(&self) -> Result<Duration> {
        let gone = || Error::Other("Open vSwitch has no PMD thread any more".into());
        let threads = fs::read_dir(&self.threads).map_err(|_| gone())?;
        let times = threads.flatten().filter_map(|thread| ran(&thread.path()));
        times.reduce(|sum, more| sum + more).ok_or_else(gone)
    }

    /// Its version and DPDK's, for readers.
    pub fn version(&self) -> Result<String> {
        let text = self.programs.configure(&[
            "get",
            "Open_vSwitch",
            ".",
            "ovs_version",
            "dpdk_version",
        ])?;
        let words: Vec<&str> = text.lines().map(|line| line.trim_matches('"')).collect();
        Ok(format!("Open vSwitch {}", words.join(", ")))
    }

    /// How many packets its PMD threads have taken from ports since it started, both ways.
    pub fn polled(&self) -> Result<u64> {
        let text = self.programs.control(&["dpif-netdev/pmd-stats-show"])?;
        polled(&text).ok_or_else(|| {
            Error::Other(format!(
                "Open vSwitch does not say what its PMD threads received: {text}"
            ))
        })
    }
}

/// The time that a thread had a CPU, if it is a PMD thread.
fn ran(thread: &Path) -> Option<Duration> {
    let name = fs::read_to_string(thread.join("comm")).ok()?;
    let times = fs::read_to_string(thread.join("schedstat")).ok()?;
    let ns = times.split_whitespace().next()?.parse().ok()?;
    name.starts_with("pmd-").then(|| Duration::from_nanos(ns))
}

/// The sum over the PMD threads; the main thread is none.
fn polled(text: &str) -> Option<u64> {
    let mut sum = None;
    let mut of_pmd = false;
    for line in text.lines().map(str::trim) {
        if let Some(thread) = line.strip_suffix(':').filter(|_| line.contains("thread")) {
            of_pmd = thread.starts_with("pmd thread");
        } else if let Some(count) = line.strip_prefix("packets received:").filter(|_| of_pmd) {
            sum = Some(sum.unwrap_or(0) + count.trim().parse::<u64>().ok()?);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pmd_threads_count() {
        let text = "pmd thread numa_id 0 core_id 0:\n  packets received: 12\n  packet recirculations: 0\n\
                    pmd thread numa_id 0 core_id 2:\n  packets received: 30\nmain thread:\n  packets received: 4\n";
        assert_eq!(polled(text), Some(42));
        assert_eq!(polled("main thread:\n  packets received: 4\n"), None);
    }
}
