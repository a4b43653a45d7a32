// SPDX-License-Identifier: GPL-2.0
//! How many packets each receive queue of a NIC has room for, as `ethtool -g` shows it.

/// Of each receive ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rings {
    pub(crate) now: u32,
    pub(crate) most: u32,
}
