// SPDX-License-Identifier: GPL-2.0
//! A poller thread's hold on its core: the engine's [`Platform`], carried out by the shim.

use super::shim::{self, kbp_budget, kbp_polled, kbp_poller, kbp_spun};
use crate::engine::{
    Between, BottomHalves, Budget, Held, Platform, PolledNapi, Spin, Spun, Taken, Woken,
};

/// Acts on the core of the calling `kbp/N` thread. The pointer makes it neither `Send` nor `Sync`.
pub(crate) struct Poller {
    raw: *mut kbp_poller,
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
    pub(crate) unsafe fn of_this_thread(raw: *mut kbp_poller) -> Self {
        Self { raw }
    }

    /// Whether control waits for this thread to end; forgets a nudge.
    pub(crate) fn should_stop(&self, _between: &mut Between) -> bool {
        // SAFETY: poller-thread.
        unsafe { shim::kbp_thread_should_stop() }
    }
}

impl BottomHalves for Poller {
    fn hold_bottom_halves(&self, _held: &Held) {
        // SAFETY: poller-thread; the guard borrows the thread's `Between`, so none is held yet.
        unsafe { shim::kbp_poller_hold(self.raw) }
    }

    fn release_bottom_halves(&self, _held: &Held) {
        // SAFETY: poller-thread; held, and called once, by the guard's drop.
        unsafe { shim::kbp_poller_release(self.raw) }
    }
}

impl Platform for Poller {
    fn now_ns(&self) -> u64 {
        super::now_ns()
    }

    fn budget(&self) -> Budget {
        let mut budget = kbp_budget::default();
        // SAFETY: Reads what is read at any time.
        unsafe { shim::kbp_poller_budget(&mut budget) };
        Budget::of_kernel(budget.packets, budget.time_us)
    }

    fn take_list(&self, _held: &Held) -> Taken {
        let (mut called_ns, mut preempted) = (0, false);
        // SAFETY: poller-thread; held.
        let absorbed =
            unsafe { shim::kbp_poller_take_list(self.raw, &mut called_ns, &mut preempted) };
        Taken {
            lost: absorbed < 0,
            absorbed: u32::try_from(absorbed).unwrap_or(0),
            called_ns: (called_ns != 0).then_some(called_ns),
            preempted,
        }
    }

    fn poll_next(&self, _held: &Held, hold: bool) -> Option<PolledNapi> {
        let mut polled = kbp_polled::default();
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
            arms: polled.arms,
        })
    }

    fn count_squeeze(&self, _held: &Held) {
        // SAFETY: poller-thread; held.
        unsafe { shim::kbp_poller_count_squeeze() }
    }

    fn left_over(&self, _held: &Held) -> u32 {
        // SAFETY: poller-thread; held.
        unsafe { shim::kbp_poller_left_over(self.raw) }
    }

    fn give_back(&self, _held: &Held) -> u32 {
        // SAFETY: poller-thread; held.
        unsafe { shim::kbp_poller_give_back(self.raw) }
    }

    fn take_core(&self, _between: &mut Between) {
        // SAFETY: poller-thread; between.
        unsafe { shim::kbp_gate_take() }
    }

    fn give_core(&self, _between: &mut Between) {
        // SAFETY: poller-thread; between.
        unsafe { shim::kbp_gate_give() }
    }

    fn rescued_ns(&self) -> Option<u64> {
        // SAFETY: poller-thread.
        let at_ns = unsafe { shim::kbp_gate_rescued_ns() };
        (at_ns != 0).then_some(at_ns)
    }

    fn hooks_in_effect(&self, _between: &mut Between) -> bool {
        super::hooks_in_effect()
    }

    fn others_waiting(&self) -> bool {
        // SAFETY: poller-thread.
        unsafe { shim::kbp_thread_others_waiting() }
    }

    fn is_rationed(&self) -> bool {
        // SAFETY: poller-thread.
        unsafe { shim::kbp_thread_is_rationed() }
    }

    fn be_ordinary(&self, _between: &mut Between) {
        // SAFETY: poller-thread; between.
        unsafe { shim::kbp_thread_be_ordinary() }
    }

    fn be_as_wanted(&self, _between: &mut Between) {
        // SAFETY: poller-thread; between.
        unsafe { shim::kbp_thread_be_as_wanted() }
    }

    fn must_reschedule(&self) -> bool {
        // SAFETY: poller-thread.
        unsafe { shim::kbp_thread_must_reschedule() }
    }

    fn quiescent_state(&self, _between: &mut Between) {
        // SAFETY: poller-thread; between two cycles no RCU read lock is held.
        unsafe { shim::kbp_quiescent_state() }
    }

    fn sleep_until_work(&self, _between: &mut Between, limit_ns: u64) -> Woken {
        // SAFETY: poller-thread; between.
        Woken::by(unsafe { shim::kbp_thread_sleep_until_work(limit_ns) })
    }

    fn post_sentry(&self, _between: &mut Between) -> bool {
        // SAFETY: poller-thread; between.
        unsafe { shim::kbp_sentry_begin() }
    }

    fn stand_sentry(&self, _between: &mut Between, limit_ns: u64) -> Woken {
        // SAFETY: poller-thread; between.
        Woken::by(unsafe { shim::kbp_thread_stand_sentry(limit_ns) })
    }

    fn sleep_firmly(&self, _between: &mut Between, ns: u64) {
        // SAFETY: poller-thread; between.
        unsafe { shim::kbp_thread_sleep_firmly(ns) }
    }

    fn pass_scheduler(&self, _between: &mut Between) {
        // SAFETY: poller-thread; between.
        unsafe { shim::kbp_thread_pass_scheduler() }
    }

    fn spin_until_work(&self, _between: &mut Between, spin: Spin) -> Spun {
        let mut spun = kbp_spun::default();
        // SAFETY: poller-thread; between.
        unsafe {
            shim::kbp_thread_spin_until_work(
                spin.now_ns,
                spin.limit_ns,
                spin.beside_tasks,
                &mut spun,
            );
        }
        Spun {
            empty_ns: (spun.empty_ns != 0).then_some(spun.empty_ns),
            end_ns: spun.end_ns,
            longest_ns: spun.longest_ns,
            looks: spun.looks,
            looks_ns: spun.looks_ns,
        }
    }

    fn patch_pending(&self) -> bool {
        // SAFETY: poller-thread.
        unsafe { shim::kbp_patch_pending() }
    }

    fn join_patch(&self, _between: &mut Between) {
        // SAFETY: poller-thread; between two cycles no patched function is on the stack that this
        // thread would return to.
        unsafe { shim::kbp_patch_join() }
    }
}
