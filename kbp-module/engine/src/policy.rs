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
}

impl Default for Windows {
    fn default() -> Self {
        Windows {
            length_ns: 50_000,
            spacing_ns: 500_000,
        }
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
    /// Housekeeping.
    pub windows: Windows,
}
