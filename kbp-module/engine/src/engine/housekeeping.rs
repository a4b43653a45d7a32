// SPDX-License-Identifier: GPL-2.0
//! When a poller lets go of its core.
//!
//! A SCHED_FIFO thread that never sleeps starves the per-core kernel threads: kworkers,
//! ksoftirqd, RCU-tasks, livepatch transitions. Windows keep that from mattering:
//!
//! - *polite*: another task waits and the last window is [`Housekeeping::SPACING_NS`] ago.
//!   A packet cuts it short, so it costs a packet at most one wake-up.
//! - *firm*: no sleep has run its full length for [`Housekeeping::FIRM_NS`]. Packets wait
//!   for it when another task waits too, because packets without end would otherwise starve
//!   that task for ever; it bounds the delay to [`Housekeeping::LENGTH_NS`].

/// A window that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Longest time away, in nanoseconds.
    pub length_ns: u64,
    /// Whether a packet ends it.
    pub cut_by_work: bool,
    /// Whether it settles what is owed every [`Housekeeping::FIRM_NS`].
    pub firm: bool,
}

/// The schedule of windows and quiescent states of one poller.
#[derive(Clone, Copy, Debug)]
pub struct Housekeeping {
    last_window_ns: u64,
    last_full_ns: u64,
    last_quiescent_ns: u64,
}

impl Housekeeping {
    /// Length of a window.
    pub const LENGTH_NS: u64 = 50_000;
    /// Shortest time between two windows.
    pub const SPACING_NS: u64 = 5_000_000;
    /// Longest time without a window that ran its full length.
    pub const FIRM_NS: u64 = 100_000_000;
    /// Time between two quiescent states.
    pub const QUIESCENT_NS: u64 = 5_000_000;

    /// A schedule that begins at `now_ns`.
    pub fn new(now_ns: u64) -> Self {
        Self {
            last_window_ns: now_ns,
            last_full_ns: now_ns,
            last_quiescent_ns: now_ns,
        }
    }

    /// The window that is due at `now_ns`, if any. `others_waiting` is asked only when the
    /// spacing allows a window at all, because looking costs something.
    pub fn window_due(&self, now_ns: u64, others_waiting: impl FnOnce() -> bool) -> Option<Window> {
        if now_ns.saturating_sub(self.last_window_ns) < Self::SPACING_NS {
            return None;
        }
        let firm = now_ns.saturating_sub(self.last_full_ns) >= Self::FIRM_NS;
        let waiting = others_waiting();
        (firm || waiting).then_some(Window {
            length_ns: Self::LENGTH_NS,
            cut_by_work: !(firm && waiting),
            firm,
        })
    }

    /// A window ended at `now_ns`; `full` when it was not cut short.
    pub fn window_taken(&mut self, now_ns: u64, window: Window, full: bool) {
        self.last_window_ns = now_ns;
        // With nobody waiting, a firm window that packets prevented has still passed through
        // the scheduler, and that is all RCU-tasks and livepatch need.
        if full || window.firm {
            self.last_full_ns = now_ns;
        }
        self.last_quiescent_ns = now_ns;
    }

    /// Whether a quiescent state is due; if so, the next one is counted from `now_ns`.
    pub fn quiescent_due(&mut self, now_ns: u64) -> bool {
        let due = now_ns.saturating_sub(self.last_quiescent_ns) >= Self::QUIESCENT_NS;
        if due {
            self.last_quiescent_ns = now_ns;
        }
        due
    }
}
