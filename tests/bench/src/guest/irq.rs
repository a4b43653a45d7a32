// SPDX-License-Identifier: GPL-2.0
//! The interrupt of a virtio NIC's first receive queue: where it goes, and whether it goes there.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

const ALL: &str = "/sys/kernel/irq";

/// One receive interrupt.
#[derive(Debug, Clone)]
pub struct RxIrq {
    number: String,
    name: String,
}

impl RxIrq {
    /// Finds the one of `interface`.
    pub fn find(interface: &str) -> Result<RxIrq> {
        let link = PathBuf::from(format!("/sys/class/net/{interface}/device"));
        let device = fs::read_link(&link).map_err(Error::at("follow", &link))?;
        let device = device.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{device}-input.0");
        let all = fs::read_dir(ALL).map_err(Error::at("read", Path::new(ALL)))?;
        for irq in all.flatten() {
            if read(&irq.path().join("actions")).is_ok_and(|of| of == name) {
                let number = irq.file_name().to_string_lossy().into_owned();
                return Ok(RxIrq { number, name });
            }
        }
        Err(Error::Other(format!(
            "{ALL} has no '{name}': {interface} must be a virtio NIC with MSI-X"
        )))
    }

    /// Sends it to `cpu` alone, and checks that it took effect.
    pub fn pin(&self, cpu: usize) -> Result<()> {
        let path = PathBuf::from(format!("/proc/irq/{}/smp_affinity_list", self.number));
        fs::write(&path, format!("{cpu}\n")).map_err(Error::at("write", &path))?;
        let now = read(&path)?;
        if now != cpu.to_string() {
            return Err(Error::Other(format!(
                "{} says {now} after {cpu} was written: interrupt {} does not go to CPU {cpu} alone",
                path.display(),
                self.name
            )));
        }
        Ok(())
    }

    /// How often it came to `cpu`.
    pub fn count(&self, cpu: usize) -> Result<u64> {
        let path = Path::new(ALL).join(&self.number).join("per_cpu_count");
        let counts = read(&path)?;
        let of_cpu = counts.split(',').nth(cpu).and_then(|n| n.parse().ok());
        of_cpu.ok_or_else(|| Error::Other(format!("{} has no CPU {cpu}: {counts}", path.display())))
    }
}

fn read(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path).map_err(Error::at("read", path))?;
    Ok(text.trim().to_owned())
}
