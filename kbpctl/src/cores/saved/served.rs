// SPDX-License-Identifier: GPL-2.0
//! Which cores are served, and how: now, after a change, or once a file was reapplied.

use std::collections::BTreeMap;

use kbp_uapi as abi;
use kbp_uapi::{kbp_core_config, kbp_core_set};

use super::{Nics, Set};
use crate::cores::config::{self, parse, Settings};
use crate::cores::device;
use crate::cores::select;
use crate::error::Result;
use crate::sys::System;

/// How one core is served.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) config: kbp_core_config,
    /// It takes `--force`.
    pub(super) force: bool,
    /// The interfaces whose interrupts were brought to it, and how.
    pub(super) nics: Nics,
}

/// The cores that are served.
#[derive(Clone, Default)]
pub(crate) struct Served {
    pub(super) cores: BTreeMap<u32, Way>,
    /// The configurations of cores that are off.
    off: BTreeMap<u32, kbp_core_config>,
}

impl Served {
    /// As it is now.
    pub(crate) fn now(sys: &dyn System) -> Result<Served> {
        let mut served = Served::default();
        let Some(info) = device::info(sys)? else {
            return Ok(served);
        };
        for core in device::all_cores(sys, &info)? {
            match core.state {
                abi::KBP_CORE_OFF => {
                    served.off.insert(core.core, core.config);
                }
                _ => {
                    let way = Way {
                        config: core.config,
                        force: false,
                        nics: Nics::default(),
                    };
                    served.cores.insert(core.core, way);
                }
            }
        }
        Ok(served)
    }

    /// The same with all cores off, which keep their configurations.
    pub(super) fn all_off(&self) -> Served {
        let mut off = self.off.clone();
        let configs = self.cores.iter().map(|(core, way)| (*core, way.config));
        off.extend(configs);
        Served {
            cores: BTreeMap::new(),
            off,
        }
    }

    /// After `kbpctl enable`.
    pub(crate) fn enable(
        &mut self,
        cores: &kbp_core_set,
        settings: &Settings,
        force: bool,
        nics: &Nics,
    ) {
        // Where an interface's interrupts go now, they went not before.
        for way in self.cores.values_mut() {
            let from = &mut way.nics.from;
            from.retain(|interface| !nics.from.contains(interface));
        }
        for core in cores.iter() {
            let off = self.off.get(&core).copied().unwrap_or_default();
            let way = self.cores.entry(core).or_insert(Way {
                config: off,
                force: false,
                nics: Nics::default(),
            });
            way.config = config::merged(&way.config, settings);
            way.force |= force;
            if !nics.from.is_empty() {
                way.nics = nics.clone();
            }
        }
    }

    /// After `kbpctl set`.
    pub(crate) fn set(&mut self, cores: &kbp_core_set, settings: &Settings) {
        for core in cores.iter() {
            if let Some(way) = self.cores.get_mut(&core) {
                way.config = config::merged(&way.config, settings);
            }
        }
    }

    /// After `kbpctl disable`.
    pub(crate) fn disable(&mut self, cores: &kbp_core_set) {
        for core in cores.iter() {
            self.cores.remove(&core);
        }
    }

    /// After `kbpctl reapply` of these sets; false when one of them names what is not there.
    pub(super) fn reapply(&mut self, sys: &dyn System, sets: &[Set]) -> bool {
        let mut all = true;
        for set in sets {
            match (select::resolve(sys, &set.cores), parse::read(&set.options)) {
                (Ok(cores), Ok(settings)) => self.enable(&cores, &settings, set.force, &set.nics),
                _ => all = false,
            }
        }
        all
    }

    /// Whether nothing else is served than `other` says, and by force where that takes it.
    pub(super) fn says(&self, other: &Served) -> bool {
        let like = |((core, way), (other, wanted)): ((&u32, &Way), (&u32, &Way))| {
            let forced = way.force || !wanted.force;
            core == other && way.config == wanted.config && way.nics == wanted.nics && forced
        };
        self.cores.len() == other.cores.len() && self.cores.iter().zip(&other.cores).all(like)
    }

    /// What kbp.ko does not know of a core: core 0 takes force at the next boot, too, and so may cores
    /// of which a file says it; and from where their interrupts are brought.
    pub(super) fn complete_from(&mut self, file: &Served) {
        let placed: Vec<String> = self
            .cores
            .values()
            .flat_map(|way| way.nics.from.clone())
            .collect();
        for (core, way) in &mut self.cores {
            let old = file.cores.get(core);
            way.force |= *core == 0 || old.is_some_and(|old| old.force);
            if let (true, Some(old)) = (way.nics.from.is_empty(), old) {
                way.nics.clone_from(&old.nics);
                // Those of which is known that they go elsewhere now.
                let from = &mut way.nics.from;
                from.retain(|interface| !placed.contains(interface));
            }
        }
    }
}
