// SPDX-License-Identifier: GPL-2.0
//! The control path: requests of user space and events of the host. May sleep, may fail.

mod change;
mod config;
mod device;
mod event;
mod service;
mod status;
mod watch;

pub(crate) use device::ioctl;
pub(crate) use event::{core_leaves, core_returns, hooks_changed, suspend};
pub(crate) use watch::watch;

use crate::sys::{ControlLock, CoreTable, Device, Hotplug, Power, WatchThread};
use kernel::prelude::*;

/// Everything the module has registered. Dropped in the order of its fields: first nothing new
/// can arrive, then (in `drop`'s own body, before them all) no thread is left, last the table.
pub(crate) struct Control {
    _device: Device,
    _power: Power,
    _hotplug: Hotplug,
    _watch: WatchThread,
    _table: CoreTable,
}

impl Control {
    /// Brings the module to life, every core off.
    pub(crate) fn start() -> Result<Self> {
        let table = CoreTable::publish()?;
        let watch = WatchThread::start()?;
        let hotplug = Hotplug::register()?;
        let power = Power::register()?;
        Ok(Self {
            _device: Device::register()?,
            _power: power,
            _hotplug: hotplug,
            _watch: watch,
            _table: table,
        })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // No file is open (it would hold the module) and no livepatch is loaded (it would, too),
        // so nobody can enable a core behind this. A thread that could not be joined holds the
        // module as well, so this ends.
        let lock = ControlLock::acquire();
        while service::stop_all(&lock).stuck.is_some() {}
    }
}
