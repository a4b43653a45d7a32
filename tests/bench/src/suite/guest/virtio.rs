// SPDX-License-Identifier: GPL-2.0
//! The guest's part of a measurement through the virtio NIC: an echo that the host starts and
//! stops by control probes.

use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::guest::echo::{self, Inbox};
use crate::guest::irq::RxIrq;
use crate::guest::testnic::Place;
use crate::guest::{cpu, softirqs};
use crate::suite::plan::ready_mark;
use crate::wire::Kind;
use crate::{Error, Result};

/// Which measurement of the host's, and how long it may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub(super) index: usize,
    pub(super) limit: Duration,
}

/// What was counted over the measured traffic.
pub(super) struct Outcome<T> {
    pub(super) interrupts: u64,
    pub(super) net_rx_softirqs: u64,
    /// What the caller looked at when the traffic began and when it was over.
    pub(super) seen: (T, T),
}

struct Counts<T> {
    interrupts: u64,
    net_rx: u64,
    seen: T,
}

/// Tells the host that its phase is ready and echoes until the host says stop. `look` is called
/// when the measured traffic begins and when it is over.
pub(super) fn serve<T>(
    inbox: impl Inbox,
    irq: &RxIrq,
    turn: Turn,
    place: Place<'_>,
    look: impl Fn() -> Result<T>,
) -> Result<Outcome<T>> {
    let Turn { index, limit } = turn;
    let nic_cpu = place.nic_cpu;
    cpu::pin(place.sink_cpu)?;
    // Something may have moved the interrupt since the last time.
    irq.pin(nic_cpu)?;
    let counts = || {
        Ok::<_, Error>(Counts {
            interrupts: irq.count(nic_cpu)?,
            net_rx: softirqs::net_rx(nic_cpu)?,
            seen: look()?,
        })
    };
    let (mut before, mut after) = (None, None);
    mark(index)?;
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
        match control
            .filter(|probe| probe.seq == index as u64)
            .map(|probe| probe.kind)
        {
            Some(Kind::Start) if before.is_none() => before = Some(counts()?),
            Some(Kind::Stop) => {
                after = Some(counts()?);
                return Ok(false);
            }
            _ => {}
        }
        Ok(true)
    })?;
    match (before, after) {
        (Some(before), Some(after)) => Ok(Outcome {
            interrupts: after.interrupts - before.interrupts,
            net_rx_softirqs: after.net_rx - before.net_rx,
            seen: (before.seen, after.seen),
        }),
        _ => Err(Error::Other(format!(
            "the host ended its measurement number {index} without having begun it"
        ))),
    }
}

/// Tells the host through the control port that it may begin.
fn mark(index: usize) -> Result<()> {
    tell_host(&ready_mark(index))
}

/// Leaves a mark on the control port.
pub(super) fn tell_host(mark: &str) -> Result<()> {
    let status = Command::new("kbp-mark").arg(mark).status();
    match status.map_err(Error::doing("cannot run kbp-mark"))? {
        status if status.success() => Ok(()),
        status => Err(Error::Other(format!("kbp-mark failed: {status}"))),
    }
}
