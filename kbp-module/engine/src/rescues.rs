// SPDX-License-Identifier: GPL-2.0
//! What a poller remembers of its rescues, and when it takes its core again.

use super::policy::Retry;

/// A poller that comes round this soon after its rescue was not kept away, or is not any more.
const SOON_NS: u64 = 100_000_000;
/// Shortest time between two rescues that are undone at once: a task that keeps the poller away
/// again and again has not more than two rescue times in it.
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
    pub(super) now: Option<Rescue>,
}

/// A rescue, until the poller has the core again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rescue {
    at_ns: u64,
    /// Nothing keeps the poller away.
    was_wrong: bool,
}

impl Rescues {
    /// The core was rescued, `known_ns` says when if somebody knows, and the poller, which was last
    /// there at `here_ns`, has come round.
    pub(super) fn begin(&mut self, known_ns: Option<u64>, here_ns: u64, now_ns: u64) {
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
    pub(super) fn retry_ns(&self, rescue: Rescue, retry: Retry) -> Option<u64> {
        if rescue.was_wrong {
            return Some(rescue.at_ns);
        }
        let wait_ns = retry.wait_ns(self.in_a_row)?;
        Some(rescue.at_ns.saturating_add(wait_ns))
    }

    /// The core is taken, again if it was rescued: when that was.
    pub(super) fn end(&mut self, now_ns: u64) -> Option<u64> {
        let at_ns = self.now.take()?.at_ns;
        self.ended_ns = Some(now_ns);
        Some(at_ns)
    }
}
