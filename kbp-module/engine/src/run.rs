// SPDX-License-Identifier: GPL-2.0
//! The body of a poller thread, from taking its core to giving it back.
//!
//! Between two cycles the thread's stack holds no guard and no patched function that it will
//! return to. All stopping, yielding and sleeping happens there and nowhere else; the
//! [`Between`](super::guard::Between) that those acts want exists only there.

use super::ledger::Ledger;
use super::life::{CoreState, YieldReason};
use super::orders::{Order, Orders};
use super::platform::Platform;
use super::poller::Poller;
use super::yielding::Next;

/// Time between two tries of the hooks while serving.
const TRY_HOOKS_NS: u64 = 250_000_000;

/// Serves the calling thread's core until it is asked to stop.
///
/// On return the core belongs to softirq again. The state is left at [`CoreState::Draining`]: only
/// who has seen the thread end may call the core off.
pub fn run<P: Platform, L: Ledger, O: Orders>(platform: &P, ledger: &L, orders: &O) {
    Poller::new(platform, ledger, orders).live();
}

impl<P: Platform, L: Ledger, O: Orders> Poller<'_, P, L, O> {
    fn live(mut self) {
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
                    serving = false;
                    if self.orders.current(&mut self.between) != Order::Stop {
                        self.was_rescued();
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
    }

    fn take_core(&mut self) {
        // Before, not after: what is scheduled from then on waits for the poller.
        let now_ns = self.platform.now_ns();
        self.platform.take_core(&mut self.between);
        self.ledger.state(CoreState::Polling, YieldReason::None);
        self.rescue_is_over(now_ns);
        self.begin(now_ns);
    }

    /// One cycle and what follows it; false when the core was lost.
    fn round(&mut self) -> bool {
        self.follow_policy();
        self.spin();
        if self.platform.must_reschedule() {
            self.platform.pass_scheduler(&mut self.between);
        }
        let Some(worked) = self.cycle(self.may_hold()) else {
            return false;
        };
        let now_ns = self.clock.cycle_end_ns;
        self.report_quiescent(now_ns);
        self.try_hooks(now_ns);
        match self.window_due(now_ns, worked) {
            Some(window) => self.window(window),
            // Enough of a turn for a reserve: softirq may do the rest.
            None if worked && self.is_reserve() && self.platform.others_waiting() => self.sleep(),
            None if worked => true,
            None => self.idle(now_ns),
        }
    }

    fn report_quiescent(&mut self, now_ns: u64) {
        if self.housekeeping.quiescent_due(now_ns) {
            self.platform.quiescent_state(&mut self.between);
            self.ledger.quiescent_state();
        }
    }

    fn try_hooks(&mut self, now_ns: u64) {
        if now_ns.saturating_sub(self.clock.hooks_tried_ns) >= TRY_HOOKS_NS {
            self.clock.hooks_tried_ns = now_ns;
            self.hooks_gone = !self.platform.hooks_in_effect(&mut self.between);
        }
    }
}
