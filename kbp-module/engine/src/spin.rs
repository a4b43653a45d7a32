// SPDX-License-Identifier: GPL-2.0
//! Staying on the core without work: a look at the list, again and again, between two cycles.

use super::ledger::Ledger;
use super::orders::Orders;
use super::platform::{Platform, Spin};
use super::policy::IdlePolicy;
use super::poller::Poller;

/// Longest spin between two cycles.
const SPIN_NS: u64 = 50_000;

impl<P: Platform, L: Ledger, O: Orders> Poller<'_, P, L, O> {
    /// Waits for a moment for something to do, if the last cycle found nothing. A packet that comes
    /// during a cycle waits for its end; one that comes here is polled next.
    pub(super) fn spin(&mut self) {
        if !core::mem::take(&mut self.spins) {
            return;
        }
        let now_ns = self.clock.cycle_end_ns;
        let longest_ns = match self.policy.idle {
            IdlePolicy::Spin => SPIN_NS,
            IdlePolicy::Adaptive { .. } => {
                let left_ns = self.idle.spin_ns().saturating_sub(self.idle_ns(now_ns));
                SPIN_NS.min(left_ns)
            }
        };
        let spin = Spin {
            now_ns,
            limit_ns: self.housekeeping.next_check_ns(now_ns, longest_ns),
            // Those leave the core to whoever waits at once.
            beside_tasks: self.ordinary.is_none() && !self.is_reserve(),
        };
        let spun = self.platform.spin_until_work(&mut self.between, spin);
        if let Some(empty_ns) = spun.empty_ns {
            self.clock.all_polled_ns = self.clock.all_polled_ns.max(empty_ns);
        }
        self.clock.looked_ns = self.clock.looked_ns.max(spun.end_ns);
        self.clock.longest_blind_ns = spun.longest_ns;
        self.ledger.spun(&spun);
    }
}
