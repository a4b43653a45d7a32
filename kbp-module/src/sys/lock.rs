// SPDX-License-Identifier: GPL-2.0
//! The control lock; its place in the lock order stands in `shim/control.c`.

use super::shim;
use core::marker::PhantomData;

/// Proof that nobody else changes cores and none goes on- or offline.
pub(crate) struct ControlLock {
    release: bool,
    /// A raw pointer is not `Send`: both locks belong to the task that took them.
    _this_task: PhantomData<*const ()>,
}

impl ControlLock {
    /// Waits for the lock.
    ///
    /// Context: process context, may sleep; neither the CPU hotplug lock nor the control lock
    /// is held.
    pub(crate) fn acquire() -> Self {
        // SAFETY: Process context; the shim keeps the lock order.
        unsafe { shim::kbp_control_lock() };
        Self {
            release: true,
            _this_task: PhantomData,
        }
    }

    /// The lock as held by a caller in C, who also releases it.
    ///
    /// # Safety
    ///
    /// The control mutex and the CPU hotplug lock are held by the caller for as long as the
    /// returned value lives.
    pub(crate) unsafe fn held_by_caller() -> Self {
        Self {
            release: false,
            _this_task: PhantomData,
        }
    }
}

impl Drop for ControlLock {
    fn drop(&mut self) {
        if self.release {
            // SAFETY: Taken by `acquire` on this same task (invariant lock-token).
            unsafe { shim::kbp_control_unlock() }
        }
    }
}
