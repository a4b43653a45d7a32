// SPDX-License-Identifier: GPL-2.0
//! A poller: what it knows, and one cycle of it.
//!
//! What else it does stands in a file each: [`super::spin`] (staying without work),
//! [`super::window`] (leaving the core for a while),
//! [`super::yielding`] (giving the core back) and [`super::run()`] (what to do when).

use super::cycle::run_cycle;
use super::guard::Between;
use super::housekeeping::Housekeeping;
use super::idle::IdleSpin;
use super::ledger::{CycleReport, Gap, Ledger};
use super::orders::Orders;
use super::pass::Pass;
use super::platform::Platform;
use super::policy::{IrqMode, Policy};
use super::rescues::Rescues;

/// Longest time that NAPIs are held in one piece. `napi_synchronize()` and switching a NAPI's
/// threaded mode wait until it is not scheduled for once.
const HOLD_NS: u64 = 100_000_000;

/// All that a poller knows.
pub(super) struct Poller<'a, P, L, O> {
    pub(super) platform: &'a P,
    pub(super) ledger: &'a L,
    pub(super) orders: &'a O,
    pub(super) between: Between,
    version: u32,
    pub(super) policy: Policy,
    pub(super) clock: Clock,
    pub(super) housekeeping: Housekeeping,
    pub(super) idle: IdleSpin,
    pub(super) hooks_gone: bool,
    pass: Pass,
    /// The last cycle found nothing, and the poller stays.
    pub(super) spins: bool,
    /// NAPIs are held: their interrupts are off.
    holds: bool,
    /// This thread runs as an ordinary task for now.
    pub(super) ordinary: Option<Ordinary>,
    pub(super) rescues: Rescues,
}

/// Moments that matter, in monotonic nanoseconds.
pub(super) struct Clock {
    /// When the list was last known to hold nothing unpolled.
    pub(super) all_polled_ns: u64,
    /// The end of the last cycle.
    pub(super) cycle_end_ns: u64,
    /// The last look at the list, of a cycle or a spin.
    pub(super) looked_ns: u64,
    /// Longest time between two looks of the last spin.
    pub(super) longest_blind_ns: u64,
    /// The last moment at which this thread was known to have the core.
    pub(super) here_ns: u64,
    /// Windows and sleeps since the last cycle.
    pub(super) away_ns: u64,
    pub(super) hooks_tried_ns: u64,
    released_ns: u64,
}

impl Clock {
    fn starting_at(now_ns: u64) -> Self {
        Self {
            all_polled_ns: now_ns,
            cycle_end_ns: now_ns,
            looked_ns: now_ns,
            longest_blind_ns: 0,
            here_ns: now_ns,
            away_ns: 0,
            hooks_tried_ns: now_ns,
            released_ns: now_ns,
        }
    }
}

/// A time as an ordinary task.
#[derive(Clone, Copy)]
pub(super) struct Ordinary {
    pub(super) since_ns: u64,
    pub(super) length_ns: u64,
}

impl<'a, P: Platform, L: Ledger, O: Orders> Poller<'a, P, L, O> {
    /// A poller that has not taken its core yet.
    pub(super) fn new(platform: &'a P, ledger: &'a L, orders: &'a O) -> Self {
        let now_ns = platform.now_ns();
        let version = orders.version();
        let policy = orders.policy();
        ledger.policy(&policy);
        Self {
            platform,
            ledger,
            orders,
            between: Between::of_this_thread(),
            version,
            policy,
            clock: Clock::starting_at(now_ns),
            housekeeping: Housekeeping::new(now_ns, policy.windows),
            idle: IdleSpin::new(policy.idle.longest_spin_ns()),
            hooks_gone: false,
            pass: Pass::default(),
            spins: false,
            holds: false,
            ordinary: None,
            rescues: Rescues::default(),
        }
    }

    /// Forgets what it knew before it took the core, which was at `now_ns`.
    pub(super) fn begin(&mut self, now_ns: u64) {
        self.clock = Clock::starting_at(now_ns);
        self.housekeeping = Housekeeping::new(now_ns, self.policy.windows);
        self.pass = Pass::default();
        self.spins = false;
        self.holds = false;
    }

    pub(super) fn follow_policy(&mut self) {
        let version = self.orders.version();
        if version == self.version {
            return;
        }
        self.version = version;
        self.policy = self.orders.policy();
        self.housekeeping.set_windows(self.policy.windows);
        self.idle = IdleSpin::new(self.policy.idle.longest_spin_ns());
        self.ledger.policy(&self.policy);
    }

    /// Whether the next cycle is to hold NAPIs.
    pub(super) fn may_hold(&self) -> bool {
        let since_ns = self.clock.here_ns.saturating_sub(self.clock.released_ns);
        self.policy.irq == IrqMode::Masked && since_ns < HOLD_NS
    }

    /// One cycle: whether there was work; `None` when the core was lost.
    pub(super) fn cycle(&mut self, hold: bool) -> Option<bool> {
        let report = run_cycle(
            self.platform,
            self.ledger,
            &mut self.between,
            hold,
            self.clock.all_polled_ns,
        );
        if report.lost {
            return None;
        }
        let whole_ns = report.start_ns.saturating_sub(self.clock.cycle_end_ns);
        let blind_ns = report.start_ns.saturating_sub(self.clock.looked_ns);
        let gap = Gap {
            blind_ns: blind_ns.max(self.clock.longest_blind_ns),
            idle_ns: whole_ns.saturating_sub(self.clock.away_ns),
        };
        self.ledger.cycle(&report, gap);
        // Without a preemption it was the host that ran others, on the whole virtual CPU: tasks
        // that wait here got nothing. The time of an ordinary task is paid as a whole.
        if report.preempted && self.ordinary.is_none() {
            self.housekeeping
                .core_was_taken(report.start_ns.saturating_sub(self.clock.here_ns));
        }
        self.clock.cycle_end_ns = report.end_ns;
        self.clock.looked_ns = report.end_ns;
        self.clock.longest_blind_ns = 0;
        self.clock.here_ns = report.end_ns;
        self.clock.away_ns = 0;
        self.account_pass(&report, hold);
        Some(report.worked)
    }

    /// NAPIs that the budget left for another cycle stay held if they were, so only a pass has let go
    /// of all.
    fn account_pass(&mut self, report: &CycleReport, hold: bool) {
        let held = self.holds;
        self.holds = report.holds || (held && report.squeezed());
        let Some(pass) = self.pass.follow(report, hold) else {
            return;
        };
        self.clock.all_polled_ns = pass.began_ns;
        if pass.may_hold {
            return;
        }
        self.holds = false;
        self.clock.released_ns = report.end_ns;
        if held {
            self.ledger.released();
        }
    }

    /// Softirq has served the list meanwhile: nothing that was left over or held there is any more.
    pub(super) fn forget_list(&mut self) {
        self.pass = Pass::default();
        self.clock.released_ns = self.clock.here_ns;
        if core::mem::take(&mut self.holds) {
            self.ledger.released();
        }
    }

    /// Lets go of held NAPIs, so that their interrupts can end a sleep. `None` when the sleep may
    /// begin; otherwise there was work (true) or the core was lost (false).
    pub(super) fn let_go(&mut self) -> Option<bool> {
        if !self.holds {
            return None;
        }
        match self.cycle(false) {
            None => Some(false),
            Some(true) => Some(true),
            Some(false) => None,
        }
    }
}
