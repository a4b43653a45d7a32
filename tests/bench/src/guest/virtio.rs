// SPDX-License-Identifier: GPL-2.0
//! The guest's part of a measurement through the virtio NIC: an echo that the host starts and
//! stops by control probes.

use std::net::UdpSocket;
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::echo::{self, Next};
use super::irq::RxIrq;
use super::testnic::Place;
use super::{cpu, softirqs};
use crate::event::ready_mark;
use crate::wire::Kind;
use crate::{Error, Result};

/// How long the host may take for one measurement.
const LIMIT: Duration = Duration::from_secs(60);

pub(super) struct Outcome {
    pub(super) echoed: u64,
    pub(super) interrupts: u64,
    pub(super) net_rx_softirqs: u64,
}

/// Tells the host that phase `index` is ready and echoes until the host says stop.
pub(super) fn serve(
    socket: &UdpSocket,
    irq: &RxIrq,
    index: usize,
    place: Place<'_>,
) -> Result<Outcome> {
    let nic_cpu = place.nic_cpu;
    cpu::pin(place.sink_cpu)?;
    // Something may have moved the interrupt since the last time.
    irq.pin(nic_cpu)?;
    let counts = || Ok::<_, Error>((irq.count(nic_cpu)?, softirqs::net_rx(nic_cpu)?));
    let (mut before, mut after) = (None, None);
    mark(index)?;
    let begin = Instant::now();
    let report = echo::run(socket, |_, control| {
        if place.stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        if begin.elapsed() > LIMIT {
            return Err(Error::Other(format!(
                "the host did not end its measurement number {index} within {LIMIT:?}"
            )));
        }
        // A control probe is repeated until its answer arrives: the first one counts.
        match control
            .filter(|probe| probe.seq == index as u64)
            .map(|probe| probe.kind)
        {
            Some(Kind::Start) if before.is_none() => before = Some(counts()?),
            Some(Kind::Stop) => {
                after = Some(counts()?);
                return Ok(Next::End);
            }
            _ => {}
        }
        Ok(Next::Go)
    })?;
    match (before, after) {
        (Some((irqs, softirqs)), Some((irqs_after, softirqs_after))) => Ok(Outcome {
            echoed: report.echoed,
            interrupts: irqs_after - irqs,
            net_rx_softirqs: softirqs_after - softirqs,
        }),
        _ => Err(Error::Other(format!(
            "the host ended its measurement number {index} without having begun it"
        ))),
    }
}

/// Tells the host through the control port that it may begin.
fn mark(index: usize) -> Result<()> {
    let status = Command::new("kbp-mark").arg(ready_mark(index)).status();
    match status.map_err(Error::doing("cannot run kbp-mark"))? {
        status if status.success() => Ok(()),
        status => Err(Error::Other(format!("kbp-mark failed: {status}"))),
    }
}
