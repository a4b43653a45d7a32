// SPDX-License-Identifier: GPL-2.0
//! How a poller spent an interval.

use std::time::Duration;

use kbp_uapi as abi;
use kbp_uapi::{kbp_core_status, kbp_counters};

use super::grown::{grown, share};
use crate::cores::device;

/// Parts of the interval, 0 to 1. What is missing to 1 the core was with softirq, or somebody else had
/// it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Spent {
    pub(super) busy: f64,
    pub(super) spin: f64,
    pub(super) window: f64,
    pub(super) sleep: f64,
}

impl Spent {
    /// `None`: a counter began anew, or the interval has no length.
    ///
    /// kbp.ko counts a time when it is over. So a sleep that began before the interval is counted in
    /// it as a whole, and one that goes on is not counted yet: no part is longer than what the ones
    /// before it leave, and what is left is sleep when the poller sleeps.
    pub(super) fn between(
        before: &kbp_core_status,
        now: &kbp_core_status,
        length: Duration,
    ) -> Option<Spent> {
        let length = u64::try_from(length.as_nanos()).ok()?;
        let mut left = length;
        let mut part = |ns: fn(&kbp_counters) -> u64| {
            let taken = grown(ns(&before.counters), ns(&now.counters))?.min(left);
            left -= taken;
            Some(taken)
        };
        let busy = part(|counters| counters.busy_ns)?;
        let spin = part(|counters| counters.idle_ns)?;
        let window = part(|counters| counters.window_ns)?;
        let mut sleep = part(|counters| counters.sleep_ns)?;
        part(|counters| counters.yielded_ns)?;
        if sleeps(now) && device::is_served(before) {
            sleep += left;
        }
        Some(Spent {
            busy: share(busy, length)?,
            spin: share(spin, length)?,
            window: share(window, length)?,
            sleep: share(sleep, length)?,
        })
    }
}

/// Who never sleeps is in a window.
fn sleeps(status: &kbp_core_status) -> bool {
    status.state == abi::KBP_CORE_SLEEPING && status.config.idle_policy == abi::KBP_IDLE_ADAPTIVE
}
