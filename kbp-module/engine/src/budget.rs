// SPDX-License-Identifier: GPL-2.0
//! How much one cycle may do before other softirqs of the core get their turn.

/// Bounds of one guarded batch. The defaults are those of the kernel's NET_RX softirq
/// (`netdev_budget` and `netdev_budget_usecs` at 1000 Hz).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Packets after which a cycle ends.
    pub packets: u32,
    /// Nanoseconds after which a cycle ends.
    pub time_ns: u64,
}

impl Budget {
    /// The kernel's own figures.
    pub const KERNEL: Budget = Budget {
        packets: 300,
        time_ns: 2_000_000,
    };

    /// Whether a cycle that has done this much must end.
    pub fn is_spent(&self, packets: u32, elapsed_ns: u64) -> bool {
        packets >= self.packets || elapsed_ns >= self.time_ns
    }
}
