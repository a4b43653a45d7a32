// SPDX-License-Identifier: GPL-2.0
//! The life of a core under KBP.
//!
//! ```text
//!            enable                thread runs
//!     Off ───────────> Starting ───────────────> Polling <────────┐
//!      ▲                  │                      │  │  ▲          │
//!      │                  │ disable       window │  │  │ window   │ no livepatch
//!      │                  ▼                      ▼  │  │ over     │ pending any more
//!      │               Draining <───── Sleeping ────┼──┘          │
//!      │                  │  ▲ disable              │ livepatch   │
//!      └──────────────────┘  │                      ▼ pending     │
//!          thread ended      └────────────────── Yielded ─────────┘
//! ```
//!
//! (A thread that never ran goes from `Starting` straight to `Off`.)
//!
//! Invariant (life-owner): in `Polling` and `Sleeping` the core's gate sends NAPIs to the thread,
//! in `Off` and `Yielded` the kernel's own softirq serves the core. The gate opens just before
//! the former begin and closes at the end of `Draining`.

/// Where a core stands. The numbers are those of `kbp.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum CoreState {
    /// Softirq serves the core, as without KBP.
    Off = 0,
    /// The thread was created and has not taken the core yet.
    Starting = 1,
    /// The thread serves the core.
    Polling = 2,
    /// A housekeeping window.
    Sleeping = 3,
    /// The thread is giving the core back for good.
    Draining = 4,
    /// Given back to softirq for a while.
    Yielded = 5,
}

/// Why a core is [`CoreState::Yielded`]. The numbers are those of `kbp.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum YieldReason {
    /// Not yielded.
    None = 0,
    /// A livepatch transition is pending for the thread.
    PatchPending = 1,
}

impl CoreState {
    /// Whether the picture above has an arrow from `self` to `next`.
    pub fn may_become(self, next: CoreState) -> bool {
        use CoreState::*;
        matches!(
            (self, next),
            (Off, Starting)
                | (Starting, Polling | Draining | Off)
                | (Polling, Sleeping | Yielded | Draining)
                | (Sleeping, Polling | Draining)
                | (Yielded, Polling | Draining)
                | (Draining, Off)
        )
    }
}
