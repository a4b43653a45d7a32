// SPDX-License-Identifier: GPL-2.0
//! What the metrics are made of.

use std::collections::BTreeMap;
use std::path::Path;

use kbp_uapi as abi;
use kbp_uapi::{kbp_core_status, kbp_info, kbp_napi_status};

use crate::cores::device;
use crate::error::Result;
use crate::host::livepatch;
use crate::host::modules;
use crate::host::network;
use crate::nic::card;
use crate::sys::System;

/// Everything.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) info: Option<kbp_info>,
    /// Of the loaded module.
    pub(super) version: Option<String>,
    pub(super) livepatch: livepatch::State,
    pub(super) cores: Vec<Core>,
}

/// A core that KBP has, or had since it was loaded.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) status: kbp_core_status,
    /// The receive interrupts of NICs that come here.
    pub(super) interrupts: u64,
    pub(super) napis: Vec<Napi>,
}

/// A NAPI by what tells it from others of its core; those that look the same are one.
#[derive(Debug)]
pub(super) struct Napi {
    pub(super) device: String,
    /// Its number, `backlog`, or `tx`: those that transmit have none.
    pub(super) name: String,
    pub(super) status: kbp_napi_status,
}

impl Facts {
    pub(super) fn gather(sys: &dyn System) -> Result<Facts> {
        let info = device::info(sys)?;
        let file = Path::new("/sys/module").join(modules::KBP).join("version");
        let version = sys.read(&file).ok();
        Ok(Facts {
            version: version.map(|text| text.trim().to_owned()),
            livepatch: livepatch::state(sys)?,
            cores: match &info {
                Some(info) if is_supported(info) => cores(sys, info)?,
                _ => Vec::new(),
            },
            info,
        })
    }

    /// Whether a flag of `kbp_info` is set by a module that fits.
    pub(super) fn has(&self, flag: u32) -> bool {
        let info = self.info.filter(is_supported);
        info.is_some_and(|info| info.flags & flag != 0)
    }
}

/// Whether the module speaks as this kbpctl does.
pub(super) fn is_supported(info: &kbp_info) -> bool {
    info.abi_version == abi::KBP_ABI_VERSION
}

fn cores(sys: &dyn System, info: &kbp_info) -> Result<Vec<Core>> {
    let devices = network::names(sys);
    let cards = card::all(sys);
    let receiving = cards.iter().flat_map(|card| &card.interrupts);
    let receiving: Vec<_> = receiving.filter(|one| one.receives()).collect();
    let used = device::used_cores(sys, info)?;
    let core = |status: kbp_core_status| {
        let here = receiving
            .iter()
            .filter(|one| one.affinity.comes_to.contains(status.core));
        Ok(Core {
            interrupts: here.count() as u64,
            napis: napis(&device::napis(sys, status.core)?, &devices),
            status,
        })
    };
    used.into_iter().map(core).collect()
}

fn napis(all: &[kbp_napi_status], devices: &BTreeMap<i32, String>) -> Vec<Napi> {
    let mut napis: Vec<Napi> = Vec::new();
    for status in all {
        let napi = Napi::new(status, devices);
        let same = |other: &&mut Napi| (&other.device, &other.name) == (&napi.device, &napi.name);
        match napis.iter_mut().find(same) {
            Some(other) => other.add(status),
            None => napis.push(napi),
        }
    }
    napis
}

impl Napi {
    fn new(status: &kbp_napi_status, devices: &BTreeMap<i32, String>) -> Napi {
        let is_backlog = status.flags & abi::KBP_NAPI_BACKLOG != 0;
        Napi {
            device: devices.get(&status.ifindex).cloned().unwrap_or_default(),
            name: match (is_backlog, status.napi_id) {
                (true, _) => "backlog".to_owned(),
                (false, 0) => "tx".to_owned(),
                (false, id) => id.to_string(),
            },
            status: *status,
        }
    }

    /// Another record of what looks the same, such as the other transmitting NAPIs of a device.
    fn add(&mut self, other: &kbp_napi_status) {
        let sum = &mut self.status;
        sum.flags |= other.flags;
        sum.polls += other.polls;
        sum.packets += other.packets;
        sum.exhausted += other.exhausted;
        sum.longest_delay_ns = sum.longest_delay_ns.max(other.longest_delay_ns);
        for (count, other) in sum.delay.counts.iter_mut().zip(other.delay.counts) {
            *count += other;
        }
    }
}
