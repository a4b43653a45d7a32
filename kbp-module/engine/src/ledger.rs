// SPDX-License-Identifier: GPL-2.0
//! Where a poller writes what it did.

use super::life::{CoreState, YieldReason};
use super::platform::{PolledNapi, Spun, Woken};
use super::policy::Policy;

/// What one cycle did. Times are the platform's, which may stand still or step back a little
/// while the kernel adjusts its clock; differences saturate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CycleReport {
    /// When the guard was taken (monotonic ns).
    pub start_ns: u64,
    /// When the guard was about to be released (monotonic ns): the softirqs that run then
    /// are not the poller's time.
    pub end_ns: u64,
    /// NAPI polls.
    pub polls: u32,
    /// Polls of NAPIs whose interrupt was off already.
    pub held_polls: u32,
    /// Packets.
    pub packets: u32,
    /// Pending NET_RX softirqs taken over.
    pub absorbed: u32,
    /// There was something to do.
    pub worked: bool,
    /// NAPIs are held: their interrupts are off.
    pub holds: bool,
    /// The budget ended the cycle with so many NAPIs left on the list.
    pub left: u32,
    /// The core had been given away from outside; nothing was done.
    pub lost: bool,
    /// The scheduler has run others before it, unasked.
    pub preempted: bool,
}

impl CycleReport {
    /// Whether the budget ended the cycle with NAPIs left on the list.
    pub fn squeezed(&self) -> bool {
        self.left > 0
    }

    /// How long bottom halves were held off.
    pub fn guard_ns(&self) -> u64 {
        self.end_ns.saturating_sub(self.start_ns)
    }
}

/// The time since the cycle before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gap {
    /// The longest part of it in which nobody looked at the list.
    pub blind_ns: u64,
    /// What was neither window nor sleep.
    pub idle_ns: u64,
}

/// Where a poller writes what it did. It never reads back, so no decision depends on it.
pub trait Ledger {
    /// The core's new state.
    fn state(&self, state: CoreState, reason: YieldReason);
    /// A NAPI was polled `delay_ns`, at most, after it was scheduled.
    fn polled(&self, napi: &PolledNapi, delay_ns: u64);
    /// The interrupt of a NAPI was left off, or armed again, without any work in its poll.
    fn holds_changed(&self, _napi: &PolledNapi) {}
    /// A finished cycle.
    fn cycle(&self, report: &CycleReport, gap: Gap);
    /// A finished spin between two cycles.
    fn spun(&self, _spun: &Spun) {}
    /// A finished housekeeping window.
    fn window(&self, away_ns: u64, woken: Woken);
    /// A finished adaptive sleep, and for how long the poller will spin from now on.
    fn slept(&self, away_ns: u64, woken: Woken, spin_ns: u64);
    /// The core was given back for `away_ns`.
    fn yielded(&self, away_ns: u64);
    /// The core was rescued, and the poller takes it again at `retry_ns`; `None`: never by itself.
    fn waits_to_retry(&self, retry_ns: Option<u64>);
    /// The poller takes a core again that was rescued `away_ns` ago.
    fn retried(&self, away_ns: u64);
    /// A cycle that armed the interrupts of held NAPIs.
    fn released(&self);
    /// A new policy is followed.
    fn policy(&self, policy: &Policy);
    /// A quiescent state was reported.
    fn quiescent_state(&self);
}
