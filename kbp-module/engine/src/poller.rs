// SPDX-License-Identifier: GPL-2.0
//! The body of a poller thread, from taking its core to giving it back.
//!
//! Between two cycles the thread's stack holds no guard and no patched function that it will
//! return to. All stopping, yielding and sleeping happens there and nowhere else; the
//! [`Between`] that those acts want exists only there.

use super::{
    run_cycle, Between, Budget, Company, CoreState, CycleReport, Gap, Housekeeping, IdlePolicy,
    IdleSpin, IrqMode, Ledger, Orders, Platform, Policy, Wanted, Window, Woken, YieldReason,
};

/// Time between two looks at a pending livepatch transition.
const PATCH_NAP_NS: u64 = 1_000_000;
/// Naps after which a poller joins a transition that has not moved it: on kernels before 6.16 a
/// transition finds a thread asleep only by chance.
const PATCH_NAPS: u32 = 20;
/// Time between two tries of the hooks, while serving and while waiting for them.
const TRY_HOOKS_NS: u64 = 250_000_000;
/// Longest time without a look at why the core is yielded; control ends it earlier.
const YIELD_NAP_NS: u64 = 100_000_000;
/// Longest time that NAPIs are held in one piece. `napi_synchronize()` and switching a NAPI's
/// threaded mode wait until it is not scheduled for once.
const HOLD_NS: u64 = 100_000_000;

/// How a poller's service ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Control wanted it. The state is left at [`CoreState::Draining`]: only who has seen the
    /// thread end may call the core off.
    Stopped,
    /// The core had been given to softirq from outside.
    Rescued,
}

/// Serves the calling thread's core until it is asked to stop, or the core is taken from it.
///
/// On return the core belongs to softirq again.
pub fn run<P: Platform, L: Ledger, O: Orders>(platform: &P, ledger: &L, orders: &O) -> End {
    let now_ns = platform.now_ns();
    let version = orders.version();
    let policy = orders.policy();
    ledger.policy(&policy);
    Poller {
        platform,
        ledger,
        orders,
        between: Between::of_this_thread(),
        version,
        policy,
        clock: Clock::starting_at(now_ns),
        housekeeping: Housekeeping::new(now_ns, policy.windows),
        idle: IdleSpin::new(longest_spin_ns(&policy)),
        hooks_gone: false,
        holds: false,
        ordinary: None,
    }
    .live()
}

/// Moments that matter, in monotonic nanoseconds.
struct Clock {
    /// When the list was last known to hold nothing unpolled.
    looked_ns: u64,
    /// The end of the last cycle.
    cycle_end_ns: u64,
    /// The last moment at which this thread was known to have the core.
    here_ns: u64,
    /// Windows and sleeps since the last cycle.
    away_ns: u64,
    hooks_tried_ns: u64,
    released_ns: u64,
}

impl Clock {
    fn starting_at(now_ns: u64) -> Self {
        Self {
            looked_ns: now_ns,
            cycle_end_ns: now_ns,
            here_ns: now_ns,
            away_ns: 0,
            hooks_tried_ns: now_ns,
            released_ns: now_ns,
        }
    }
}

struct Poller<'a, P, L, O> {
    platform: &'a P,
    ledger: &'a L,
    orders: &'a O,
    between: Between,
    version: u32,
    policy: Policy,
    clock: Clock,
    housekeeping: Housekeeping,
    idle: IdleSpin,
    hooks_gone: bool,
    /// NAPIs are held: their interrupts are off.
    holds: bool,
    /// This thread runs as an ordinary task for now.
    ordinary: Option<Ordinary>,
}

/// A time as an ordinary task.
#[derive(Clone, Copy)]
struct Ordinary {
    since_ns: u64,
    length_ns: u64,
}

/// What to do next.
enum Next {
    Serve,
    Yield(YieldReason),
    Stop,
}

