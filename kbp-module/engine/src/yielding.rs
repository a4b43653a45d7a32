// SPDX-License-Identifier: GPL-2.0
//! Giving the core to softirq until there is no reason to any more.

use super::ledger::Ledger;
use super::life::{CoreState, YieldReason};
use super::orders::{Order, Orders};
use super::platform::Platform;
use super::poller::Poller;

/// Time between two checks for a pending livepatch transition.
const PATCH_NAP_NS: u64 = 1_000_000;
/// Naps after which a poller joins a transition that has not moved it: on kernels before 6.16 a
/// transition finds a thread asleep only by chance.
const PATCH_NAPS: u32 = 20;
/// Longest time between two checks of why the core is yielded; control ends it earlier.
const YIELD_NAP_NS: u64 = 100_000_000;

/// What to do next.
pub(super) enum Next {
    Serve,
    Yield(YieldReason),
    Stop,
}

impl<P: Platform, L: Ledger, O: Orders> Poller<'_, P, L, O> {
    pub(super) fn next(&mut self) -> Next {
        match self.orders.current(&mut self.between) {
            Order::Stop => Next::Stop,
            Order::Pause => Next::Yield(YieldReason::Suspend),
            Order::Serve if self.platform.patch_pending() => Next::Yield(YieldReason::PatchPending),
            Order::Serve if self.hooks_gone => Next::Yield(YieldReason::HooksGone),
            Order::Serve if self.rescue_lasts_ns().is_some() => Next::Yield(YieldReason::Rescue),
            Order::Serve => Next::Serve,
        }
    }

    /// Gives the core to softirq until there is no reason to any more.
    pub(super) fn yield_core(&mut self, reason: YieldReason) {
        self.be_as_wanted();
        let left_ns = self.platform.now_ns();
        self.platform.give_core(&mut self.between);
        self.stay_away(reason, left_ns);
    }

    /// Leaves the core to softirq, which has it from `left_ns` on, until there is no reason to any
    /// more.
    pub(super) fn stay_away(&mut self, mut reason: YieldReason, left_ns: u64) {
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
        self.follow_policy();
        self.tell_retry();
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
        let ns = match reason {
            YieldReason::PatchPending => {
                if naps >= PATCH_NAPS {
                    self.platform.join_patch(&mut self.between);
                }
                PATCH_NAP_NS
            }
            YieldReason::Rescue => self.rescue_lasts_ns().unwrap_or(0).min(YIELD_NAP_NS),
            _ => YIELD_NAP_NS,
        };
        if ns > 0 {
            self.platform.sleep_firmly(&mut self.between, ns);
        }
    }
}
