// SPDX-License-Identifier: GPL-2.0
//! A NAPI: a ring, an interrupt and the mark of who has it.

/// One NAPI of the core.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Napi {
    /// Polls that its packets still want.
    pub(crate) wants: u32,
    /// Since when its oldest packet, or its turn, waits.
    pub(crate) waits_since_ns: Option<u64>,
    /// How long it had waited when it was polled last.
    pub(crate) waited_ns: Option<u64>,
    /// On a list: the core's or the poller's.
    pub(crate) scheduled: bool,
    /// Its interrupt is on.
    pub(crate) armed: bool,
    /// Left on the list by the poller although it ran dry.
    pub(crate) held: bool,
    /// Since when that has been so, and no poll let it rest.
    pub(crate) held_since_ns: u64,
    /// One that may be held.
    pub(crate) holdable: bool,
}

impl Napi {
    /// An idle one.
    pub(crate) fn idle(holdable: bool) -> Self {
        Self {
            wants: 0,
            waits_since_ns: None,
            waited_ns: None,
            scheduled: false,
            armed: true,
            held: false,
            held_since_ns: 0,
            holdable,
        }
    }
}
