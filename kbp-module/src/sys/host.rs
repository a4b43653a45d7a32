// SPDX-License-Identifier: GPL-2.0
//! Questions to the host, and the registrations that bring the control path its calls.

use super::{shim, ControlLock};
use kernel::error::to_result;
use kernel::prelude::*;

/// Whether the calling task has CAP_NET_ADMIN.
///
/// Context: process context.
pub(crate) fn may_configure() -> bool {
    // SAFETY: Reads the calling task's credentials; no precondition.
    unsafe { shim::kbp_capable() }
}

/// One more than the highest core this system can have.
pub(crate) fn core_limit() -> u32 {
    // SAFETY: Reads a constant of the running kernel.
    unsafe { shim::kbp_core_limit() }
}

/// Whether `core` can ever exist here.
pub(crate) fn core_possible(core: u32) -> bool {
    // SAFETY: The shim checks the range itself.
    unsafe { shim::kbp_core_possible(core) }
}

/// Whether `core` is online, which stays so while the lock is held.
pub(crate) fn core_online(core: u32, _stable: &ControlLock) -> bool {
    // SAFETY: The shim checks the range itself.
    unsafe { shim::kbp_core_online(core) }
}

/// Times a hook queued work for the poller of `core`; 0 for an impossible core.
pub(crate) fn schedules(core: u32) -> u64 {
    if !core_possible(core) {
        return 0;
    }
    // SAFETY: Per-CPU data exists for every possible core.
    unsafe { shim::kbp_gate_schedules(core) }
}

/// Sleeps for about a millisecond.
///
/// Context: process context, may sleep.
pub(crate) fn pause() {
    // SAFETY: Called from process context only, as documented.
    unsafe { shim::kbp_pause() }
}

/// Monotonic nanoseconds.
pub(crate) fn now_ns() -> u64 {
    // SAFETY: No precondition.
    unsafe { shim::kbp_now_ns() }
}

/// `/dev/kbp`, present while this value lives.
pub(crate) struct Device(());

impl Device {
    /// Makes the device; from here on ioctls arrive.
    pub(crate) fn register() -> Result<Self> {
        // SAFETY: Called once, from module init; undone in drop.
        to_result(unsafe { shim::kbp_device_register() })?;
        Ok(Self(()))
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        // SAFETY: Registered by the only constructor. An open file holds the module, so no
        // ioctl can be running here.
        unsafe { shim::kbp_device_unregister() }
    }
}

/// The notice that a core is about to go offline, while this value lives.
pub(crate) struct Hotplug(());

impl Hotplug {
    /// Asks for the notices.
    pub(crate) fn register() -> Result<Self> {
        // SAFETY: Called once, from module init; undone in drop.
        to_result(unsafe { shim::kbp_hotplug_register() })?;
        Ok(Self(()))
    }
}

impl Drop for Hotplug {
    fn drop(&mut self) {
        // SAFETY: Registered by the only constructor.
        unsafe { shim::kbp_hotplug_unregister() }
    }
}
