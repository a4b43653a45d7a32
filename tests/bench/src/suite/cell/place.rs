// SPDX-License-Identifier: GPL-2.0
//! Where packets go, by which way, into which guest.

use serde::{Deserialize, Serialize};

/// Where the receiver is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// In the guest itself.
    Guest,
    /// In a container behind a bridge and NAT, as Docker sets it up.
    Docker,
    /// In a pod behind a bridge and an overlay, as Kubernetes with flannel sets it up.
    Pod,
    /// Behind a line of so many containers, joined by veth pairs, which forward.
    LineVeth(u32),
    /// The same with macvlan devices.
    LineMacvlan(u32),
    /// In the network of a container that Debian's podman has started, at a port that it has
    /// published.
    Podman,
    /// In a guest of that Debian itself.
    Debian,
}

impl Place {
    /// Whether there is a container between the NIC and the receiver.
    pub fn is_container(self) -> bool {
        !matches!(self, Place::Guest | Place::Debian)
    }
}

/// What a guest boots into. Cells of one kind share a boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boot {
    /// A small userland, the smallest that does.
    Plain,
    /// A real Debian: systemd, udev, podman.
    Debian,
    /// The small userland with a second NIC, at Open vSwitch with DPDK. It takes a core of the host
    /// from everything else.
    Ovs,
}

impl Boot {
    /// Every kind, in the order they are measured in.
    pub const ALL: [Boot; 3] = [Boot::Plain, Boot::Debian, Boot::Ovs];
}

/// Which way the host's datagrams take into the guest.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Wire {
    /// QEMU hands them to the NIC.
    #[default]
    Cable,
    /// The same, while Open vSwitch with DPDK runs for another NIC and takes a core of the host.
    CableBesideOvs,
    /// Open vSwitch with DPDK hands them to a NIC of its own, as vhost-user.
    OvsDpdk,
}

impl Wire {
    /// The NIC in the guest: N of `ethN`.
    pub fn nic(self) -> usize {
        match self {
            Wire::Cable | Wire::CableBesideOvs => 0,
            Wire::OvsDpdk => 1,
        }
    }

    /// Whether Open vSwitch runs on the host, and so the guest is one of a boot of its own.
    pub fn has_ovs(self) -> bool {
        self != Wire::Cable
    }
}

/// What carries the datagrams or requests of a round trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// Requests on one connection, each in a segment of its own, and so their answers.
    Tcp,
}
