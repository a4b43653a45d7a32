// SPDX-License-Identifier: GPL-2.0
//! The guest's part of a round trip: the receiver, where it is and how it waits.

use std::net::UdpSocket;

use super::inbox::Waiting;
use super::{busy, Measured};
use crate::guest::cpu;
use crate::guest::irq::RxIrq;
use crate::guest::measure::ECHO_PORT;
use crate::guest::testnic::Place as Cores;
use crate::guest::topology::Topology;
use crate::guest::virtio;
use crate::suite::cell::{Cell, Competitor, Place};
use crate::{Error, Result};

/// A receiver in its place. The socket goes before the place does.
#[derive(Debug)]
pub(super) struct Receiver {
    place: Place,
    socket: UdpSocket,
    topology: Topology,
}

impl Receiver {
    /// Sets the place up, for what comes in by `interface`.
    pub(super) fn at(place: Place, interface: &str) -> Result<Receiver> {
        let topology = Topology::set_up(place, interface)?;
        Ok(Receiver {
            place,
            socket: topology.bind(ECHO_PORT)?,
            topology,
        })
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// Takes the place down.
    pub(super) fn leave(self) -> Result<()> {
        drop(self.socket);
        self.topology.tear_down()
    }

    /// What shows that packets went to the place, if it is not the guest itself.
    pub(super) fn evidence(&self) -> Result<Option<String>> {
        match self.place.is_container() {
            false => Ok(None),
            true => self.topology.evidence().map(Some),
        }
    }

    /// Answers the host's datagrams of cell number `index`; the host has the times.
    pub(super) fn serve(
        &self,
        cell: &Cell,
        index: usize,
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
        let inbox = Waiting::new(&self.socket, cell.mode)?;
        let outcome = virtio::serve(inbox, irq, index, here, busy::look)?;
        cpu::pin(cores.sink_cpu)?;
        if outcome.interrupts == 0 && outcome.net_rx_softirqs > 0 {
            return Err(Error::Other(format!(
                "softirqs ran on CPU {}, but the NIC did not interrupt it: its interrupt is elsewhere",
                cores.nic_cpu
            )));
        }
        let (before, after) = outcome.seen;
        Ok(Measured {
            busy: after.since(&before),
            net_rx: outcome.net_rx_softirqs,
            ..Measured::default()
        })
    }
}
