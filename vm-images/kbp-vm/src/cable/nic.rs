// SPDX-License-Identifier: GPL-2.0
//! What a guest's NIC is to be.

/// One virtio NIC of a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nic {
    /// QEMU is at the other end of its rings.
    Cable {
        /// How many queue pairs it has. More than one needs root and `/dev/net/tun` on the host.
        queues: u16,
    },
    /// Open vSwitch with DPDK is, as vhost-user; the cable leads through it. One queue pair. Needs root,
    /// `/dev/net/tun`, what `kbuild.sh ovs` fetches, and a core of the host for the thread that polls.
    OvsDpdk,
}
