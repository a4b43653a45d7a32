// SPDX-License-Identifier: GPL-2.0
//! One look at the machine.

use std::collections::BTreeMap;
use std::time::Duration;

use kbp_uapi::{kbp_core_status, kbp_info, kbp_napi_status};

use crate::cores::device;
use crate::error::Result;
use crate::host::cpu_time::{self, CpuTime};
use crate::host::network;
use crate::host::softnet::{self, Softnet};
use crate::nic::card::{self, Card};
use crate::nic::interrupts::Counts;
use crate::sys::System;

/// Everything that was counted until a moment.
pub(crate) struct Sample {
    pub(super) at: Duration,
    pub(crate) info: kbp_info,
    pub(super) cores: BTreeMap<u32, Core>,
    pub(super) times: BTreeMap<u32, CpuTime>,
    pub(super) softnet: BTreeMap<u32, Softnet>,
    pub(super) counts: Counts,
    pub(super) nics: Vec<Card>,
    /// The names of network devices by their ifindex.
    pub(super) devices: BTreeMap<i32, String>,
}

/// What kbp.ko counted for a core.
pub(super) struct Core {
    pub(super) status: kbp_core_status,
    pub(super) napis: Vec<kbp_napi_status>,
}

impl Core {
    /// Whether KBP has it, served or not.
    pub(super) fn is_on(&self) -> bool {
        device::is_on(&self.status)
    }
}

impl Sample {
    /// Looks; `info` is what the module, which fits, has just said.
    pub(crate) fn take(sys: &dyn System, info: &kbp_info) -> Result<Sample> {
        // What takes long and stays the same comes first: the others are of one moment.
        let nics = card::all(sys);
        let devices = network::names(sys);
        let at = sys.now();
        let mut cores = BTreeMap::new();
        for status in device::all_cores(sys, info)? {
            // One that is off now and served later goes on counting where it stopped.
            let napis = match status.counters.cycles {
                0 => Vec::new(),
                _ => device::napis(sys, status.core)?,
            };
            cores.insert(status.core, Core { status, napis });
        }
        Ok(Sample {
            at,
            info: *info,
            cores,
            times: cpu_time::now(sys),
            softnet: softnet::now(sys),
            counts: Counts::now(sys),
            nics,
            devices,
        })
    }

    /// The cores that KBP has.
    pub(super) fn on(&self) -> impl Iterator<Item = u32> + '_ {
        let on = self.cores.iter().filter(|(_, core)| core.is_on());
        on.map(|(number, _)| *number)
    }
}
