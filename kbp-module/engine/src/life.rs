// SPDX-License-Identifier: GPL-2.0
//! The life of a core under KBP.
//!
//! ```text
//!            enable                thread runs
//!     Off ───────────> Starting ───────────────> Polling <────────┐
//!      ▲                  │  │ not now             │  │  ▲          │
//!      │                  │  └──────────────┐     │  │  │ over     │ reason gone
//!      │                  │ disable  window,│     │  │  │          │
//!      │                  ▼  or sleep       │     ▼  │  │          │
//!      │               Draining <────────── │ ─ Sleeping│          │
//!      │                  │  │  ▲           │        │             │
//!      └──────────────────┘  │  │ disable   ▼        ▼             │
//!      ▲    thread ended     │  └──────── Yielded ─────────────────┘
//!      │                     │ core offline  │ ▲ │
//!      │                     └───────────────│─┘ └──> Starting (core back, or enabled again)
//!      └─────────────────────────────────────┘ disable, no thread left
//! ```
//!
//! (A thread that never ran goes from `Starting` straight to `Off`.)
//!
//! Invariant (life-owner): in `Polling` and `Sleeping` the core's gate sends NAPIs to the thread,
//! but for sleeps in which it has left them to softirq ([`Away`](super::Away)); in `Off` and
//! `Yielded` the kernel's own softirq serves the core. The gate opens just before the former begin
//! and closes at the end of `Draining`. Control may close it earlier, from outside; a poller that
//! finds it closed takes nothing any more.

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
    /// A housekeeping window or an adaptive sleep.
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
    /// The hooks are not in effect.
    HooksGone = 2,
    /// The core is offline; it has no thread.
    Offline = 3,
    /// The system is going to sleep.
    Suspend = 4,
    /// The poller did not run; it takes the core again after a while.
    Rescue = 5,
}

impl CoreState {
    /// Whether the picture above has an arrow from `self` to `next`.
    pub fn may_become(self, next: CoreState) -> bool {
        use CoreState::*;
        matches!(
            (self, next),
            (Off, Starting)
                | (Starting, Polling | Yielded | Draining | Off)
                | (Polling, Sleeping | Yielded | Draining)
                | (Sleeping, Polling | Draining)
                | (Yielded, Polling | Draining | Yielded | Starting | Off)
                | (Draining, Off | Yielded)
        )
    }
}
