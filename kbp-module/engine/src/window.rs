// SPDX-License-Identifier: GPL-2.0
//! Leaving the core for a while without giving it to softirq: housekeeping windows and adaptive
//! sleeps. What is scheduled meanwhile waits for the poller.

use super::guard::Between;
use super::housekeeping::{Demand, Housekeeping, Window};
use super::idle::IdleSpin;
use super::ledger::Ledger;
use super::life::{CoreState, YieldReason};
use super::orders::Orders;
use super::platform::{Platform, Woken};
use super::policy::{Away, IdlePolicy};
use super::poller::{Ordinary, Poller};

impl<P: Platform, L: Ledger, O: Orders> Poller<'_, P, L, O> {
    /// The window that is due at `now_ns`, after a cycle that `worked` or found nothing.
    pub(super) fn window_due(&mut self, now_ns: u64, worked: bool) -> Option<Window> {
        if self.stays_ordinary(now_ns) {
            return None;
        }
        let platform = self.platform;
        self.housekeeping
            .window_due(now_ns, worked, || demand(platform))
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

    /// Ends a time as an ordinary task.
    pub(super) fn be_as_wanted(&mut self) {
        if self.ordinary.take().is_some() {
            self.platform.be_as_wanted(&mut self.between);
        }
    }

    /// Leaves the core as `window` says. False when the core was lost.
    pub(super) fn window(&mut self, window: Window) -> bool {
        let (away_ns, woken) = match window {
            Window::Visit => {
                let left_ns = self.platform.now_ns();
                self.platform.pass_scheduler(&mut self.between);
                self.account_absence(left_ns);
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
            Window::Firm(ns) => {
                let piece_ns = self.policy.windows.length_ns * Housekeeping::LONGEST_FIRM;
                self.leave(|platform, between| {
                    rest_firmly(platform, between, ns, piece_ns);
                    Woken::ByTimer
                })
            }
            Window::Polite(limit_ns) => {
                // Work instead of a window, which is still owed.
                if let Some(goes_on) = self.stays_for_held() {
                    return goes_on;
                }
                // Nobody gains by a poller that comes back before it is called.
                let limit_ns = match self.is_reserve() {
                    true => IdleSpin::LONGEST_SLEEP_NS,
                    false => limit_ns,
                };
                self.rest(limit_ns)
            }
        };
        self.ledger.window(away_ns, woken);
        self.ledger.state(CoreState::Polling, YieldReason::None);
        true
    }

    /// Nothing was found: spins before the next cycle, or sleeps when it is time to. False when the
    /// core was lost.
    pub(super) fn idle(&mut self, now_ns: u64) -> bool {
        self.spins = !self.sleep_due(now_ns);
        self.spins || self.sleep()
    }

    /// An adaptive sleep. False when the core was lost.
    pub(super) fn sleep(&mut self) -> bool {
        if let Some(goes_on) = self.stays_for_held() {
            return goes_on;
        }
        let (away_ns, woken) = self.rest(IdleSpin::LONGEST_SLEEP_NS);
        self.idle.slept(away_ns, woken);
        self.ledger.slept(away_ns, woken, self.idle.spin_ns());
        self.ledger.state(CoreState::Polling, YieldReason::None);
        true
    }

    /// Whether the poller, which found nothing to do, falls asleep now. As a reserve it leaves at once
    /// what a waiting task can use.
    fn sleep_due(&self, now_ns: u64) -> bool {
        self.policy.idle != IdlePolicy::Spin
            && (self.idle.sleep_due(self.idle_ns(now_ns))
                || (self.is_reserve() && self.platform.others_waiting()))
    }

    /// How long there has been nothing to do.
    pub(super) fn idle_ns(&self, now_ns: u64) -> u64 {
        now_ns.saturating_sub(self.housekeeping.last_work_ns())
    }

    /// Whether the poller serves only while softirq does not get through.
    pub(super) fn is_reserve(&self) -> bool {
        self.policy.away == Away::Softirq && self.policy.idle != IdlePolicy::Spin
    }

    /// Lets go of what is held before the poller leaves. `Some`: it does not, because there was work
    /// (true), which is not softirq's, or the core was lost (false).
    fn stays_for_held(&mut self) -> Option<bool> {
        match self.let_go() {
            Some(true) if self.policy.away == Away::Softirq => None,
            stays => stays,
        }
    }

    /// Leaves the core until there is work for the poller, but for no longer than `limit_ns`.
    fn rest(&mut self, limit_ns: u64) -> (u64, Woken) {
        match self.policy.away {
            Away::Thread => {
                self.leave(|platform, between| platform.sleep_until_work(between, limit_ns))
            }
            Away::Softirq => self.rest_behind_softirq(limit_ns),
        }
    }

    /// The same while softirq serves. What it takes at once is not the waiting task's time: the
    /// absence begins after that.
    fn rest_behind_softirq(&mut self, limit_ns: u64) -> (u64, Woken) {
        self.ledger.state(CoreState::Sleeping, YieldReason::None);
        if !self.platform.post_sentry(&mut self.between) {
            return (0, Woken::ByWork);
        }
        let left = self.be_away(|platform, between| platform.stand_sentry(between, limit_ns));
        self.forget_list();
        left
    }

    /// Sleeps as `sleep` does: for how long, and how it ended.
    fn leave(&mut self, sleep: impl FnOnce(&P, &mut Between) -> Woken) -> (u64, Woken) {
        self.ledger.state(CoreState::Sleeping, YieldReason::None);
        self.be_away(sleep)
    }

    fn be_away(&mut self, sleep: impl FnOnce(&P, &mut Between) -> Woken) -> (u64, Woken) {
        let left_ns = self.platform.now_ns();
        let woken = sleep(self.platform, &mut self.between);
        (self.account_absence(left_ns), woken)
    }

    /// The thread is back after it left its core at `left_ns`; how long that was.
    fn account_absence(&mut self, left_ns: u64) -> u64 {
        self.clock.here_ns = self.platform.now_ns();
        let away_ns = self.clock.here_ns.saturating_sub(left_ns);
        self.clock.away_ns += away_ns;
        let waits = self.platform.others_waiting();
        self.housekeeping
            .window_taken(self.clock.here_ns, away_ns, waits);
        away_ns
    }
}

/// Sleeps for `ns`, but looks now and then whether those are still there for whom it does. A piece
/// that is over before its time was ended by control, and so is the whole.
fn rest_firmly<P: Platform>(platform: &P, between: &mut Between, ns: u64, piece_ns: u64) {
    let mut now_ns = platform.now_ns();
    let until_ns = now_ns.saturating_add(ns);
    while now_ns < until_ns {
        let end_ns = until_ns.min(now_ns.saturating_add(piece_ns));
        platform.sleep_firmly(between, end_ns - now_ns);
        now_ns = platform.now_ns();
        if now_ns < end_ns || !platform.others_waiting() {
            return;
        }
    }
}

fn demand<P: Platform>(platform: &P) -> Demand {
    if platform.others_waiting() {
        Demand::Task
    } else if platform.is_rationed() {
        Demand::Ration
    } else {
        Demand::None
    }
}
