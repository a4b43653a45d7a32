// SPDX-License-Identifier: GPL-2.0
//! A rescue that was wrong is undone at once.
//!
//! A host that stops a virtual CPU again and again can make a poller look dead: at each look of the
//! core somebody else has it, and of the time in between nobody can tell how much there was. Who was
//! really kept away does not come round just because softirq got the core.

use super::ledger::Ledger;
use super::orders::Orders;
use super::platform::Platform;
use super::poller::Poller;

/// A poller that comes round this soon after its rescue was not kept away, or is not any more.
const SOON_NS: u64 = 100_000_000;
/// Shortest time between two rescues that are undone. A task that keeps the poller away again and
/// again delays packets by one rescue time in this time, and by no more.
const SPARED_NS: u64 = 10_000_000_000;

impl<P: Platform, L: Ledger, O: Orders> Poller<'_, P, L, O> {
    /// The core was taken from outside, and not by control: whether the poller may take it again.
    pub(super) fn was_rescued_wrongly(&mut self) -> bool {
        let now_ns = self.platform.now_ns();
        let Some(rescued_ns) = self.platform.rescued_ns() else {
            return false;
        };
        let spared = self
            .undone_ns
            .is_none_or(|undone_ns| now_ns.saturating_sub(undone_ns) >= SPARED_NS);
        let away_ns = now_ns.saturating_sub(rescued_ns);
        let wrong = spared && away_ns <= SOON_NS;
        if wrong {
            self.undone_ns = Some(now_ns);
            self.ledger.rescue_undone(away_ns);
        }
        wrong
    }
}
