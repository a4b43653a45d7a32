// SPDX-License-Identifier: GPL-2.0
//! The receiver: where it is, how packets come to it, and how it waits.

use std::net::{TcpListener, UdpSocket};

use kbp_vm::udp::ECHO_PORT;

use super::busy;
use super::inbox::Waiting;
use super::measured::{Measured, WIRES};
use super::tcp::{self, Echo};
use super::virtio::{self, Turn};
use crate::guest::cpu;
use crate::guest::irq::RxIrq;
use crate::guest::testnic::{self, Place as Cores};
use crate::suite::cell::{Cell, Competitor, Mode, Place, Workload};
use crate::topology::Topology;
use crate::{Error, Result};

/// Where packets for the receiver come into the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entrance {
    interface: &'static str,
    port: u16,
}

impl Entrance {
    /// The NIC of a workload, and the port that its packets are for.
    pub(super) fn of(workload: &Workload) -> Entrance {
        match workload {
            Workload::RoundTrip { wire, .. } => Entrance {
                interface: WIRES[wire.nic()],
                port: ECHO_PORT,
            },
            Workload::Delay { .. } | Workload::ZeroLoss { .. } => Entrance {
                interface: testnic::INTERFACE,
                port: testnic::PORT,
            },
        }
    }
}

/// A place that is set up for a receiver. Its sockets must go before it does.
#[derive(Debug)]
pub(super) struct Receiver {
    place: Place,
    entrance: Entrance,
    topology: Topology,
}

impl Receiver {
    /// Sets the place up, for what comes in by `entrance`.
    pub(super) fn at(place: Place, entrance: Entrance) -> Result<Receiver> {
        Ok(Receiver {
            place,
            entrance,
            topology: Topology::publish(place, entrance.interface, entrance.port)?,
        })
    }

    pub(super) fn is_at(&self, place: Place, entrance: Entrance) -> bool {
        (self.place, self.entrance) == (place, entrance)
    }

    /// A socket in the place, with nothing of earlier traffic in it.
    pub(super) fn bind(&self) -> Result<UdpSocket> {
        self.topology.bind(self.entrance.port)
    }

    /// The same for connections.
    fn listen(&self) -> Result<TcpListener> {
        if self.place != Place::Guest {
            return Err(Error::Other(format!(
                "{:?} publishes a UDP port: TCP goes to a receiver in the guest itself",
                self.place
            )));
        }
        tcp::listen(self.entrance.port)
    }

    /// Takes the place down.
    pub(super) fn leave(self) -> Result<()> {
        self.topology.tear_down()
    }

    /// What shows that packets went to the place, if it is not the guest itself.
    pub(super) fn evidence(&self) -> Result<Option<String>> {
        match self.place.is_container() {
            false => Ok(None),
            true => self.topology.evidence().map(Some),
        }
    }

    /// Answers the host's traffic of a cell; the host has the times.
    pub(super) fn serve(
        &self,
        cell: &Cell,
        turn: Turn,
        irq: &RxIrq,
        cores: Cores<'_>,
    ) -> Result<Measured> {
        let receives_on = match cell.row.workload.competitor() {
            Competitor::Receiver => cores.nic_cpu,
            _ => cores.sink_cpu,
        };
        let here = Cores {
            sink_cpu: receives_on,
            ..cores
        };
        let socket = self.bind()?;
        let outcome = if cell.row.workload.is_tcp() {
            let echo = Echo::start(self.listen()?, cell.mode, receives_on)?;
            // Control probes come beside the connection.
            let outcome = virtio::serve(&socket, irq, turn, here, busy::look)?;
            echo.finish()?;
            outcome
        } else {
            let inbox = Waiting::new(&socket, cell.mode)?;
            virtio::serve(inbox, irq, turn, here, busy::look)?
        };
        cpu::pin(cores.sink_cpu)?;
        let softirqs = outcome.net_rx_softirqs;
        interrupted(cell.mode, outcome.interrupts, softirqs).map_err(|why| {
            Error::Other(format!(
                "{why} CPU {}: the NIC's interrupt is elsewhere",
                cores.nic_cpu
            ))
        })?;
        let (before, after) = outcome.seen;
        Ok(Measured {
            busy: after.since(&before),
            net_rx: softirqs,
            ..Measured::default()
        })
    }
}

/// Whether packets came to the measured core; an error in words if another one had them.
fn interrupted(
    mode: Mode,
    interrupts: u64,
    softirqs: u64,
) -> std::result::Result<(), &'static str> {
    // These take interrupts whatever comes; the others may poll all of it.
    let needs = matches!(mode, Mode::Softirq | Mode::Control | Mode::KbpArmed);
    match interrupts {
        0 if softirqs > 0 => Err("softirqs ran without an interrupt on"),
        0 if needs => Err("no receive interrupt came to"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_without_interrupts_does_not_count() {
        for mode in [Mode::Softirq, Mode::Control, Mode::KbpArmed] {
            assert!(interrupted(mode, 1, 1).is_ok());
            assert!(interrupted(mode, 0, 0).unwrap_err().contains("no receive"));
        }
        assert!(interrupted(Mode::KbpMasked, 0, 0).is_ok());
        assert!(interrupted(Mode::SoBusyPoll, 0, 3).is_err());
    }
}
