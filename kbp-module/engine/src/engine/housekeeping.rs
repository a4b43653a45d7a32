// SPDX-License-Identifier: GPL-2.0
//! When a poller lets go of its core.
//!
//! A SCHED_FIFO thread that never sleeps starves the per-core kernel threads: kworkers,
//! ksoftirqd, RCU-tasks, livepatch transitions. Kernels answer with a bite of 50 ms in every
//! second (RT throttle, fair server), which a packet would have to wait out. Windows of tens
//! of microseconds give the waiting tasks the same share before the kernel takes it in one
//! piece:
//!
//! - While another task waits, the poller *owes* it 1/16 of the time, a little more than the
//!   fair server's 1/20.
//! - A *polite* window is twice as long as what is owed, because switching takes its part, and
//!   a packet cuts it short: it fills the gap between two packets and costs the packet that
//!   ends it one wake-up.
//! - When packets leave so little of a gap that more than [`Housekeeping::PATIENCE_NS`] is owed,
//!   windows are *firm* until the debt is paid: packets wait, at most
//!   [`Housekeeping::LONGEST_FIRM_NS`].
//! - Without a waiting task there is one window in every [`Housekeeping::VISIT_NS`]: RCU-tasks
//!   and livepatch want every thread to pass through the scheduler now and then.

/// A window that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Longest time away, in nanoseconds.
    pub length_ns: u64,
    /// Whether a packet ends it, or keeps it from beginning.
    pub cut_by_work: bool,
}

/// The schedule of windows and quiescent states of one poller.
#[derive(Clone, Copy, Debug)]
pub struct Housekeeping {
    owed_ns: u64,
    firm: bool,
    last_look_ns: u64,
    last_visit_ns: u64,
    last_quiescent_ns: u64,
}

impl Housekeeping {
    /// Shortest window; also what must be owed before one is due.
    pub const LENGTH_NS: u64 = 50_000;
    /// Longest firm window.
    pub const LONGEST_FIRM_NS: u64 = 250_000;
    /// Time between two looks at the run queue, and so the shortest between two windows.
    pub const SPACING_NS: u64 = 500_000;
    /// The waiting tasks' share of the time is one part in this many.
    pub const SHARE: u64 = 16;
    /// Debt from which on packets wait for windows: 200 ms without a gap. Much sooner would
    /// slow a poller down just when it works off the backlog of a stall.
    pub const PATIENCE_NS: u64 = 12_500_000;
    /// Most that can be owed: a long stall is not made up for by a long absence.
    pub const MOST_OWED_NS: u64 = 15_000_000;
    /// Longest time without passing through the scheduler.
    pub const VISIT_NS: u64 = 100_000_000;
    /// Time between two quiescent states.
    pub const QUIESCENT_NS: u64 = 5_000_000;

    /// A schedule that begins at `now_ns` with nothing owed.
    pub fn new(now_ns: u64) -> Self {
        Self {
            owed_ns: 0,
            firm: false,
            last_look_ns: now_ns,
            last_visit_ns: now_ns,
            last_quiescent_ns: now_ns,
        }
    }

    /// The window that is due at `now_ns`, if any. `others_waiting` is asked only once per
    /// [`Self::SPACING_NS`], because looking costs something.
    pub fn window_due(
        &mut self,
        now_ns: u64,
        others_waiting: impl FnOnce() -> bool,
    ) -> Option<Window> {
        let since_look_ns = now_ns.saturating_sub(self.last_look_ns);
        if since_look_ns < Self::SPACING_NS {
            return None;
        }
        self.last_look_ns = now_ns;
        self.owed_ns = if others_waiting() {
            (self.owed_ns + since_look_ns / Self::SHARE).min(Self::MOST_OWED_NS)
        } else {
            0
        };
        self.firm = match self.owed_ns {
            owed if owed >= Self::PATIENCE_NS => true,
            owed if owed < Self::LENGTH_NS => false,
            _ => self.firm,
        };
        let visit = now_ns.saturating_sub(self.last_visit_ns) >= Self::VISIT_NS;
        let length_ns = if self.firm {
            // Twice what has come to be owed since the last look, so that the debt shrinks.
            (2 * since_look_ns / Self::SHARE).clamp(Self::LENGTH_NS, Self::LONGEST_FIRM_NS)
        } else {
            (2 * self.owed_ns).max(Self::LENGTH_NS)
        };
        (self.owed_ns >= Self::LENGTH_NS || visit).then_some(Window {
            length_ns,
            cut_by_work: !self.firm,
        })
    }

    /// A window ended at `now_ns` after `slept_ns`.
    pub fn window_taken(&mut self, now_ns: u64, slept_ns: u64) {
        self.owed_ns = self.owed_ns.saturating_sub(slept_ns);
        self.last_look_ns = now_ns;
        self.last_visit_ns = now_ns;
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
