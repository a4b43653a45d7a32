// SPDX-License-Identifier: GPL-2.0
//! What a poller needs from the world, for the one core it is bound to.

use super::{CoreState, CycleReport, YieldReason};

/// What polling one NAPI brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolledNapi {
    /// Packets, as the driver's poll function returned it.
    pub packets: u32,
}

/// How a sleep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// The time was over.
    ByTimer,
    /// A NAPI was scheduled (or the thread was asked to stop).
    ByWork,
}

/// The kernel, or a model of it. Every method acts on the calling thread's core.
///
/// Methods marked *(guarded)* are called only while bottom halves are held off; the others
/// only while they are not. [`super::Guard`] and [`super::run_cycle`] keep that rule.
pub trait Platform {
    /// Monotonic time in nanoseconds.
    fn now_ns(&self) -> u64;

    /// Holds bottom halves off on this core: no softirq can run inside a poll.
    fn hold_bottom_halves(&self);
    /// Lets pending softirqs run. Matches [`Platform::hold_bottom_halves`].
    fn release_bottom_halves(&self);

    /// *(guarded)* Moves the core's poll list to the thread. Returns the number of pending
    /// NET_RX softirqs that were taken over (0 or 1).
    fn take_list(&self) -> u32;
    /// *(guarded)* Polls the next NAPI of the taken list once; `None` when it is empty.
    fn poll_next(&self) -> Option<PolledNapi>;
    /// *(guarded)* Whether the taken list still holds a NAPI.
    fn has_more(&self) -> bool;
    /// *(guarded)* Returns what was not finished to the core's poll list and does what else
    /// a NET_RX softirq does at its end. Returns pending NET_RX softirqs taken over.
    fn give_back(&self) -> u32;

    /// From now on scheduled NAPIs of this core are left to the thread.
    fn take_core(&self);
    /// From now on softirq serves this core; what is on the list is served at once.
    fn give_core(&self);

    /// Whether another task waits for this core.
    fn others_waiting(&self) -> bool;
    /// Tells RCU that this thread holds no reference.
    fn quiescent_state(&self);
    /// Leaves the core until a NAPI is scheduled, or for about two ticks. A NAPI that is
    /// already there prevents it. Programs no timer hardware.
    fn sleep_until_work(&self) -> Woken;
    /// Leaves the core for `ns`, whatever is scheduled meanwhile.
    fn sleep_firmly(&self, ns: u64);
    /// Passes through the scheduler without sleeping.
    fn pass_scheduler(&self);
    /// A short pause of the processor's pipeline.
    fn relax(&self);

    /// Whether a livepatch transition waits for this thread.
    fn patch_pending(&self) -> bool;
    /// Moves this thread to the transition's target; its stack holds no patched function.
    fn join_patch(&self);
    /// Whether control wants the thread to end.
    fn stop_requested(&self) -> bool;
}

/// Where a poller writes what it did. It never reads back, so no decision depends on it.
pub trait Ledger {
    /// The core's new state.
    fn state(&self, state: CoreState, reason: YieldReason);
    /// A finished cycle; `gap_ns` is the time since the one before it ended.
    fn cycle(&self, report: &CycleReport, gap_ns: u64);
    /// A finished housekeeping window.
    fn window(&self, woken: Woken);
    /// A quiescent state was reported.
    fn quiescent_state(&self);
}
