// SPDX-License-Identifier: GPL-2.0
//! Where and when a run is measured.

use std::collections::BTreeMap;
use std::fs;
use std::time::SystemTime;

use kbp_vm::cache::Kernel;
use procfs_core::{CpuInfo, FromRead};

use super::guests::GUEST_CPUS;
use crate::host::environment;
use crate::host::progress::Progress;
use crate::suite::report::Conditions;
use crate::suite::scale::Scale;
use crate::{Error, Result};

/// What of a kernel's configuration decides on who polls when.
const CONFIG: [&str; 9] = [
    "CONFIG_HZ",
    "CONFIG_NO_HZ_FULL",
    "CONFIG_NO_HZ_IDLE",
    "CONFIG_PREEMPT",
    "CONFIG_PREEMPT_DYNAMIC",
    "CONFIG_PREEMPT_LAZY",
    "CONFIG_PREEMPT_VOLUNTARY",
    "CONFIG_RUST",
    "CONFIG_VIRT_CPU_ACCOUNTING_GEN",
];

/// Everything there is to say; the guest has run, on a host that had this load before.
pub(super) fn gather(
    kernel: &Kernel,
    scale: Scale,
    load_before: f64,
    progress: &Progress,
    planned: Vec<String>,
    note: String,
) -> Result<Conditions> {
    let path = kernel.image.with_file_name("config");
    let config = fs::read_to_string(&path).map_err(Error::at("read", &path))?;
    let duration = progress.elapsed();
    Ok(Conditions {
        machine: environment::gather(GUEST_CPUS, load_before, duration)?,
        kernel: kernel.release.clone(),
        config: essentials(&config),
        cpu: cpu(CpuInfo::from_file("/proc/cpuinfo").ok()),
        scale: scale.name().into(),
        started: humantime::format_rfc3339_seconds(SystemTime::now() - duration).to_string(),
        note,
        planned,
    })
}

fn essentials(config: &str) -> BTreeMap<String, String> {
    let value = |name: &str| {
        let mut lines = config.lines().rev();
        let set = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        (name.to_owned(), set.unwrap_or("n").to_owned())
    };
    CONFIG.map(value).into()
}

fn cpu(info: Option<CpuInfo>) -> String {
    let name = info.and_then(|info| Some(info.model_name(0)?.to_owned()));
    name.unwrap_or_else(|| "unknown".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_is_no() {
        let config = essentials("# CONFIG_RUST is not set\nCONFIG_HZ=250\nCONFIG_PREEMPT=y\n");
        assert_eq!(config["CONFIG_HZ"], "250");
        assert_eq!(config["CONFIG_RUST"], "n");
        assert_eq!(config.len(), CONFIG.len());
    }

    #[test]
    fn the_cpu_has_a_name() {
        let info = |text: &[u8]| CpuInfo::from_read(text).ok();
        assert_eq!(cpu(info(b"processor\t: 0\nmodel name\t: A CPU\n")), "A CPU");
        assert_eq!(cpu(info(b"processor\t: 0\n")), "unknown");
    }
}
