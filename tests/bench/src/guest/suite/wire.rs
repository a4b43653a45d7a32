// SPDX-License-Identifier: GPL-2.0
//! The guest's part of a round trip: the receiver, where and how it waits.

use std::net::UdpSocket;

use super::inbox::Waiting;
use super::{busy, Measured, Stage};
use crate::guest::irq::RxIrq;
use crate::guest::testnic::Place;
use crate::guest::virtio;
use crate::suite::cell::{Competitor, Mode, Workload};
use crate::{Error, Result};

/// Answers the host's datagrams of cell number `index`; the host has the times.
pub(super) fn serve(
    workload: &Workload,
    mode: Mode,
    index: usize,
    socket: &UdpSocket,
    irq: &RxIrq,
    stage: &Stage<'_>,
) -> Result<Measured> {
    let receiver = match workload.competitor() {
        Competitor::Receiver => stage.place.nic_cpu,
        _ => stage.place.sink_cpu,
    };
    let place = Place {
        sink_cpu: receiver,
        ..stage.place
    };
    let inbox = Waiting::new(socket, mode)?;
    let outcome = virtio::serve(inbox, irq, index, place, busy::look)?;
    crate::guest::cpu::pin(stage.place.sink_cpu)?;
    if outcome.interrupts == 0 && outcome.net_rx_softirqs > 0 {
        return Err(Error::Other(format!(
            "softirqs ran on CPU {}, but the NIC did not interrupt it: its interrupt is elsewhere",
            place.nic_cpu
        )));
    }
    let (before, after) = outcome.seen;
    Ok(Measured {
        busy: after.since(&before),
        net_rx: outcome.net_rx_softirqs,
        ..Measured::default()
    })
}
