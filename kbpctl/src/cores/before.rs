// SPDX-License-Identifier: GPL-2.0
//! What cores were before a change, to go back to it when what belongs to the change fails.

use kbp_uapi as abi;
use kbp_uapi::{kbp_core_set, kbp_core_status};

use crate::cores::config::{self, Settings};
use crate::cores::device;
use crate::cores::list;
use crate::error::{Error, Result};
use crate::sys::System;

/// What to do with cores that were enabled and are not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    Enable,
    Leave,
}

/// Cores as they were.
pub(crate) struct Before(Vec<kbp_core_status>);

impl Before {
    /// As the cores are now.
    pub(crate) fn of(sys: &dyn System, cores: &kbp_core_set) -> Result<Before> {
        Ok(Before(named(sys, cores)?))
    }

    /// Makes the cores what they were. The error says whether that worked, and what is left.
    pub(crate) fn restore(&self, sys: &dyn System, error: Error) -> Error {
        let left = match self.go_back(sys, Missing::Enable) {
            Ok(left) => left,
            Err(second) => vec![second.to_string()],
        };
        match left.is_empty() {
            true => error.noting("the change of the cores was undone"),
            false => error.noting(&format!(
                "undoing the change failed too: {}",
                left.join("; ")
            )),
        }
    }

    /// Takes back what `enable` did, some time later; what could not be undone. It gives no core back to
    /// softirq, so one that is with it by now was given back by somebody, and stays there.
    pub(crate) fn take_back(&self, sys: &dyn System) -> Vec<String> {
        let left = self.go_back(sys, Missing::Leave);
        left.unwrap_or_else(|error| vec![error.to_string()])
    }

    /// What could not be undone.
    fn go_back(&self, sys: &dyn System, missing: Missing) -> Result<Vec<String>> {
        let now = named(sys, &self.cores(|_| true))?;
        let is_off = |core: u32| {
            let status = now.iter().find(|status| status.core == core);
            status.is_none_or(|status| status.state == abi::KBP_CORE_OFF)
        };
        let was_off = |core: &kbp_core_status| core.state == abi::KBP_CORE_OFF;
        let mut left = Vec::new();
        let too_many = self.cores(|core| was_off(core) && !is_off(core.core));
        if !too_many.is_empty() {
            if let Err(second) = device::disable(sys, &too_many) {
                left.push(format!("{} enabled: {second}", stays(&too_many)));
            }
        }
        for core in &self.0 {
            let only = list::set([core.core]);
            let all = Settings::all_of(&core.config);
            let differs = now.iter().any(|now| {
                now.core == core.core
                    && config::differing(all.fields, &now.config, &core.config) != 0
            });
            if differs {
                if let Err(second) = device::configure(sys, &only, &all) {
                    left.push(format!("{} as it was set: {second}", stays(&only)));
                }
            }
        }
        let is_missing = |core: &kbp_core_status| {
            missing == Missing::Enable && !was_off(core) && is_off(core.core)
        };
        if let Some((cores, second)) = enable_again(sys, &self.cores(is_missing)) {
            left.push(format!("{} disabled: {second}", stays(&cores)));
        }
        let rescued = |core: &kbp_core_status| {
            core.state == abi::KBP_CORE_YIELDED && core.yield_reason == abi::KBP_YIELD_RESCUE
        };
        let now = named(sys, &self.cores(rescued))?;
        // kbp.ko cannot be asked to rescue a core.
        for core in now.iter().filter(|core| !was_off(core) && !rescued(core)) {
            left.push(format!("core {} is served again after a rescue", core.core));
        }
        Ok(left)
    }

    fn cores(&self, wanted: impl Fn(&kbp_core_status) -> bool) -> kbp_core_set {
        let wanted = self.0.iter().filter(|core| wanted(core));
        list::set(wanted.map(|core| core.core))
    }
}

/// Enables cores that were so a moment ago, whatever it took to allow that. Those that did not come
/// back, and why.
pub(crate) fn enable_again(
    sys: &dyn System,
    cores: &kbp_core_set,
) -> Option<(kbp_core_set, Error)> {
    let enable = |cores: &kbp_core_set| {
        device::enable(sys, cores, abi::KBP_CHANGE_FORCE, &Settings::default())
    };
    if cores.is_empty() {
        return None;
    }
    let error = enable(cores).err()?;
    // One that is offline now keeps none of the others.
    let mut left = kbp_core_set::default();
    for core in cores.iter() {
        if enable(&list::set([core])).is_err() {
            left.insert(core);
        }
    }
    (!left.is_empty()).then_some((left, error))
}

fn named(sys: &dyn System, cores: &kbp_core_set) -> Result<Vec<kbp_core_status>> {
    let Some(info) = device::info(sys)? else {
        return Ok(Vec::new());
    };
    let mut all = device::all_cores(sys, &info)?;
    all.retain(|status| cores.contains(status.core));
    Ok(all)
}

fn stays(cores: &kbp_core_set) -> String {
    let verb = match cores.iter().nth(1) {
        None => "stays",
        Some(_) => "stay",
    };
    format!("{} {verb}", list::phrase(cores))
}
