// SPDX-License-Identifier: GPL-2.0
//! The control path: requests of user space and events of the host. May sleep, may fail.

mod change;
mod device;
mod status;

pub(crate) use device::ioctl;

use crate::engine::{CoreState, YieldReason};
use crate::sys::{self, ControlLock, CoreTable, Device, Hotplug};
use core::sync::atomic::{AtomicBool, Ordering};
use kernel::prelude::*;

/// Whether the livepatch's hooks are in effect for every task.
static HOOKS_LIVE: AtomicBool = AtomicBool::new(false);

/// Everything the module has registered. Dropped in the order of its fields: first nothing new
/// can arrive, then (in `drop`'s own body, before them all) no thread is left, last the table.
pub(crate) struct Control {
    _device: Device,
    _hotplug: Hotplug,
    _table: CoreTable,
}

impl Control {
    /// Brings the module to life, every core off.
    pub(crate) fn start() -> Result<Self> {
        let table = CoreTable::publish()?;
        let hotplug = Hotplug::register()?;
        Ok(Self {
            _device: Device::register()?,
            _hotplug: hotplug,
            _table: table,
        })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // No file is open (it would hold the module) and no livepatch is loaded (it would, too),
        // so nobody can enable a core behind this.
        stop_all(&ControlLock::acquire());
    }
}

/// A core is about to go offline: its poller gives it back first.
pub(crate) fn core_leaves(core: u32, lock: &ControlLock) {
    if stop(core, lock) {
        pr_info!("core {}: goes offline, given back to softirq\n", core);
    }
}

/// The hooks came or go. Without hooks no core may stay with a poller: nobody would wake it.
pub(crate) fn hooks_changed(live: bool) {
    let lock = ControlLock::acquire();
    HOOKS_LIVE.store(live, Ordering::Relaxed);
    if !live && stop_all(&lock) > 0 {
        pr_info!("livepatch is being switched off: all cores given back to softirq\n");
    }
}

fn hooks_live() -> bool {
    HOOKS_LIVE.load(Ordering::Relaxed)
}

/// Stops the poller of `core` and calls the core off; false when there was none.
fn stop(core: u32, lock: &ControlLock) -> bool {
    let Some(entry) = sys::core(core) else {
        return false;
    };
    let stopped = entry.thread.stop(core, lock);
    if stopped {
        entry.set_state(CoreState::Off, YieldReason::None);
    }
    stopped
}

fn stop_all(lock: &ControlLock) -> u32 {
    (0..sys::core_limit())
        .map(|core| u32::from(stop(core, lock)))
        .sum()
}
