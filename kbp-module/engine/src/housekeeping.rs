// SPDX-License-Identifier: GPL-2.0
//! When a poller lets go of its core.
//!
//! A SCHED_FIFO thread that never sleeps starves the per-core kernel threads: kworkers,
//! ksoftirqd, RCU-tasks, livepatch transitions. Kernels throttle such a thread for 50 ms in every
//! second (RT throttle, fair server), and a packet would have to wait that long. Windows of tens
//! of microseconds give the waiting tasks the same share before the kernel takes it in one
//! piece:
//!
//! - While another task waits, the poller *owes* it a share of its own time, 1/12 unless asked for
//!   more: the fair server's 1/20, and what switching back and forth takes.
//! - A *polite* window lasts until the next packet, at the price of one wake-up for that packet,
//!   and programs no timer: in a VM that would cost more than the window. It begins right after
//!   work was done, when the next packet is furthest away, or when there has been no work for
//!   [`Housekeeping::QUIET_NS`]. What it gives beyond the debt is credit.
//! - When packets leave so little of a gap that more than [`Housekeeping::PATIENCE_NS`] is owed,
//!   windows are *firm* until the debt is paid: packets wait, at most
//!   [`Housekeeping::LONGEST_FIRM`] times the shortest window, or 1/9 of a cycle that was longer,
//!   up to [`Housekeeping::LONGEST_FIRM_NS`]: who was kept away by the host owes nobody an age.
//! - Much sooner, after [`Housekeeping::STARVED_NS`] in which the waiting task got nothing at all,
//!   there is one short firm window: kernel threads want little, but their callers wait for it.
//! - A task that waits little is no spinning one: the program that reads what the poller delivers,
//!   a kworker. It gets polite windows at once and beyond the debt, as long as it blocks by itself
//!   before they come to [`Housekeeping::GRACE_NS`]. They are short at first, and each is twice as
//!   long as the one before: many such tasks want the core for microseconds.
//! - Without a waiting task the poller only passes through the scheduler every
//!   [`Housekeeping::VISIT_NS`]: RCU-tasks and livepatch want every thread to, now and then.
//! - A kernel that rations real-time tasks whether anybody waits or not (RT throttle) is owed the
//!   same. While nobody waits it is paid without going away: the poller goes on as an ordinary
//!   task.

use super::policy::Windows;

/// Who, beside the poller, wants time of its core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Nobody.
    None,
    /// Nobody, but the kernel rations the time of real-time tasks.
    Ration,
    /// Another task waits.
    Task,
}

/// How to let go of the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Until the next packet, but for no longer than so many nanoseconds.
    Polite(u64),
    /// For this many nanoseconds, whatever comes.
    Firm(u64),
    /// Only through the scheduler and back.
    Visit,
    /// None: the poller goes on, for this many nanoseconds as an ordinary task.
    Ordinary(u64),
}

/// The schedule of windows and quiescent states of one poller.
#[derive(Clone, Copy, Debug)]
pub struct Housekeeping {
    windows: Windows,
    /// What waiting tasks are owed; credit when negative.
    owed_ns: i64,
    /// What a task that waits now may have at once.
    grace_ns: u64,
    /// The longest window of grace that is due next.
    grace_window_ns: u64,
    /// Who waited before a window of grace waits still.
    still_waits: bool,
    firm: bool,
    last_check_ns: u64,
    last_work_ns: u64,
    last_visit_ns: u64,
    /// When a waiting task last got something, or nobody waited.
    last_given_ns: u64,
    last_quiescent_ns: u64,
}

