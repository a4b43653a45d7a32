// SPDX-License-Identifier: GPL-2.0
//! The fake's kbp.ko, cut down to what the tests need.

use std::time::Duration;

use kbp_uapi as abi;
use kbp_uapi::{kbp_change, kbp_core_status, kbp_info};
use nix::libc;

use super::super::Request;
use super::Machine;
use crate::cores::config::{self, Settings};

const EOPNOTSUPP: i32 = 95;
const ETIMEDOUT: i32 = 110;

/// A core as kbp.ko finds it.
pub(super) fn off(core: u32) -> kbp_core_status {
    kbp_core_status {
        abi_version: abi::KBP_ABI_VERSION,
        core,
        state: abi::KBP_CORE_OFF,
        spin_us: 200,
        ..kbp_core_status::default()
    }
}

impl Machine {
    /// Each poller polls what comes in this time: each packet in less than 4,096 ns, in a round of its own.
    pub(super) fn poll(&mut self, time: Duration) {
        let ns = time.as_nanos() as u64;
        let packets = self.packets_per_s * ns / 1_000_000_000;
        let polling = |core: &&mut kbp_core_status| core.state == abi::KBP_CORE_POLLING;
        for core in self
            .cores
            .values_mut()
            .filter(polling)
            .filter(|_| packets > 0)
        {
            let counters = &mut core.counters;
            for counter in [
                &mut counters.packets,
                &mut counters.polls,
                &mut counters.cycles,
            ] {
                *counter += packets;
            }
            counters.busy_ns += ns / 2;
            counters.idle_ns += ns / 2;
            core.delay.counts[12] += packets;
        }
    }

    pub(super) fn info(&self) -> Result<kbp_info, i32> {
        if !self.modules.contains("kbp") {
            return Err(libc::ENOENT);
        }
        let mut flags = 0;
        if self.hooks_live() {
            flags |= abi::KBP_INFO_HOOKS_LIVE;
        }
        if self.suspended {
            flags |= abi::KBP_INFO_SUSPENDED;
        }
        let active = self
            .cores
            .values()
            .filter(|core| core.state != abi::KBP_CORE_OFF);
        Ok(kbp_info {
            abi_version: self.abi_version,
            flags,
            core_limit: self.cores.keys().last().map_or(0, |last| last + 1),
            active_cores: active.map(|_| 1).sum(),
            ..kbp_info::default()
        })
    }

    /// The core, which must exist.
    pub(crate) fn core(&mut self, core: u32) -> &mut kbp_core_status {
        self.cores.get_mut(&core).expect("a core of the fake")
    }

    /// Puts a core in a state; true when it was in another one.
    pub(crate) fn set_state(&mut self, core: u32, state: u32) -> bool {
        let core = self.core(core);
        core.thread_pid = match state {
            abi::KBP_CORE_OFF => 0,
            _ => {
                core.counters.cycles = 1000;
                core.counters.packets = 10;
                100 + core.core as i32
            }
        };
        std::mem::replace(&mut core.state, state) != state
    }

    pub(super) fn change(&mut self, request: Request, change: &mut kbp_change) -> Result<(), i32> {
        if let Err((step, core, errno)) = self.check(request, change) {
            (change.failed_step, change.failed_core) = (step, core);
            return Err(errno);
        }
        let mut stuck = None;
        for number in change.cores.iter() {
            if request == Request::Disable && self.endless.contains(&number) {
                self.set_state(number, abi::KBP_CORE_DRAINING);
                stuck = stuck.or(Some(number));
                continue;
            }
            let config = &mut self.core(number).config;
            let before = *config;
            *config = config::merged(
                config,
                &Settings {
                    fields: change.fields,
                    config: change.config,
                },
            );
            let mut changed = *config != before;
            match request {
                Request::Enable => changed |= self.set_state(number, abi::KBP_CORE_POLLING),
                Request::Disable => changed = self.set_state(number, abi::KBP_CORE_OFF),
                Request::Configure => {}
            }
            change.changed += u32::from(changed);
        }
        if let Some(core) = stuck {
            change.changed = 0;
            (change.failed_step, change.failed_core) = (abi::KBP_STEP_STOP, core);
            return Err(ETIMEDOUT);
        }
        Ok(())
    }

    fn check(&mut self, request: Request, change: &mut kbp_change) -> Result<(), (u32, u32, i32)> {
        let online = request == Request::Enable;
        if let Some((step, field, errno)) = self.refuse {
            change.failed_field = field;
            return Err((step, change.cores.iter().next().unwrap_or(0), errno));
        }
        if online && !self.hooks_live() {
            return Err((abi::KBP_STEP_HOOKS, 0, EOPNOTSUPP));
        }
        for core in change.cores.iter() {
            if !self.cores.contains_key(&core) {
                return Err((abi::KBP_STEP_PRESENT, core, libc::ENODEV));
            }
            if online && self.offline.contains(&core) {
                return Err((abi::KBP_STEP_ONLINE, core, libc::ENODEV));
            }
            if online && core == 0 && change.flags & abi::KBP_CHANGE_FORCE == 0 {
                return Err((abi::KBP_STEP_BOOT_CORE, 0, libc::EBUSY));
            }
        }
        Ok(())
    }
}
