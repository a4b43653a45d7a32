// SPDX-License-Identifier: GPL-2.0
//! How long the receive interrupts of a NIC wait for more packets, as `ethtool -c` shows it.

/// An interrupt comes after so many microseconds, or so many packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Coalescing {
    /// 0: they do not wait for a time. Some drivers have small numbers mean something else.
    pub(crate) usecs: u32,
    /// 0: they do not wait for a number of packets.
    pub(crate) frames: u32,
    /// The driver changes both by itself.
    pub(crate) is_adaptive: bool,
}