impl Housekeeping {
    /// Longest firm window, in shortest ones.
    pub const LONGEST_FIRM: u64 = 5;
    /// Longest firm window after a cycle, or a stall, of whatever length.
    pub const LONGEST_FIRM_NS: u64 = 4_000_000;
    /// Longest polite window; about two ticks of most kernels.
    pub const LONGEST_POLITE_NS: u64 = 4_000_000;
    /// Time without work after which the next packet is no nearer at one moment than at another.
    pub const QUIET_NS: u64 = 20_000_000;
    /// What of a window the two switches take.
    pub const SWITCH_NS: u64 = 10_000;
    /// Debt from which on packets wait for windows: 150 ms without a gap. Much sooner would
    /// slow a poller down just when it works off the backlog of a stall.
    pub const PATIENCE_NS: u64 = 12_500_000;
    /// Longest time in which a waiting task gets nothing.
    pub const STARVED_NS: u64 = 20_000_000;
    /// Most that can be owed: a long stall is not made up for by a long absence.
    pub const MOST_OWED_NS: u64 = 15_000_000;
    /// Most credit: a long absence does not keep a task waiting for long afterwards.
    pub const MOST_CREDIT_NS: u64 = 2_000_000;
    /// What a task may take in one piece, between two times that it blocks, without being one that
    /// always wants the core.
    pub const GRACE_NS: u64 = 50_000_000;
    /// First window of grace.
    pub const FIRST_GRACE_NS: u64 = 100_000;
    /// What a window takes of the grace, however short it was: where packets leave no gap, one in
    /// each would be a waste.
    pub const LEAST_GRACE_NS: u64 = 1_000_000;
    /// Debt that is worth the two changes of scheduling class.
    pub const ORDINARY_NS: u64 = 4_000_000;
    /// Absences of this length and more are the scheduler's doing.
    pub const TAKEN_NS: u64 = 1_000_000;
    /// Longest time without passing through the scheduler.
    pub const VISIT_NS: u64 = 100_000_000;
    /// Time between two quiescent states.
    pub const QUIESCENT_NS: u64 = 5_000_000;

    /// A schedule that begins at `now_ns` with nothing owed.
    pub fn new(now_ns: u64, windows: Windows) -> Self {
        Self {
            windows,
            owed_ns: 0,
            grace_ns: Self::GRACE_NS,
            grace_window_ns: Self::FIRST_GRACE_NS,
            still_waits: false,
            firm: false,
            last_check_ns: now_ns,
            last_work_ns: now_ns,
            last_visit_ns: now_ns,
            last_given_ns: now_ns,
            last_quiescent_ns: now_ns,
        }
    }

    /// Follows other measures from now on.
    pub fn set_windows(&mut self, windows: Windows) {
        self.windows = windows;
    }

    /// When there was work last.
    pub fn last_work_ns(&self) -> u64 {
        self.last_work_ns
    }

    /// In how long the next look for waiting tasks is due, at most so many nanoseconds.
    pub fn next_check_ns(&self, now_ns: u64, most_ns: u64) -> u64 {
        let since_check_ns = now_ns.saturating_sub(self.last_check_ns);
        match self.windows.spacing_ns.saturating_sub(since_check_ns) {
            // It is due only when the next packet is far.
            0 => most_ns,
            ns => ns.min(most_ns),
        }
    }

    /// The window that is due at `now_ns`, if any, after a cycle that `worked` or found nothing.
    ///
    /// Beside a task that always wants the core, `demand` is asked only once per
    /// [`Windows::spacing_ns`], and only when the next packet is far.
    pub fn window_due(
        &mut self,
        now_ns: u64,
        worked: bool,
        demand: impl FnOnce() -> Demand,
    ) -> Option<Window> {
        if worked {
            self.last_work_ns = now_ns;
        }
        let since_check_ns = now_ns.saturating_sub(self.last_check_ns);
        let graceful = self.grace_ns > 0;
        let spaced = self.still_waits || since_check_ns >= self.windows.spacing_ns;
        let quiet = now_ns.saturating_sub(self.last_work_ns) >= Self::QUIET_NS;
        let checks = if spaced {
            worked || quiet || graceful
        } else {
            worked && graceful
        };
        if !checks {
            return None;
        }
        self.last_check_ns = now_ns;
        let demand = demand();
        if demand == Demand::None {
            self.owed_ns = self.owed_ns.min(0);
        } else {
            let share_ns = match demand {
                // The kernel does not ask for more than it takes.
                Demand::Ration => since_check_ns / Windows::LEAST_SHARE_ONE_IN,
                _ => self.windows.share_of(since_check_ns),
            };
            // Bounded before it is converted, so that it cannot wrap.
            let share_ns = share_ns.min(Self::MOST_OWED_NS) as i64;
            self.owed_ns = (self.owed_ns + share_ns).min(Self::MOST_OWED_NS as i64);
        }
        if demand == Demand::Task {
            return self.window_for_task(now_ns, since_check_ns);
        }
        self.note_alone(now_ns);
        if self.owed_ns >= Self::ORDINARY_NS as i64 {
            return Some(Window::Ordinary(self.owed_ns as u64));
        }
        let since_visit_ns = now_ns.saturating_sub(self.last_visit_ns);
        (since_visit_ns >= Self::VISIT_NS).then_some(Window::Visit)
    }

