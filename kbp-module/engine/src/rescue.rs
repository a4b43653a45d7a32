// SPDX-License-Identifier: GPL-2.0
//! When a core that was rescued is taken again.
//!
//! A host that stops a virtual CPU again and again can make a poller look dead: at each look of the
//! core somebody else has it, and of the time in between nobody can tell how much there was. Who was
//! really kept away does not come round just because softirq got the core. So a poller that comes
//! round at once takes its core back at once; any other waits, longer after each rescue.

use super::ledger::Ledger;
use super::life::YieldReason;
use super::orders::Orders;
use super::platform::Platform;
use super::poller::Poller;

impl<P: Platform, L: Ledger, O: Orders> Poller<'_, P, L, O> {
    /// The core was taken from outside, and not by control: leaves it to softirq until it may be
    /// taken again.
    pub(super) fn was_rescued(&mut self) {
        self.be_as_wanted();
        let now_ns = self.platform.now_ns();
        let known_ns = self.platform.rescued_ns();
        self.rescues.begin(known_ns, self.clock.here_ns, now_ns);
        self.tell_retry();
        self.stay_away(YieldReason::Rescue, now_ns);
    }

    /// How long the core stays with softirq because of a rescue; `None`: no longer, or there was
    /// none.
    pub(super) fn rescue_lasts_ns(&self) -> Option<u64> {
        let rescue = self.rescues.now?;
        let Some(retry_ns) = self.rescues.retry_ns(rescue, self.policy.retry) else {
            return Some(u64::MAX);
        };
        let left_ns = retry_ns.saturating_sub(self.platform.now_ns());
        (left_ns > 0).then_some(left_ns)
    }

    /// Tells when the core is taken again.
    pub(super) fn tell_retry(&self) {
        if let Some(rescue) = self.rescues.now {
            let retry_ns = self.rescues.retry_ns(rescue, self.policy.retry);
            self.ledger.waits_to_retry(retry_ns);
        }
    }

    /// The core was taken at `now_ns`.
    pub(super) fn rescue_is_over(&mut self, now_ns: u64) {
        if let Some(at_ns) = self.rescues.end(now_ns) {
            self.ledger.retried(now_ns.saturating_sub(at_ns));
        }
    }
}
