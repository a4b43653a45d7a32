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
use super::policy::Retry;
use super::poller::Poller;

/// A poller that comes round this soon after its rescue was not kept away, or is not any more.
const SOON_NS: u64 = 100_000_000;
/// Shortest time between two rescues that are undone at once. A task that keeps the poller away
/// again and again delays packets by one rescue time in this time, and by no more.
const SPARED_NS: u64 = 10_000_000_000;

/// What a poller remembers of its rescues.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rescues {
    /// When one was last undone at once.
    undone_ns: Option<u64>,
    /// How many there were, each within [`Retry::LONGEST_NS`] after the end of the one before.
    in_a_row: u32,
    /// When the last one ended.
    ended_ns: Option<u64>,
    /// The one that has not ended.
    now: Option<Rescue>,
}

/// A rescue, until the poller has the core again.
#[derive(Clone, Copy, Debug)]
struct Rescue {
    at_ns: u64,
    /// Nothing keeps the poller away.
    was_wrong: bool,
}

impl Rescues {
    /// The core was rescued, `known_ns` says when if somebody knows, and the poller, which was last
    /// there at `here_ns`, has come round.
    fn begin(&mut self, known_ns: Option<u64>, here_ns: u64, now_ns: u64) {
        let at_ns = known_ns.unwrap_or(now_ns);
        let calm = |ended_ns| here_ns.saturating_sub(ended_ns) >= Retry::LONGEST_NS;
        if self.ended_ns.is_some_and(calm) {
            self.in_a_row = 0;
        }
        let soon = known_ns.is_some() && now_ns.saturating_sub(at_ns) <= SOON_NS;
        let spared = |undone_ns| now_ns.saturating_sub(undone_ns) >= SPARED_NS;
        let was_wrong = soon && self.undone_ns.is_none_or(spared);
        if was_wrong {
            self.undone_ns = Some(now_ns);
        } else {
            self.in_a_row = self.in_a_row.saturating_add(1);
        }
        self.now = Some(Rescue { at_ns, was_wrong });
    }

    /// When the core is taken again after `rescue`; `None`: never by itself.
    fn retry_ns(&self, rescue: Rescue, retry: Retry) -> Option<u64> {
        if rescue.was_wrong {
            return Some(rescue.at_ns);
        }
        let wait_ns = retry.wait_ns(self.in_a_row)?;
        Some(rescue.at_ns.saturating_add(wait_ns))
    }

    /// The core is taken, again if it was rescued: when that was.
    fn end(&mut self, now_ns: u64) -> Option<u64> {
        let at_ns = self.now.take()?.at_ns;
        self.ended_ns = Some(now_ns);
        Some(at_ns)
    }
}

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
