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

/// Notices of cores that go offline or have come back, while this value lives.
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

/// Notices of the system's sleep, while this value lives.
pub(crate) struct Power(());

impl Power {
    /// Asks for the notices.
    pub(crate) fn register() -> Result<Self> {
        // SAFETY: Called once, from module init; undone in drop.
        to_result(unsafe { shim::kbp_power_register() })?;
        Ok(Self(()))
    }
}

impl Drop for Power {
    fn drop(&mut self) {
        // SAFETY: Registered by the only constructor.
        unsafe { shim::kbp_power_unregister() }
    }
}

/// Bounds the exit latency of the idle states of `core`, online, to `us` microseconds; `None` for
/// no bound.
///
/// Context: process context, may sleep.
pub(crate) fn limit_exit_latency(core: u32, us: Option<u32>, _lock: &ControlLock) -> Result {
    let us = us.map_or(-1, |us| i32::try_from(us).unwrap_or(i32::MAX));
    // SAFETY: Process context; possible core; the lock serialises changes of its request.
    to_result(unsafe { shim::kbp_latency_limit(core, us) })
}
