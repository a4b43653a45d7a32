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

/// How it was when the run began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    load: f64,
    at: SystemTime,
}

impl Before {
    pub(super) fn look() -> Before {
        Before {
            load: environment::load(),
            at: SystemTime::now(),
        }
    }
}

/// Everything there is to say; the guest has run.
pub(super) fn gather(
    kernel: &Kernel,
    scale: Scale,
    before: Before,
    progress: &Progress,
    planned: Vec<String>,
    note: String,
) -> Result<Conditions> {
    let path = kernel.image.with_file_name("config");
    let config = fs::read_to_string(&path).map_err(Error::at("read", &path))?;
    Ok(Conditions {
        machine: environment::gather(GUEST_CPUS, before.load, progress.elapsed())?,
        kernel: kernel.release.clone(),
        config: essentials(&config),
        cpu: cpu(CpuInfo::from_file("/proc/cpuinfo").ok()),
        scale: scale.name().into(),
        started: humantime::format_rfc3339_seconds(before.at).to_string(),
        note,
        planned,
    })
}

fn essentials(config: &str) -> BTreeMap<String, String> {
    let value = |name: &str| {
        let lines = config.lines();
        let set = lines.filter_map(|line| line.split_once('='));
        set.filter(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
            .next_back()
            .unwrap_or_else(|| "n".into())
    };
    CONFIG
        .iter()
        .map(|name| ((*name).to_owned(), value(name)))
        .collect()
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
