// SPDX-License-Identifier: GPL-2.0
//! What a poller needs from the world, for the one core it is bound to.

use super::budget::Budget;
use super::guard::{Between, BottomHalves, Held};

/// What polling one NAPI brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolledNapi {
    /// Packets, as the driver's poll function returned it.
    pub packets: u32,
    /// Its number in netlink and in `SO_INCOMING_NAPI_ID`; 0 when it has none.
    pub napi_id: u32,
    /// Its device, 0 when it has none.
    pub ifindex: i32,
    /// It was the core's backlog.
    pub backlog: bool,
    /// Its poll used up its weight.
    pub exhausted: bool,
    /// Its interrupt was off already: the poller checked it without being called.
    pub was_held: bool,
    /// Its interrupt stays off.
    pub is_held: bool,
    /// Its driver arms its interrupt whatever it is told, so it is never held.
    pub arms: bool,
}

impl PolledNapi {
    /// Whether there was anything to do.
    pub fn worked(&self) -> bool {
        self.packets > 0 || !self.was_held
    }
}

/// What was found when a cycle took the core's poll list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Somebody gave the core to softirq from outside: nothing was taken.
    pub lost: bool,
    /// Pending NET_RX softirqs taken over (0 or 1).
    pub absorbed: u32,
    /// When the first NET_RX raise reached the poller while it slept; `None` when it did not sleep.
    pub called_ns: Option<u64>,
    /// The scheduler has run others in the thread's place since the last cycle, unasked.
    pub preempted: bool,
}

/// How a sleep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// The time was over, or control called.
    ByTimer,
    /// A NAPI was scheduled.
    ByWork,
}

impl Woken {
    /// By a NAPI, or by whatever else.
    pub fn by(napi: bool) -> Self {
        if napi {
            Woken::ByWork
        } else {
            Woken::ByTimer
        }
    }
}

/// A spin between two cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spin {
    /// A moment before it.
    pub now_ns: u64,
    /// How long it may last, from then on.
    pub limit_ns: u64,
    /// A task that waits already does not end it; one that comes always does.
    pub beside_tasks: bool,
}

/// What it saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spun {
    /// When the list was last seen empty (monotonic ns), or somewhat earlier: what comes after the
    /// last look has its way to the poll before the next reading of the clock. `None`: it never was.
    pub empty_ns: Option<u64>,
    /// The last reading of the clock.
    pub end_ns: u64,
    /// Longest time between two readings of the clock.
    pub longest_ns: u64,
    /// How often the list was looked at and seen empty, but for once where work ended the spin.
    pub looks: u32,
    /// The time of all looks before the last reading of the clock.
    pub looks_ns: u64,
}

/// The kernel, or a model of it. Every method acts on the calling thread's core.
///
/// Methods with a [`Held`] run with bottom halves off, those with a [`Between`] may sleep or
/// give the core away; the types keep the two apart.
pub trait Platform: BottomHalves {
    /// Monotonic time in nanoseconds.
    fn now_ns(&self) -> u64;

    /// How much the kernel lets one cycle do, as of now: an operator may change it at any time.
    fn budget(&self) -> Budget;
    /// Moves the core's poll list to the thread, unless the core was given away from outside.
    fn take_list(&self, held: &Held) -> Taken;
    /// Polls the next NAPI of the taken list once; `None` when it is empty. With `hold` its
    /// interrupt is left off and it stays on the list, if it is one that allows that; without,
    /// it is armed when it runs dry, also if it was held before.
    fn poll_next(&self, held: &Held, hold: bool) -> Option<PolledNapi>;
    /// The cycle's budget is spent: tells those who count that.
    fn count_squeeze(&self, held: &Held);
    /// How many NAPIs are left on the taken list.
    fn left_over(&self, held: &Held) -> u32;
    /// Returns what was not finished to the core's poll list and does what else
    /// a NET_RX softirq does at its end. Returns pending NET_RX softirqs taken over.
    fn give_back(&self, held: &Held) -> u32;

    /// From now on scheduled NAPIs of this core are left to the thread.
    fn take_core(&self, between: &mut Between);
    /// From now on softirq serves this core; what is on the list is served at once, and the
    /// interrupts of held NAPIs are armed by that.
    fn give_core(&self, between: &mut Between);
    /// When the core was taken from this thread by the watch; `None` while it is not so.
    fn rescued_ns(&self) -> Option<u64>;
    /// Whether the hooks stop NET_RX on this core, found out by trying.
    fn hooks_in_effect(&self, between: &mut Between) -> bool;

    /// Whether another task waits for this core.
    fn others_waiting(&self) -> bool;
    /// Whether the kernel will stop this thread for a while, whoever waits, unless it leaves its
    /// real-time class often enough.
    fn is_rationed(&self) -> bool;
    /// From now on the scheduler takes this thread for an ordinary task, of the highest weight.
    fn be_ordinary(&self, between: &mut Between);
    /// From now on this thread has the scheduling policy that control wants.
    fn be_as_wanted(&self, between: &mut Between);
    /// Whether the scheduler wants the core now.
    fn must_reschedule(&self) -> bool;
    /// Tells RCU that this thread holds no reference.
    fn quiescent_state(&self, between: &mut Between);
    /// Leaves the core until a NAPI is scheduled, control calls, or about `limit_ns` are over (in
    /// whole ticks, from one tick on). A NAPI that is already there prevents it. No NAPI may be
    /// held.
    fn sleep_until_work(&self, between: &mut Between, limit_ns: u64) -> Woken;
    /// From now on softirq serves this core, and the poller is called when that does not get through.
    /// What waits is softirq's at once, and nothing is held any more. False when the core was given
    /// away from outside: nothing was changed.
    fn post_sentry(&self, between: &mut Between) -> bool;
    /// Leaves the core until softirq does not get through, control calls, or about `limit_ns` are
    /// over; then the poller serves it again.
    fn stand_sentry(&self, between: &mut Between, limit_ns: u64) -> Woken;
    /// Leaves the core for `ns`, whatever is scheduled meanwhile; control can end it.
    fn sleep_firmly(&self, between: &mut Between, ns: u64);
    /// Passes through the scheduler without sleeping.
    fn pass_scheduler(&self, between: &mut Between);
    /// Keeps the core until a NAPI is scheduled, somebody else wants something of the thread, or the
    /// time is over. What is there already ends it at once, held NAPIs, too.
    fn spin_until_work(&self, between: &mut Between, spin: Spin) -> Spun;

    /// Whether a livepatch transition waits for this thread.
    fn patch_pending(&self) -> bool;
    /// Moves this thread to the transition's target; its stack holds no patched function that it
    /// will ever return to.
    fn join_patch(&self, between: &mut Between);
}
