// SPDX-License-Identifier: GPL-2.0
//! How an operator wants a core served.

/// What happens to the interrupt of a NAPI that the poller serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IrqMode {
    /// Armed when the NAPI has run dry; it announces the next packet.
    #[default]
    Armed,
    /// Stays off; the poller checks the ring.
    Masked,
}

/// Who serves the core while its poller is away: in a polite window, or an adaptive sleep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Away {
    /// The poller's thread: what is scheduled wakes it.
    #[default]
    Thread,
    /// The kernel's softirq, as without KBP; the poller is called when that does not get through.
    Softirq,
}

/// What a poller does when idle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdlePolicy {
    /// Keeps spinning.
    #[default]
    Spin,
    /// Keeps spinning for at most `spin_ns`, then arms the interrupts and sleeps.
    Adaptive {
        /// Longest spin without work.
        spin_ns: u64,
    },
}

impl IdlePolicy {
    /// Longest spin without work that a sleep may follow; 0 when none does.
    pub fn longest_spin_ns(self) -> u64 {
        match self {
            IdlePolicy::Adaptive { spin_ns } => spin_ns,
            IdlePolicy::Spin => 0,
        }
    }
}

/// The measures of housekeeping windows; see [`super::Housekeeping`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// What must be owed before a window is due; also the shortest firm window.
    pub length_ns: u64,
    /// Time between two checks of the run queue, and so the shortest between two windows.
    pub spacing_ns: u64,
    /// Waiting tasks are owed one part in so many of the poller's time, at least 1.
    pub share_one_in: u64,
}

impl Windows {
    /// The smallest share that no kernel finds too small: see [`super::Housekeeping`].
    pub const LEAST_SHARE_ONE_IN: u64 = 12;

    /// What waiting tasks are owed for so much of the poller's time.
    pub fn share_of(self, ns: u64) -> u64 {
        ns / self.share_one_in.max(1)
    }
}

impl Default for Windows {
    fn default() -> Self {
        Windows {
            length_ns: 50_000,
            spacing_ns: 500_000,
            share_one_in: Self::LEAST_SHARE_ONE_IN,
        }
    }
}

/// Whether and when a core that was rescued is taken again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How long after a first rescue; 0: never.
    pub first_ns: u64,
}

impl Default for Retry {
    fn default() -> Self {
        Retry {
            first_ns: 1_000_000_000,
        }
    }
}

impl Retry {
    /// The longest wait. A core that was served for so long starts with the first again.
    pub const LONGEST_NS: u64 = 60_000_000_000;

    /// The wait after so many rescues in a row; each is twice the one before.
    pub(super) fn wait_ns(self, in_a_row: u32) -> Option<u64> {
        let twice = 1u64
            .checked_shl(in_a_row.saturating_sub(1))
            .unwrap_or(u64::MAX);
        let wait_ns = self.first_ns.saturating_mul(twice).min(Self::LONGEST_NS);
        (self.first_ns > 0).then_some(wait_ns)
    }
}

/// All of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Interrupts.
    pub irq: IrqMode,
    /// Idle times.
    pub idle: IdlePolicy,
    /// Who serves meanwhile.
    pub away: Away,
    /// After a rescue.
    pub retry: Retry,
    /// Housekeeping.
    pub windows: Windows,
}
