// SPDX-License-Identifier: GPL-2.0
//! One measurement: a workload, a way to poll, a round.

mod mode;
mod place;

use serde::{Deserialize, Serialize};

pub use self::mode::Mode;
pub use self::place::{Boot, Place, Transport, Wire};

/// What else happens on the receiving core.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
        let tcp = |transport: &Transport| *transport == Transport::Tcp;
        matches!(self, Workload::RoundTrip { transport, .. } if tcp(transport))
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
        match *self {
            Workload::RoundTrip {
                place: Place::Podman | Place::Debian,
                ..
            } => Boot::Debian,
            Workload::RoundTrip { wire, .. } if wire.has_ovs() => Boot::Ovs,
            _ => Boot::Plain,
        }
    }

    /// What its times are, for readers.
    pub fn metric(&self) -> &'static str {
        match self {
            Workload::Delay { .. } => "interrupt to poll",
            Workload::RoundTrip {
                transport: Transport::Udp,
                ..
            } => "UDP round trip",
            Workload::RoundTrip {
                transport: Transport::Tcp,
                ..
            } => "TCP round trip",
            Workload::ZeroLoss { .. } => "packets per second without loss",
        }
    }
}

/// A workload with a name, measured in several modes and rounds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Row {
    /// Short, unique, of `a-z0-9-`: `delay-load90-spin`.
    pub name: String,
    /// One line for readers.
    pub about: String,
    /// What is done.
    pub workload: Workload,
}

/// One measurement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn names_in_json_are_the_names_in_reports() {
        for mode in Mode::ALL {
            assert_eq!(serde_json::to_string(&mode).unwrap(), format!("\"{mode}\""));
            assert_eq!(Mode::from_str(mode.name(), false), Ok(mode));
        }
    }

    #[test]
    fn cells_survive_json() {
        let cell = Cell {
            row: Row {
                name: "line-8".into(),
                about: "eight in a line".into(),
                workload: Workload::RoundTrip {
                    transport: Transport::Tcp,
                    frame: 64,
                    rate: 500,
                    flows: 1,
                    wire: Wire::OvsDpdk,
                    place: Place::LineVeth(8),
                    competitor: Competitor::Spin,
                },
            },
            mode: Mode::KbpMasked,
            round: 3,
        };
        let json = serde_json::to_string(&cell).unwrap();
        assert_eq!(serde_json::from_str::<Cell>(&json).unwrap(), cell);
        assert_eq!(cell.id(), "line-8/kbp-masked/3");
    }
}
