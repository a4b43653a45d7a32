// SPDX-License-Identifier: GPL-2.0
//! The synthetic NIC at a constant rate; timed: from the interrupt to the poll.

use std::time::Duration;

use super::busy;
use super::measured::{not_mine, Measured};
use super::receiver::Receiver;
use crate::guest::testnic::{self, Order, Place as Cores};
use crate::suite::cell::{Competitor, Workload};
use crate::suite::outcome::Packets;
use crate::Result;

/// Packets per queue.
pub(super) const RING: u32 = 4096;
/// A tasklet that takes a third of the core, in pieces as long as a disk's or a timer's. Not in
/// step with the packets: it would always begin just after, or just before one.
const TASKLET: (Duration, Duration) = (Duration::from_micros(3100), Duration::from_millis(1));
/// Packets flow that long before the measured ones: first executions are slow, above all under
/// emulation.
const WARM_UP: Duration = Duration::from_millis(100);
/// Fewer values say nothing about the last percent.
const LEAST: u64 = 400;

/// Measures one row.
pub(super) fn measure(
    workload: &Workload,
    length: Duration,
    cores: Cores<'_>,
    receiver: &Receiver,
) -> Result<Measured> {
    let Workload::Delay {
        period_ns,
        cost_ns,
        burst,
        competitor,
        ..
    } = *workload
    else {
        return Err(not_mine(workload));
    };
    let interrupts = |length: Duration| (length.as_nanos() as u64 / period_ns).max(1);
    let order = |interrupts: u64| Order {
        period: Duration::from_nanos(period_ns),
        count: interrupts * u64::from(burst),
        burst,
        cost: Duration::from_nanos(cost_ns),
        tasklet: (competitor == Competitor::Tasklet).then_some(TASKLET),
        ..Order::default()
    };
    testnic::carry_out(&order(interrupts(WARM_UP)), cores, receiver.bind()?)?;
    let least = LEAST.div_ceil(u64::from(burst));
    let before = busy::look()?;
    let run = testnic::carry_out(
        &order(interrupts(length).max(least)),
        cores,
        receiver.bind()?,
    )?;
    Ok(Measured {
        times: run.delay,
        noise: run.late,
        packets: Packets {
            sent: run.sent,
            received: run.sink.received,
            duplicates: run.sink.duplicates,
            reordered: 0,
        },
        busy: busy::look()?.since(&before),
        net_rx: run.net_rx_softirqs,
        ..Measured::default()
    })
}
