// SPDX-License-Identifier: GPL-2.0
//! The receiver: where it is, how packets come to it, and how it waits.

use std::net::UdpSocket;
use std::time::Duration;

use kbp_vm::udp::ECHO_PORT;

use super::inbox::Waiting;
use super::tcp;
use super::virtio::{self, Counted};
use crate::guest::cpu;
use crate::guest::irq::RxIrq;
use crate::guest::testnic::{self, Place as Cores};
use crate::mode::Mode;
use crate::suite::cell::{Cell, Competitor, Place, Workload};
use crate::suite::outcome::Outcome;
use crate::topology::Topology;
use crate::{Error, Result};

/// Where the host's datagrams come in; the second one is there where some cell wants it.
pub(super) const WIRES: [&str; 2] = ["eth0", "eth1"];

/// The NIC of a workload, and the port that its packets are for.
type Entrance = (&'static str, u16);

fn entrance(workload: &Workload) -> Entrance {
    match workload {
        Workload::RoundTrip { wire, .. } => (WIRES[wire.nic()], ECHO_PORT),
        Workload::Delay { .. } | Workload::ZeroLoss { .. } => (testnic::INTERFACE, testnic::PORT),
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
    /// Sets the place of a workload up.
    pub(super) fn of(workload: &Workload) -> Result<Receiver> {
        let (place, entrance) = (workload.place(), entrance(workload));
        Ok(Receiver {
            place,
            entrance,
            topology: Topology::publish(place, entrance.0, entrance.1)?,
        })
    }

    /// Whether it is where a workload wants it.
    pub(super) fn suits(&self, workload: &Workload) -> bool {
        (self.place, self.entrance) == (workload.place(), entrance(workload))
    }

    /// A socket in the place, with nothing of earlier traffic in it.
    pub(super) fn bind(&self) -> Result<UdpSocket> {
        self.topology.bind(self.entrance.1)
    }

    /// Takes the place down.
    pub(super) fn leave(self) -> Result<()> {
        self.topology.tear_down()
    }

    /// What shows that packets went to the place, if it is not the guest itself.
    pub(super) fn evidence(&self) -> Result<Option<String>> {
        let contained = self.place.is_container();
        contained.then(|| self.topology.evidence()).transpose()
    }

    /// Answers the host's traffic of a cell; the host has the times.
    pub(super) fn serve(
        &self,
        cell: &Cell,
        index: usize,
        limit: Duration,
        irq: &RxIrq,
        cores: Cores<'_>,
    ) -> Result<Outcome> {
        let workload = &cell.row.workload;
        let receives_on = match workload.competitor() {
            Competitor::Receiver => cores.nic_cpu,
            _ => cores.sink_cpu,
        };
        let here = Cores {
            sink_cpu: receives_on,
            ..cores
        };
        let socket = self.bind()?;
        let counted = if workload.is_tcp() {
            // Places publish a UDP port: connections go to the guest itself. Control probes come
            // beside them.
            let control = || virtio::serve(&socket, (index, limit), irq, here);
            tcp::answering(
                tcp::listen(self.entrance.1)?,
                cell.mode,
                receives_on,
                control,
            )?
        } else {
            let inbox = Waiting::new(&socket, cell.mode)?;
            virtio::serve(inbox, (index, limit), irq, here)?
        };
        cpu::pin(cores.sink_cpu)?;
        interrupted(cell.mode, &counted, cores.nic_cpu)?;
        Ok(Outcome {
            busy: counted.busy,
            net_rx: counted.net_rx,
            ..Outcome::nothing_of(cell)
        })
    }
}

/// An error if packets came to another core than the measured one.
fn interrupted(mode: Mode, counted: &Counted, cpu: usize) -> Result<()> {
    // These take interrupts whatever comes; the others may poll all of it.
    let needs = matches!(mode, Mode::Softirq | Mode::Control | Mode::KbpArmed);
    let why = match counted.interrupts {
        0 if counted.net_rx > 0 => "softirqs ran without an interrupt on",
        0 if needs => "no receive interrupt came to",
        _ => return Ok(()),
    };
    let text = format!("{why} CPU {cpu}: the NIC's interrupt is elsewhere");
    Err(Error::Other(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_without_interrupts_does_not_count() {
        let check = |mode, interrupts, net_rx| {
            let busy = Vec::new();
            let counted = Counted {
                interrupts,
                net_rx,
                busy,
            };
            interrupted(mode, &counted, 1).map_err(|error| error.to_string())
        };
        for mode in [Mode::Softirq, Mode::Control, Mode::KbpArmed] {
            assert!(check(mode, 1, 1).is_ok());
            assert!(check(mode, 0, 0).unwrap_err().contains("no receive"));
        }
        assert!(check(Mode::KbpMasked, 0, 0).is_ok());
        assert!(check(Mode::SoBusyPoll, 0, 3).is_err());
    }
}
