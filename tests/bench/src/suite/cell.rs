// SPDX-License-Identifier: GPL-2.0
//! One measurement: a workload, a way to poll, a round.

use serde::{Deserialize, Serialize};

use crate::mode::Mode;

/// Where the receiver is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

/// What a guest boots into. Cells of one kind share a boot. In the order they are measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Boot {
    /// A small userland, the smallest that does.
    Plain,
    /// A real Debian: systemd, udev, podman.
    Debian,
    /// The small userland with a second NIC, at Open vSwitch with DPDK. It takes a core of the host
    /// from everything else.
    Ovs,
}

/// Which way the host's datagrams take into the guest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// Requests on one connection, each in a segment of its own, and so their answers.
    Tcp,
}

/// What else happens on the receiving core.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Competitor {
    /// Nothing.
    None,
    /// A task with the default policy spins.
    Spin,
    /// A tasklet takes a good part of it.
    Tasklet,
    /// The receiving program itself runs there.
    Receiver,
}

/// What is done and timed. Every time is in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Workload {
    /// The synthetic NIC in the guest; timed: from the interrupt to the poll that takes the packet.
    Delay {
        /// NAPIs of the NIC, all on the receiving core.
        queues: u32,
        /// Between two interrupts.
        period_ns: u64,
        /// CPU time that a packet takes.
        cost_ns: u64,
        /// Packets per interrupt.
        burst: u32,
        /// What else happens.
        competitor: Competitor,
    },
    /// The host sends datagrams or requests at a constant rate through the virtio NIC; timed: until
    /// they are back.
    RoundTrip {
        /// What carries them.
        transport: Transport,
        /// The Ethernet frame, with its check sequence.
        frame: u32,
        /// Datagrams or requests per second.
        rate: u32,
        /// Source ports; a connection has one.
        flows: u16,
        /// The way into the guest.
        #[serde(default)]
        wire: Wire,
        /// Where the receiver is.
        place: Place,
        /// What else happens.
        competitor: Competitor,
    },
    /// The synthetic NIC; sought: the highest rate without loss (RFC 2544, section 26.1).
    ZeroLoss {
        /// The Ethernet frame, with its check sequence.
        frame: u32,
        /// Where the receiver is: there packets are counted.
        place: Place,
        /// What else happens.
        competitor: Competitor,
    },
}

impl Workload {
    /// What else happens on the receiving core.
    pub fn competitor(&self) -> Competitor {
        match *self {
            Workload::Delay { competitor, .. }
            | Workload::RoundTrip { competitor, .. }
            | Workload::ZeroLoss { competitor, .. } => competitor,
        }
    }

    /// Whether connections carry it.
    pub fn is_tcp(&self) -> bool {
        matches!(self, Workload::RoundTrip { transport, .. } if *transport == Transport::Tcp)
    }

    /// Where the receiver is.
    pub fn place(&self) -> Place {
        match *self {
            Workload::Delay { .. } => Place::Guest,
            Workload::RoundTrip { place, .. } | Workload::ZeroLoss { place, .. } => place,
        }
    }

    /// The way into the guest, where packets come from the host.
    pub fn wire(&self) -> Wire {
        match *self {
            Workload::RoundTrip { wire, .. } => wire,
            Workload::Delay { .. } | Workload::ZeroLoss { .. } => Wire::Cable,
        }
    }

    /// The guest that it needs.
    pub fn boot(&self) -> Boot {
        match self.place() {
            Place::Podman | Place::Debian => Boot::Debian,
            _ if self.wire().has_ovs() => Boot::Ovs,
            _ => Boot::Plain,
        }
    }

    /// What its times are, for readers.
    pub fn metric(&self) -> &'static str {
        match self {
            Workload::Delay { .. } => "interrupt to poll",
            Workload::RoundTrip { .. } if self.is_tcp() => "TCP round trip",
            Workload::RoundTrip { .. } => "UDP round trip",
            Workload::ZeroLoss { .. } => "packets per second without loss",
        }
    }
}

/// A workload with a name, measured in several modes and rounds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Row {
    /// Short, unique, of `a-z0-9-`: `delay-load90-spin`.
    pub name: String,
    /// One line for readers.
    pub about: String,
    /// What is done.
    pub workload: Workload,
}

/// One measurement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cell {
    /// What is done.
    pub row: Row,
    /// Who polls.
    pub mode: Mode,
    /// Which repetition, from 1.
    pub round: u32,
}

impl Cell {
    /// Its name: `delay-load90-spin/kbp-armed/2`. Filters match it, resumed runs know it by it.
    pub fn id(&self) -> String {
        format!("{}/{}/{}", self.row.name, self.mode, self.round)
    }
}
