// SPDX-License-Identifier: GPL-2.0
//! A poller thread's hold on its core.

use super::shim::{self, RawPolled, RawPoller};
use crate::engine::{Between, Held, PolledNapi, Taken};

/// Acts on the core of the calling `kbp/N` thread. The pointer makes it neither `Send` nor `Sync`.
pub(crate) struct Poller {
    raw: *mut RawPoller,
}

// Every method below rests on invariant poller-thread: `self` exists, so this is the kbp/N
// thread, bound to its core, and `raw` is its live scratch space. A `Held` says that bottom
// halves are off, a `Between` that they are on and that no guard lives (engine, guard.rs).
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

    /// Holds bottom halves off; the guard has made `held` for this.
    pub(crate) fn hold(&self, _held: &Held) {
        // SAFETY: poller-thread; the guard borrows the thread's `Between`, so none is held yet.
        unsafe { shim::kbp_poller_hold(self.raw) }
    }

    /// Lets bottom halves run again; called by the guard's drop, once.
    pub(crate) fn release(&self, _held: &Held) {
        // SAFETY: poller-thread; held.
        unsafe { shim::kbp_poller_release(self.raw) }
    }

    /// Moves the core's poll list here.
    pub(crate) fn take_list(&self, _held: &Held) -> Taken {
        let (mut called_ns, mut preempted) = (0, false);
        // SAFETY: poller-thread; held.
        let absorbed = unsafe { shim::kbp_poller_take_list(self.raw, &mut called_ns, &mut preempted) };
        Taken {
            lost: absorbed < 0,
            absorbed: u32::try_from(absorbed).unwrap_or(0),
            called_ns: (called_ns != 0).then_some(called_ns),
            preempted,
        }
    }

    /// Polls the next NAPI, and keeps its interrupt off on `hold`.
    pub(crate) fn poll_next(&self, _held: &Held, hold: bool) -> Option<PolledNapi> {
        let mut polled = RawPolled::default();
        // SAFETY: poller-thread; held.
        let any = unsafe { shim::kbp_poller_poll_next(self.raw, hold, &mut polled) };
        any.then_some(PolledNapi {
            packets: polled.packets,
            napi_id: polled.napi_id,
            ifindex: polled.ifindex,
            backlog: polled.backlog,
            exhausted: polled.exhausted,
            was_held: polled.was_held,
            is_held: polled.is_held,
        })
    }

    /// Whether the taken list still holds a NAPI.
    pub(crate) fn has_more(&self, _held: &Held) -> bool {
        // SAFETY: poller-thread; held.
        unsafe { shim::kbp_poller_has_more(self.raw) }
    }

    /// Returns the rest to the core; returns the softirqs taken over.
    pub(crate) fn give_back(&self, _held: &Held) -> u32 {
        // SAFETY: poller-thread; held.
        unsafe { shim::kbp_poller_give_back(self.raw) }
    }

    /// The hooks leave NAPIs of this core to this thread from here on.
    pub(crate) fn take_core(&self, _between: &mut Between) {
        // SAFETY: poller-thread.
        unsafe { shim::kbp_gate_take() }
    }

    /// Softirq serves this core from here on.
    pub(crate) fn give_core(&self, _between: &mut Between) {
        // SAFETY: poller-thread; between.
        unsafe { shim::kbp_gate_give() }
    }

    /// Whether the hooks stop NET_RX here, found out by trying.
    pub(crate) fn hooks_in_effect(&self, _between: &mut Between) -> bool {
        // SAFETY: poller-thread; between.
        unsafe { shim::kbp_hooks_in_effect() }
    }

    /// Whether another task wants the core.
    pub(crate) fn others_waiting(&self) -> bool {
        // SAFETY: poller-thread.
        unsafe { shim::kbp_thread_others_waiting() }
    }

    /// Whether the kernel rations the time of this thread's class.
    pub(crate) fn is_rationed(&self) -> bool {
        // SAFETY: poller-thread.
        unsafe { shim::kbp_thread_is_rationed() }
    }

    /// An ordinary task from here on.
    pub(crate) fn be_ordinary(&self, _between: &mut Between) {
        // SAFETY: poller-thread; between.
        unsafe { shim::kbp_thread_be_ordinary() }
    }

    /// With the policy that control wants from here on.
    pub(crate) fn be_as_wanted(&self, _between: &mut Between) {
        // SAFETY: poller-thread; between.
        unsafe { shim::kbp_thread_be_as_wanted() }
    }

    /// Whether the scheduler wants the core.
    pub(crate) fn must_reschedule(&self) -> bool {
        // SAFETY: poller-thread.
        unsafe { shim::kbp_thread_must_reschedule() }
    }

    /// Tells RCU that the thread holds nothing.
    pub(crate) fn quiescent_state(&self, _between: &mut Between) {
        // SAFETY: poller-thread; between two cycles no RCU read lock is held.
        unsafe { shim::kbp_quiescent_state() }
    }

    /// Leaves the core until a NAPI is scheduled or the time is over; true for the former.
    pub(crate) fn sleep_until_work(&self, _between: &mut Between, limit_ns: u64) -> bool {
        // SAFETY: poller-thread; between.
        unsafe { shim::kbp_thread_sleep_until_work(limit_ns) }
    }

    /// Leaves the core for `ns`.
    pub(crate) fn sleep_firmly(&self, _between: &mut Between, ns: u64) {
        // SAFETY: poller-thread; between.
        unsafe { shim::kbp_thread_sleep_firmly(ns) }
    }

    /// Passes through the scheduler.
    pub(crate) fn pass_scheduler(&self, _between: &mut Between) {
        // SAFETY: poller-thread; between.
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
    pub(crate) fn patch_join(&self, _between: &mut Between) {
        // SAFETY: poller-thread; between two cycles no patched function is on the stack that this
        // thread would return to.
        unsafe { shim::kbp_patch_join() }
    }

    /// Whether control waits for this thread to end; forgets a nudge.
    pub(crate) fn should_stop(&self, _between: &mut Between) -> bool {
        // SAFETY: poller-thread.
        unsafe { shim::kbp_thread_should_stop() }
    }
}
