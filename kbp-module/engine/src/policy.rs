// SPDX-License-Identifier: GPL-2.0
//! How an operator wants a core served.

/// What happens to the interrupt of a NAPI that the poller serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IrqMode {
    /// Armed when the NAPI has run dry; it announces the next packet.
    #[default]
    Armed,
    /// Stays off; the poller looks at the ring.
    Masked,
}

/// What a poller without work does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdlePolicy {
    /// Looks on.
    #[default]
    Spin,
    /// Looks on for at most `spin_ns`, then arms the interrupts and sleeps.
    Adaptive {
        /// Longest spin without work.
        spin_ns: u64,
    },
}

/// The measures of housekeeping windows; see [`super::Housekeeping`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// What must be owed before a window is due; also the shortest firm window.
    pub length_ns: u64,
    /// Time between two looks at the run queue, and so the shortest between two windows.
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
    /// Housekeeping.
    pub windows: Windows,
}
