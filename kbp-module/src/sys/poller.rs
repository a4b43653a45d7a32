// SPDX-License-Identifier: GPL-2.0
//! A poller thread's hold on its core.

use super::shim::{self, RawPoller};

/// Acts on the core of the calling `kbp/N` thread. The pointer makes it neither `Send` nor `Sync`.
pub(crate) struct Poller {
    raw: *mut RawPoller,
}

// Every method below rests on invariant poller-thread: `self` exists, so this is the kbp/N
// thread, bound to its core, and `raw` is its live scratch space.
impl Poller {
    /// Wraps the scratch space of the calling thread.
    ///
    /// # Safety
    ///
    /// Called on a `kbp/N` thread, with the `struct kbp_poller` on that thread's stack, which
    /// outlives the returned value.
    pub(crate) unsafe fn of_this_thread(raw: *mut RawPoller) -> Self {
        Self { raw }
    }

    /// Holds bottom halves off.
    pub(crate) fn hold(&self) {
        // SAFETY: poller-thread.
        unsafe { shim::kbp_poller_hold(self.raw) }
    }

    /// Lets bottom halves run again; the engine's guard pairs it with [`Poller::hold`].
    pub(crate) fn release(&self) {
        // SAFETY: poller-thread.
        unsafe { shim::kbp_poller_release(self.raw) }
    }

    /// Moves the core's poll list here; returns the softirqs taken over.
    pub(crate) fn take_list(&self) -> u32 {
        // SAFETY: poller-thread; the engine calls it under its guard.
        unsafe { shim::kbp_poller_take_list(self.raw) }
    }

    /// Polls the next NAPI; packets, or `None` when the list is empty.
    pub(crate) fn poll_next(&self) -> Option<u32> {
        // SAFETY: poller-thread; the engine calls it under its guard.
        u32::try_from(unsafe { shim::kbp_poller_poll_next(self.raw) }).ok()
    }

    /// Whether the taken list still holds a NAPI.
    pub(crate) fn has_more(&self) -> bool {
        // SAFETY: poller-thread; the engine calls it under its guard.
        unsafe { shim::kbp_poller_has_more(self.raw) }
    }

    /// Returns the rest to the core; returns the softirqs taken over.
    pub(crate) fn give_back(&self) -> u32 {
        // SAFETY: poller-thread; the engine calls it under its guard.
        unsafe { shim::kbp_poller_give_back(self.raw) }
    }

    /// The hooks leave NAPIs of this core to this thread from here on.
    pub(crate) fn take_core(&self) {
        // SAFETY: poller-thread.
        unsafe { shim::kbp_gate_take() }
    }

    /// Softirq serves this core from here on.
    pub(crate) fn give_core(&self) {
        // SAFETY: poller-thread.
        unsafe { shim::kbp_gate_give() }
    }

    /// Whether another task wants the core.
    pub(crate) fn others_waiting(&self) -> bool {
        // SAFETY: poller-thread.
        unsafe { shim::kbp_thread_others_waiting() }
    }

    /// Tells RCU that the thread holds nothing.
    pub(crate) fn quiescent_state(&self) {
        // SAFETY: poller-thread; no RCU read lock is held between two cycles.
        unsafe { shim::kbp_quiescent_state() }
    }

    /// Leaves the core until a NAPI is scheduled or two ticks are over; true for the former.
    pub(crate) fn sleep_until_work(&self) -> bool {
        // SAFETY: poller-thread; no guard is held.
        unsafe { shim::kbp_thread_sleep_until_work() }
    }

    /// Leaves the core for `ns`.
    pub(crate) fn sleep_firmly(&self, ns: u64) {
        // SAFETY: poller-thread; no guard is held.
        unsafe { shim::kbp_thread_sleep_firmly(ns) }
    }

    /// Passes through the scheduler.
    pub(crate) fn pass_scheduler(&self) {
        // SAFETY: poller-thread; no guard is held.
        unsafe { shim::kbp_thread_pass_scheduler() }
    }

    /// A pause of the pipeline.
    pub(crate) fn relax(&self) {
        // SAFETY: No precondition.
        unsafe { shim::kbp_thread_relax() }
    }

    /// Monotonic nanoseconds.
    pub(crate) fn now_ns(&self) -> u64 {
        // SAFETY: No precondition.
        unsafe { shim::kbp_now_ns() }
    }

    /// Whether a livepatch transition waits for this thread.
    pub(crate) fn patch_pending(&self) -> bool {
        // SAFETY: poller-thread.
        unsafe { shim::kbp_patch_pending() }
    }

    /// Joins the pending transition.
    pub(crate) fn patch_join(&self) {
        // SAFETY: poller-thread; between two cycles no patched function is on the stack.
        unsafe { shim::kbp_patch_join() }
    }

    /// Whether control waits for this thread to end.
    pub(crate) fn should_stop(&self) -> bool {
        // SAFETY: poller-thread.
        unsafe { shim::kbp_thread_should_stop() }
    }
}
