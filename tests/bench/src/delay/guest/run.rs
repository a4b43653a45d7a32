// SPDX-License-Identifier: GPL-2.0
//! One run of an order: what came of its packets, and what others had of the CPU meanwhile.

use std::thread;
use std::time::{Duration, Instant};

use super::beside::Neighbour;
use super::end::End;
use super::CPU;
use crate::guest::testnic::Order;
use crate::guest::{softirqs, testnic};
use crate::statistics::Times;
use crate::{Error, Result};

/// From the start of a run to its first packet.
pub(super) const LEAD: Duration = Duration::from_millis(10);
/// How long the last packets may take after they have come.
const LIMIT: Duration = Duration::from_secs(20);

/// Of all packets of an order.
pub(super) struct Run {
    pub(super) delay: Times,
    pub(super) lost: u64,
    pub(super) net_rx: u64,
    pub(super) time: Duration,
    /// Of the task beside that spins.
    pub(super) turns: u64,
}

impl Run {
    /// Plays the order to its end; it is an error if a packet was neither delivered nor lost.
    pub(super) fn of(order: &Order, end: &End, neighbour: &Neighbour) -> Result<Run> {
        end.forget();
        let net_rx = softirqs::net_rx(CPU)?;
        let (turns, start) = (neighbour.turns(), Instant::now());
        play(order)?;
        let (turns, time) = (neighbour.turns() - turns, start.elapsed());
        let net_rx = softirqs::net_rx(CPU)? - net_rx;
        let stats = testnic::read("stats")?;
        let number = |key| testnic::number(&stats, key);
        let (delivered, lost) = (number("delivered")?, number("dropped")?);
        if delivered + lost != order.count {
            let packets = order.count;
            return Err(Error::Other(format!(
                "{delivered} delivered + {lost} lost are not {packets}"
            )));
        }
        let delay = end.delay()?;
        let unread = delivered.saturating_sub(delay.total());
        Ok(Run {
            delay,
            lost: lost + unread,
            net_rx,
            time,
            turns,
        })
    }
}

/// Has the NIC play this, until its last packet has been polled.
pub(super) fn play(order: &Order) -> Result<()> {
    testnic::write("config", &order.config(CPU))?;
    testnic::write("reset", "1")?;
    testnic::write("run", "1")?;
    // Nobody looks meanwhile: that would be one more who wants the CPU.
    thread::sleep(order.lead + order.length());
    let start = Instant::now();
    while testnic::read("run")?.trim() != "0" {
        if start.elapsed() > LIMIT {
            return Err(Error::Other(format!(
                "packets were not polled within {LIMIT:?}"
            )));
        }
        thread::sleep(LEAD);
    }
    Ok(())
}
