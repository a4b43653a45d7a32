// SPDX-License-Identifier: GPL-2.0
//! The guest's part of a measurement through the virtio NIC: an echo that the host starts and
//! stops by control probes.

use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::busy;
use crate::guest::echo::{self, Inbox};
use crate::guest::irq::RxIrq;
use crate::guest::testnic::Place;
use crate::guest::{cpu, softirqs};
use crate::suite::outcome::Busy;
use crate::suite::plan::ready_mark;
use crate::wire::Kind;
use crate::{Error, Result};

/// What was counted over the measured traffic.
pub(super) struct Counted {
    pub(super) interrupts: u64,
    pub(super) net_rx: u64,
    pub(super) busy: Vec<Busy>,
}

/// Tells the host that its measurement number `index` is ready and echoes until the host says stop,
/// within `limit`.
pub(super) fn serve(
    inbox: impl Inbox,
    (index, limit): (usize, Duration),
    irq: &RxIrq,
    place: Place<'_>,
) -> Result<Counted> {
    let nic_cpu = place.nic_cpu;
    cpu::pin(place.sink_cpu)?;
    // Something may have moved the interrupt since the last time.
    irq.pin(nic_cpu)?;
    let look = || {
        let counts = (irq.count(nic_cpu)?, softirqs::net_rx(nic_cpu)?);
        Ok::<_, Error>((counts, busy::look()?))
    };
    let (mut before, mut after) = (None, None);
    tell_host(&ready_mark(index))?;
    let begin = Instant::now();
    echo::run(inbox, |_, control| {
        if place.stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        if begin.elapsed() > limit {
            return Err(Error::Other(format!(
                "the host did not end its measurement number {index} within {limit:?}"
            )));
        }
        // A control probe is repeated until its answer arrives: the first one counts.
        let control = control.filter(|probe| probe.seq == index as u64);
        match control.map(|probe| probe.kind) {
            Some(Kind::Start) if before.is_none() => before = Some(look()?),
            Some(Kind::Stop) => {
                after = Some(look()?);
                return Ok(false);
            }
            _ => {}
        }
        Ok(true)
    })?;
    match (before, after) {
        (Some(((interrupts, net_rx), before)), Some((counts, after))) => Ok(Counted {
            interrupts: counts.0 - interrupts,
            net_rx: counts.1 - net_rx,
            busy: after.since(&before),
        }),
        _ => Err(Error::Other(format!(
            "the host ended its measurement number {index} without having begun it"
        ))),
    }
}

/// Leaves a mark on the control port.
pub(super) fn tell_host(mark: &str) -> Result<()> {
    let status = Command::new("kbp-mark").arg(mark).status();
    match status.map_err(Error::doing("cannot run kbp-mark"))? {
        status if status.success() => Ok(()),
        status => Err(Error::Other(format!("kbp-mark failed: {status}"))),
    }
}
