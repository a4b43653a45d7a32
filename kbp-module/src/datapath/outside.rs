// SPDX-License-Identifier: GPL-2.0
//! What others than a core's thread keep in the core's entry.

use super::counter::Counter;
use crate::engine::Watch;

/// Counters of control and the watch: each has one writer, under the control lock or the watch.
pub(crate) struct OutsideCounters {
    yields_offline: Counter,
    rescues: Counter,
}

impl OutsideCounters {
    /// The core's poller has ended because the core goes offline. Written by control.
    pub(crate) fn count_offline(&self) {
        self.yields_offline.add(1);
    }

    /// The core was taken from its poller. Written by the watch.
    pub(crate) fn count_rescue(&self) {
        self.rescues.add(1);
    }

    pub(super) fn yields_offline(&self) -> u64 {
        self.yields_offline.get()
    }

    pub(super) fn rescues(&self) -> u64 {
        self.rescues.get()
    }
}

/// What the watch remembers of the core; written by the watch alone.
pub(crate) struct WatchMemory {
    beat: Counter,
    since_ns: Counter,
    rescue_ns: Counter,
}

impl WatchMemory {
    /// Runs `check` on what the last check left, and keeps what this one leaves.
    pub(crate) fn with<R>(&self, check: impl FnOnce(&mut Watch) -> R) -> R {
        let mut watch = Watch {
            beat: self.beat.get(),
            since_ns: self.since_ns.get(),
        };
        let result = check(&mut watch);
        self.beat.set(watch.beat);
        self.since_ns.set(watch.since_ns);
        result
    }

    /// Whether a rescue at `at_ns` is news; it is not from then on.
    pub(crate) fn is_news(&self, at_ns: u64) -> bool {
        let news = at_ns != self.rescue_ns.get();
        self.rescue_ns.set(at_ns);
        news
    }
}
