// SPDX-License-Identifier: GPL-2.0
//! Poller threads as control sees them.

use super::shim::{self, RawThread};
use super::ControlLock;
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};
use kernel::error::from_err_ptr;
use kernel::prelude::*;

/// A created thread that nobody else knows of. Dropping it stops it.
pub(crate) struct Thread {
    raw: *mut RawThread,
}

impl Thread {
    /// A SCHED_FIFO thread bound to `core`, not yet running.
    ///
    /// Context: process context, may sleep.
    pub(crate) fn create(core: u32, _online: &ControlLock) -> Result<Self> {
        // SAFETY: The lock keeps the core online, which the shim's node look-up needs.
        let raw = from_err_ptr(unsafe { shim::kbp_thread_create(core) })?;
        Ok(Self { raw })
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // SAFETY: Made by `create`, owned by this value, and not stopped before.
        unsafe { shim::kbp_thread_stop(self.raw) }
    }
}

/// Where a core's thread is kept. Zeroed memory is an empty slot.
pub(crate) struct ThreadSlot(AtomicPtr<RawThread>);

// All access is under the control lock, which each method asks for; the atomic only makes the
// slot shareable.
impl ThreadSlot {
    /// Keeps `thread` and lets it run.
    pub(crate) fn start(&self, thread: Thread, _lock: &ControlLock) {
        let raw = thread.raw;
        core::mem::forget(thread);
        self.0.store(raw, Ordering::Relaxed);
        // SAFETY: `raw` was created and not stopped.
        unsafe { shim::kbp_thread_start(raw) }
    }

    /// Gives `core` back to softirq, stops its thread and waits for its end; false when there
    /// was none.
    ///
    /// Context: process context, may sleep.
    pub(crate) fn stop(&self, core: u32, _lock: &ControlLock) -> bool {
        let raw = self.0.swap(ptr::null_mut(), Ordering::Relaxed);
        if raw.is_null() {
            return false;
        }
        // SAFETY: A core with a thread is online (the hotplug callback stops threads before
        // their core goes), and the lock keeps it so.
        unsafe { shim::kbp_gate_shut(core) };
        drop(Thread { raw });
        true
    }

    /// The thread's pid, 0 when there is none.
    pub(crate) fn pid(&self, _lock: &ControlLock) -> i32 {
        let raw = self.0.load(Ordering::Relaxed);
        if raw.is_null() {
            return 0;
        }
        // SAFETY: A thread in a slot is not stopped, and the lock keeps it so.
        unsafe { shim::kbp_thread_pid(raw) }
    }
}