    /// No task waits at `now_ns`: who comes next has had nothing yet.
    fn note_alone(&mut self, now_ns: u64) {
        self.firm = false;
        self.last_given_ns = now_ns;
        self.grace_ns = Self::GRACE_NS;
        self.grace_window_ns = Self::FIRST_GRACE_NS;
        self.still_waits = false;
    }

    fn window_for_task(&mut self, now_ns: u64, since_check_ns: u64) -> Option<Window> {
        let due = self.owed_ns >= self.windows.length_ns as i64;
        self.firm = (self.firm && due) || self.owed_ns >= Self::PATIENCE_NS as i64;
        if self.firm {
            // Twice what has come to be owed since the last check, so that the debt shrinks.
            let share_ns = self.windows.share_of(since_check_ns);
            let twice_ns = share_ns.saturating_mul(2).saturating_add(Self::SWITCH_NS);
            // After a cycle so long that this is less than its share, a little more than that.
            let share_and_more_ns = share_ns
                .saturating_add(share_ns / 4)
                .saturating_add(Self::SWITCH_NS);
            let longest_ns = (self.windows.length_ns * Self::LONGEST_FIRM)
                .max(share_and_more_ns.min(Self::LONGEST_FIRM_NS));
            return Some(Window::Firm(
                twice_ns.clamp(self.windows.length_ns, longest_ns),
            ));
        }
        if due && now_ns.saturating_sub(self.last_given_ns) >= Self::STARVED_NS {
            return Some(Window::Firm(2 * self.windows.length_ns));
        }
        if self.grace_ns > 0 {
            let limit_ns = self.grace_window_ns;
            self.grace_window_ns = (2 * limit_ns).min(Self::LONGEST_POLITE_NS);
            return Some(Window::Polite(limit_ns));
        }
        due.then_some(Window::Polite(Self::LONGEST_POLITE_NS))
    }

    /// The scheduler took the core away for `away_ns` between two cycles. What it gave to others
    /// is no longer owed; short times are interrupts and softirqs, which pay nobody.
    pub fn core_was_taken(&mut self, away_ns: u64) {
        if away_ns >= Self::TAKEN_NS {
            self.give(away_ns);
            self.last_given_ns = self.last_given_ns.saturating_add(away_ns);
        }
    }

    /// A window ended at `now_ns` after `away_ns`; a task still `waits`, or not.
    ///
    /// Now is when to ask that: what the next cycle delivers wakes who has waited for it.
    pub fn window_taken(&mut self, now_ns: u64, away_ns: u64, waits: bool) {
        self.paid(now_ns, away_ns, waits);
        self.still_waits = waits && self.grace_ns > 0;
        if away_ns >= self.windows.length_ns {
            self.last_given_ns = now_ns;
        }
        self.last_visit_ns = now_ns;
        self.last_quiescent_ns = now_ns;
    }

    /// Until `now_ns` the thread was an ordinary task, or away, for `for_ns`; a task `waits`, or
    /// not.
    pub fn paid(&mut self, now_ns: u64, for_ns: u64, waits: bool) {
        self.give(for_ns);
        if !waits {
            self.note_alone(now_ns);
        }
        self.last_check_ns = now_ns;
    }

    fn give(&mut self, away_ns: u64) {
        let given_ns = away_ns
            .saturating_sub(Self::SWITCH_NS)
            .min(Self::MOST_OWED_NS + Self::MOST_CREDIT_NS);
        self.owed_ns = (self.owed_ns - given_ns as i64).max(-(Self::MOST_CREDIT_NS as i64));
        self.grace_ns = self
            .grace_ns
            .saturating_sub(given_ns.max(Self::LEAST_GRACE_NS));
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
