// SPDX-License-Identifier: GPL-2.0
//! A net device whose polling is changed: its files, its NAPIs, its NAPI threads.

use std::fs;
use std::path::{Path, PathBuf};

use procfs_core::process::Schedstat;
use procfs_core::FromRead;

use crate::guest::cpu;
use crate::{Error, Result};

/// A net device, by its name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Device(pub(crate) &'static str);

impl Device {
    fn file(&self, name: &str) -> PathBuf {
        Path::new("/sys/class/net").join(self.0).join(name)
    }

    /// A value of the device's folder in sysfs.
    pub(crate) fn read(&self, name: &str) -> Result<String> {
        let path = self.file(name);
        let text = fs::read_to_string(&path).map_err(Error::at("read", &path))?;
        Ok(text.trim().to_owned())
    }

    /// Writes one and makes sure that it says so.
    pub(crate) fn set(&self, name: &str, value: &str) -> Result<()> {
        if self.read(name)? == value {
            return Ok(());
        }
        let path = self.file(name);
        fs::write(&path, value).map_err(Error::at("write", &path))?;
        let now = self.read(name)?;
        if now != value {
            return Err(Error::Other(format!(
                "{} says {now} after {value} was written",
                path.display()
            )));
        }
        Ok(())
    }

    /// The kernel's threads that poll it, each bound to `cpu`.
    pub(crate) fn bind_threads(&self, cpu: usize) -> Result<Threads> {
        let prefix = format!("napi/{}-", self.0);
        let mut pids = Vec::new();
        let proc = Path::new("/proc");
        for entry in fs::read_dir(proc).map_err(Error::at("read", proc))? {
            let entry = entry.map_err(Error::at("read", proc))?;
            let comm = fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
            let pid: Option<i32> = entry.file_name().to_string_lossy().parse().ok();
            pids.extend(pid.filter(|_| comm.starts_with(&prefix)));
        }
        if pids.is_empty() {
            return Err(Error::Other(format!("no thread {prefix}* is there")));
        }
        for pid in &pids {
            cpu::pin_thread(*pid, cpu)?;
        }
        Ok(Threads {
            ran_ns: ran_ns(&pids)?,
            pids,
        })
    }
}

/// The threads that poll a device.
#[derive(Debug)]
pub(crate) struct Threads {
    pub(crate) pids: Vec<i32>,
    ran_ns: u64,
}

impl Threads {
    /// For how long they have run since they were bound.
    pub(crate) fn ran_ns(&self) -> Result<u64> {
        Ok(ran_ns(&self.pids)?.saturating_sub(self.ran_ns))
    }
}

/// The time of all of them on a CPU.
fn ran_ns(pids: &[i32]) -> Result<u64> {
    let ran = |pid: &i32| {
        let stat = Schedstat::from_file(format!("/proc/{pid}/schedstat"));
        stat.map(|stat| stat.sum_exec_runtime)
    };
    let sum = pids.iter().map(ran).sum::<procfs_core::ProcResult<u64>>();
    sum.map_err(|error| Error::Other(error.to_string()))
}
