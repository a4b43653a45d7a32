// SPDX-License-Identifier: GPL-2.0
//! How much one cycle may do before other softirqs of the core get their turn.

/// Bounds of one guarded batch, as the kernel has them for its NET_RX softirq.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Packets after which a cycle ends.
    pub packets: u32,
    /// Nanoseconds after which a cycle ends.
    pub time_ns: u64,
}

impl Budget {
    /// Longest cycle, whatever the kernel allows. Its own default is two ticks, 8 ms at 250 Hz;
    /// timers, RCU and the poller's windows would have to wait for as long.
    pub const LONGEST_NS: u64 = 2_000_000;

    /// What it comes to where nobody has set anything.
    pub const DEFAULT: Budget = Budget {
        packets: 300,
        time_ns: Self::LONGEST_NS,
    };

    /// Of `netdev_budget` and `netdev_budget_usecs`. As in the kernel a cycle polls one NAPI at
    /// least: 0 packets, or fewer, end it then.
    pub fn of_kernel(packets: i32, time_us: u32) -> Self {
        Self {
            packets: u32::try_from(packets).unwrap_or(0),
            time_ns: (u64::from(time_us) * 1_000).min(Self::LONGEST_NS),
        }
    }

    /// Whether a cycle that has done this much must end.
    pub fn is_spent(&self, packets: u32, elapsed_ns: u64) -> bool {
        packets >= self.packets || elapsed_ns >= self.time_ns
    }
}