impl<P: Platform, L: Ledger, O: Orders> Poller<'_, P, L, O> {
    fn live(mut self) -> End {
        self.hooks_gone = !self.platform.hooks_in_effect(&mut self.between);
        let mut serving = false;
        loop {
            match self.next() {
                Next::Serve => {
                    if !serving {
                        self.take_core();
                        serving = true;
                    }
                    if self.round() {
                        continue;
                    }
                    if self.orders.wanted(&mut self.between) != Wanted::Stop {
                        self.ledger.state(CoreState::Yielded, YieldReason::Rescue);
                        return End::Rescued;
                    }
                }
                Next::Yield(reason) => {
                    self.yield_core(reason);
                    serving = false;
                }
                Next::Stop => break,
            }
        }
        self.ledger.state(CoreState::Draining, YieldReason::None);
        self.platform.give_core(&mut self.between);
        End::Stopped
    }

    fn next(&mut self) -> Next {
        match self.orders.wanted(&mut self.between) {
            Wanted::Stop => Next::Stop,
            Wanted::Pause => Next::Yield(YieldReason::Suspend),
            Wanted::Serve if self.platform.patch_pending() => {
                Next::Yield(YieldReason::PatchPending)
            }
            Wanted::Serve if self.hooks_gone => Next::Yield(YieldReason::HooksGone),
            Wanted::Serve => Next::Serve,
        }
    }

    fn take_core(&mut self) {
        // Before, not after: what is scheduled from then on waits for the poller.
        let now_ns = self.platform.now_ns();
        self.platform.take_core(&mut self.between);
        self.ledger.state(CoreState::Polling, YieldReason::None);
        self.clock = Clock::starting_at(now_ns);
        self.housekeeping = Housekeeping::new(now_ns, self.policy.windows);
        self.holds = false;
    }

    /// One cycle and what follows it; false when the core was lost.
    fn round(&mut self) -> bool {
        self.follow_policy();
        if self.platform.must_reschedule() {
            self.platform.pass_scheduler(&mut self.between);
        }
        let now_ns = self.clock.here_ns;
        let hold_over = now_ns.saturating_sub(self.clock.released_ns) >= HOLD_NS;
        let hold = self.policy.irq == IrqMode::Masked && !hold_over;
        let Some(worked) = self.cycle(hold) else {
            return false;
        };
        let now_ns = self.clock.cycle_end_ns;
        self.report_quiescent(now_ns);
        if now_ns.saturating_sub(self.clock.hooks_tried_ns) >= TRY_HOOKS_NS {
            self.clock.hooks_tried_ns = now_ns;
            self.hooks_gone = !self.platform.hooks_in_effect(&mut self.between);
        }
        let window = if self.stays_ordinary(now_ns) {
            None
        } else {
            let platform = self.platform;
            self.housekeeping
                .window_due(now_ns, worked, || company(platform))
        };
        match window {
            Some(window) => self.window(window),
            None if worked => true,
            None => self.idle(now_ns),
        }
    }

    /// Whether there was work; `None` when the core was lost.
    fn cycle(&mut self, hold: bool) -> Option<bool> {
        let report = run_cycle(
            self.platform,
            self.ledger,
            &mut self.between,
            Budget::KERNEL,
            hold,
            self.clock.looked_ns,
        );
        if report.lost {
            return None;
        }
        let whole_ns = report.start_ns.saturating_sub(self.clock.cycle_end_ns);
        let gap = Gap {
            whole_ns,
            idle_ns: whole_ns.saturating_sub(self.clock.away_ns),
        };
        self.ledger.cycle(&report, gap);
        // Else it was the host that ran others, on the whole virtual CPU: those waiting got nothing.
        // An ordinary task's time is given as a whole.
        if report.preempted && self.ordinary.is_none() {
            self.housekeeping
                .core_was_taken(report.start_ns.saturating_sub(self.clock.here_ns));
        }
        self.clock.cycle_end_ns = report.end_ns;
        self.clock.here_ns = report.end_ns;
        self.clock.away_ns = 0;
        if !report.squeezed {
            self.clock.looked_ns = report.start_ns;
        }
        self.account_holds(&report, hold);
        Some(report.worked)
    }

    /// NAPIs that the budget left for another cycle are held on if they were, so only a cycle that
    /// came through has let go of all.
    fn account_holds(&mut self, report: &CycleReport, hold: bool) {
        let held = self.holds;
        self.holds = report.holds || (held && report.squeezed);
        if hold || report.squeezed {
            return;
        }
        self.clock.released_ns = report.end_ns;
        if held {
            self.ledger.released();
        }
    }

    fn report_quiescent(&mut self, now_ns: u64) {
        if self.housekeeping.quiescent_due(now_ns) {
            self.platform.quiescent_state(&mut self.between);
            self.ledger.quiescent_state();
        }
    }

    fn follow_policy(&mut self) {
        let version = self.orders.version();
        if version == self.version {
            return;
        }
        self.version = version;
        self.policy = self.orders.policy();
        self.housekeeping.set_windows(self.policy.windows);
        self.idle = IdleSpin::new(longest_spin_ns(&self.policy));
        self.ledger.policy(&self.policy);
    }

    /// Whether this thread goes on as an ordinary task. It does not when its time is over, nor when
    /// a task waits: that one would get the core, packets or not.
    fn stays_ordinary(&mut self, now_ns: u64) -> bool {
        let Some(ordinary) = self.ordinary else {
            return false;
        };
        let for_ns = now_ns.saturating_sub(ordinary.since_ns);
        let waits = self.platform.others_waiting();
        if !waits && for_ns < ordinary.length_ns {
            return true;
        }
        self.be_as_wanted();
        self.housekeeping.paid(now_ns, for_ns, waits);
        false
    }

    fn be_as_wanted(&mut self) {
        if self.ordinary.take().is_some() {
            self.platform.be_as_wanted(&mut self.between);
        }
    }

    /// Lets go of the core as `window` says; softirq does not take it meanwhile. False when the
    /// core was lost.
    fn window(&mut self, window: Window) -> bool {
        let (away_ns, woken) = match window {
            Window::Visit => {
                let left_ns = self.platform.now_ns();
                self.platform.pass_scheduler(&mut self.between);
                self.window_over(left_ns);
                return true;
            }
            Window::Ordinary(length_ns) => {
                self.ordinary = Some(Ordinary {
                    since_ns: self.platform.now_ns(),
                    length_ns,
                });
                self.platform.be_ordinary(&mut self.between);
                return true;
            }
            Window::Firm(ns) => self.leave(|platform, between| {
                platform.sleep_firmly(between, ns);
                Woken::ByTimer
            }),
            Window::Polite(limit_ns) => {
                // Work instead of a window; it is owed still.
                if let Some(goes_on) = self.let_go() {
                    return goes_on;
                }
                self.leave(|platform, between| platform.sleep_until_work(between, limit_ns))
            }
        };
        self.ledger.window(away_ns, woken);
        self.ledger.state(CoreState::Polling, YieldReason::None);
        true
    }

    /// Sleeps as `sleep` does: for how long, and how it ended.
    fn leave(&mut self, sleep: impl FnOnce(&P, &mut Between) -> Woken) -> (u64, Woken) {
        self.ledger.state(CoreState::Sleeping, YieldReason::None);
        let left_ns = self.platform.now_ns();
        let woken = sleep(self.platform, &mut self.between);
        (self.window_over(left_ns), woken)
    }

    /// Nothing to do for the moment. False when the core was lost.
    fn idle(&mut self, now_ns: u64) -> bool {
        let idle_ns = now_ns.saturating_sub(self.housekeeping.last_work_ns());
        if self.policy.idle == IdlePolicy::Spin || !self.idle.sleep_due(idle_ns) {
            self.platform.relax();
            return true;
        }
        if let Some(goes_on) = self.let_go() {
            return goes_on;
        }
        let (away_ns, woken) = self.leave(|platform, between| {
            platform.sleep_until_work(between, IdleSpin::LONGEST_SLEEP_NS)
        });
        self.idle.slept(away_ns, woken);
        self.ledger.slept(away_ns, woken, self.idle.spin_ns());
        self.ledger.state(CoreState::Polling, YieldReason::None);
        true
    }

    /// Lets held NAPIs go, so that their interrupts can end a sleep. When there is no sleep now,
    /// because that brought work or the core was lost: what the round comes to.
    fn let_go(&mut self) -> Option<bool> {
        if !self.holds {
            return None;
        }
        match self.cycle(false) {
            None => Some(false),
            Some(true) => Some(true),
            Some(false) => None,
        }
    }

    /// Back after having left at `left_ns`; how long that was.
    fn window_over(&mut self, left_ns: u64) -> u64 {
        self.clock.here_ns = self.platform.now_ns();
        let away_ns = self.clock.here_ns.saturating_sub(left_ns);
        self.clock.away_ns += away_ns;
        let waits = self.platform.others_waiting();
        self.housekeeping
            .window_taken(self.clock.here_ns, away_ns, waits);
        away_ns
    }

    /// Gives the core to softirq until there is no reason to any more.
    fn yield_core(&mut self, mut reason: YieldReason) {
        self.be_as_wanted();
        let left_ns = self.platform.now_ns();
        self.platform.give_core(&mut self.between);
        self.ledger.state(CoreState::Yielded, reason);
        let mut naps = 0;
        loop {
            self.nap(reason, naps);
            naps = naps.saturating_add(1);
            match self.next_while_yielded() {
                Next::Yield(now) if now == reason => {}
                Next::Yield(now) => {
                    reason = now;
                    naps = 0;
                    self.ledger.state(CoreState::Yielded, reason);
                }
                Next::Serve | Next::Stop => break,
            }
        }
        let away_ns = self.platform.now_ns().saturating_sub(left_ns);
        self.ledger.yielded(away_ns);
    }

    /// Whatever the reason was, hooks may have come or gone: the core is taken only after a try.
    fn next_while_yielded(&mut self) -> Next {
        self.hooks_gone = false;
        match self.next() {
            Next::Serve => {
                self.hooks_gone = !self.platform.hooks_in_effect(&mut self.between);
                if self.hooks_gone {
                    Next::Yield(YieldReason::HooksGone)
                } else {
                    Next::Serve
                }
            }
            next => next,
        }
    }

    /// A real sleep while yielded: the end of a livepatch transition needs a kworker on this core.
    fn nap(&mut self, reason: YieldReason, naps: u32) {
        if reason == YieldReason::PatchPending {
            if naps >= PATCH_NAPS {
                self.platform.join_patch(&mut self.between);
            }
            self.platform.sleep_firmly(&mut self.between, PATCH_NAP_NS);
        } else {
            self.platform.sleep_firmly(&mut self.between, YIELD_NAP_NS);
        }
    }
}

fn company<P: Platform>(platform: &P) -> Company {
    if platform.others_waiting() {
        Company::Task
    } else if platform.is_rationed() {
        Company::Ration
    } else {
        Company::None
    }
}

fn longest_spin_ns(policy: &Policy) -> u64 {
    match policy.idle {
        IdlePolicy::Adaptive { spin_ns } => spin_ns,
        IdlePolicy::Spin => 0,
    }
}
