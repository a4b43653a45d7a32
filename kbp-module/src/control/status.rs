// SPDX-License-Identifier: GPL-2.0
//! What user space may know.

use super::hooks_live;
use crate::sys::{self, ControlLock};
use crate::uapi::{CoreStatus, Info, ABI_VERSION, CORE_OFF, INFO_HOOKS_LIVE};
use kernel::prelude::*;

/// The module as a whole.
pub(super) fn info() -> Info {
    Info {
        abi_version: ABI_VERSION,
        flags: if hooks_live() { INFO_HOOKS_LIVE } else { 0 },
        core_limit: sys::core_limit(),
        active_cores: sys::cores()
            .iter()
            .filter(|core| core.state() != CORE_OFF)
            .count() as u32,
        reserved: [0; 6],
    }
}

/// One core.
pub(super) fn core(request: &mut CoreStatus) -> Result {
    if request.pad != 0 {
        return Err(EINVAL);
    }
    let lock = ControlLock::acquire();
    let entry = sys::core(request.core).ok_or(ENODEV)?;
    if !sys::core_possible(request.core) {
        return Err(ENODEV);
    }
    request.state = entry.state();
    request.yield_reason = entry.yield_reason();
    request.thread_pid = entry.thread.pid(&lock);
    request.counters = entry.counters(sys::schedules(request.core));
    Ok(())
}
