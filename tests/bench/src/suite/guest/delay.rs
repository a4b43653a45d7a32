// SPDX-License-Identifier: GPL-2.0
//! The synthetic NIC at a constant rate; timed: from the interrupt to the poll.

use std::time::Duration;

use super::busy;
use super::receiver::Receiver;
use crate::guest::rate::lasting;
use crate::guest::testnic::{self, Order, Place as Cores};
use crate::suite::cell::Cell;
use crate::suite::outcome::{Outcome, Packets};
use crate::Result;

/// Packets per queue.
pub(super) const RING: u32 = 4096;
/// A tasklet that takes a third of the core, in pieces as long as a disk's or a timer's. Not in
/// step with the packets: it would always begin just after, or just before one.
pub(super) const TASKLET: (Duration, Duration) =
    (Duration::from_micros(3100), Duration::from_millis(1));
/// Packets flow that long before the measured ones: first executions are slow, above all under
/// emulation.
const WARM_UP: Duration = Duration::from_millis(100);
/// Fewer values say nothing about the last percent.
const LEAST: u64 = 400;

/// Measures packets that come in this `rhythm`.
pub(super) fn measure(
    cell: &Cell,
    rhythm: Order,
    length: Duration,
    cores: Cores<'_>,
    receiver: &Receiver,
) -> Result<Outcome> {
    testnic::carry_out(&lasting(WARM_UP, rhythm), cores, receiver.bind()?)?;
    let mut order = lasting(length, rhythm);
    order.count = order.count.max(LEAST.next_multiple_of(rhythm.burst.into()));
    let before = busy::look()?;
    let run = testnic::carry_out(&order, cores, receiver.bind()?)?;
    Ok(Outcome {
        packets: packets(&run),
        busy: busy::look()?.since(&before),
        net_rx: run.net_rx_softirqs,
        times: run.delay,
        noise: run.late,
        ..Outcome::nothing_of(cell)
    })
}

pub(super) fn packets(run: &testnic::Outcome) -> Packets {
    Packets {
        sent: run.sent,
        received: run.sink.received,
        duplicates: run.sink.duplicates,
        reordered: 0,
    }
}
