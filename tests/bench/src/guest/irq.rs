// SPDX-License-Identifier: GPL-2.0
//! The interrupt of a virtio NIC's first receive queue: where it goes, and whether it goes there.

use std::fs;
use std::path::{Path, PathBuf};

use super::softirqs::cell;
use crate::{Error, Result};

const INTERRUPTS: &str = "/proc/interrupts";

/// One receive interrupt.
#[derive(Debug, Clone)]
pub struct RxIrq {
    number: u32,
    name: String,
}

impl RxIrq {
    /// Finds the one of `interface`.
    pub fn find(interface: &str) -> Result<RxIrq> {
        let link = PathBuf::from(format!("/sys/class/net/{interface}/device"));
        let device = fs::read_link(&link).map_err(Error::at("follow", &link))?;
        let device = device.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{device}-input.0");
        let number = number_of(&read(Path::new(INTERRUPTS))?, &name).ok_or_else(|| {
            Error::Other(format!(
                "{INTERRUPTS} has no '{name}': {interface} must be a virtio NIC with MSI-X"
            ))
        })?;
        Ok(RxIrq { number, name })
    }

    /// Sends it to `cpu` alone, and checks that it took effect.
    pub fn pin(&self, cpu: usize) -> Result<()> {
        let path = PathBuf::from(format!("/proc/irq/{}/smp_affinity_list", self.number));
        fs::write(&path, format!("{cpu}\n")).map_err(Error::at("write", &path))?;
        let now = read(&path)?;
        if now.trim() != cpu.to_string() {
            return Err(Error::Other(format!(
                "{} says {} after {cpu} was written: interrupt {} does not go to CPU {cpu} alone",
                path.display(),
                now.trim(),
                self.name
            )));
        }
        Ok(())
    }

    /// How often it came to `cpu`.
    pub fn count(&self, cpu: usize) -> Result<u64> {
        let label = self.number.to_string();
        cell(&read(Path::new(INTERRUPTS))?, |row, _| row == label, cpu).ok_or_else(|| {
            Error::Other(format!(
                "{INTERRUPTS} has no interrupt {label} on CPU {cpu}"
            ))
        })
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(Error::at("read", path))
}

fn number_of(interrupts: &str, name: &str) -> Option<u32> {
    let line = interrupts
        .lines()
        .find(|line| line.split_whitespace().next_back() == Some(name))?;
    line.split_once(':')?.0.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_by_name() {
        let text = "           CPU0       CPU1\n  24:  0  0  PCI-MSIX-0000:00:02.0  0-edge  virtio0-config\n\
                    \x20 25:  7  9  PCI-MSIX-0000:00:02.0  1-edge  virtio0-input.0\n";
        assert_eq!(number_of(text, "virtio0-input.0"), Some(25));
        assert_eq!(number_of(text, "virtio1-input.0"), None);
        assert_eq!(cell(text, |row, _| row == "25", 1), Some(9));
    }
}
