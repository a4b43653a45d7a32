// SPDX-License-Identifier: GPL-2.0
//! When a poller is suspected of not running.
//!
//! The watch runs on another core. What it sees may be the fault of a host that runs the guest's
//! cores unevenly, so it only suspects; the suspected core itself, in an interrupt, says whether
//! it has run for a while without its poller (`kbp_gate_suspect()` in the shim).

/// What the watch remembers of one core. All zeroes is a core never checked since its poller has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// The last beat seen.
    pub beat: u64,
    /// Since when it has not changed, or nothing has waited; 0: not looked at yet.
    pub since_ns: u64,
}

impl Watch {
    /// Checks in one rescue time.
    pub const CHECKS: u64 = 4;

    /// A check at `now_ns`: the poller has begun `beat` cycles, and packets wait or not. Whether it
    /// is to be suspected of being away for `limit_ns`: it has been for half of that, and the
    /// core will have to see the other half.
    pub fn suspects(&mut self, now_ns: u64, beat: u64, work_waits: bool, limit_ns: u64) -> bool {
        if beat != self.beat || !work_waits || self.since_ns == 0 {
            *self = Watch {
                beat,
                since_ns: now_ns,
            };
            return false;
        }
        now_ns.saturating_sub(self.since_ns) >= limit_ns / 2
    }
}
