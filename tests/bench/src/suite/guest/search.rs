// SPDX-License-Identifier: GPL-2.0
//! The highest rate without loss, to a receiver's socket.

use std::time::Duration;

use super::busy;
use super::delay::packets;
use super::receiver::Receiver;
use crate::guest::rate;
use crate::guest::testnic::{self, Place as Cores};
use crate::suite::cell::Cell;
use crate::suite::outcome::{Outcome, Trial};
use crate::Result;

/// Where the search begins, packets per second.
const FIRST: u64 = 2000;
/// The search ends when the highest rate without loss and the lowest with it are so close.
const CLOSE: f64 = 1.05;
/// A rate fails when each of so many tries has lost something: under emulation the host takes a
/// core away at times, which has nothing to do with the rate.
const TRIES: u32 = 2;

/// Measures one row; a trial takes half of `length`. What counts is what arrives at the receiver's
/// socket.
pub(super) fn measure(
    cell: &Cell,
    frame: u32,
    length: Duration,
    cores: Cores<'_>,
    receiver: &Receiver,
) -> Result<Outcome> {
    let before = busy::look()?;
    let mut outcome = Outcome::nothing_of(cell);
    outcome.rate = Some(rate::highest(FIRST, CLOSE, |rate| {
        for _ in 0..TRIES {
            let order = rate::order(rate, frame, length / 2);
            let run = testnic::carry_out(&order, cores, receiver.bind()?)?;
            let packets = packets(&run);
            let lost = packets.lost();
            outcome.net_rx += run.net_rx_softirqs;
            outcome.trials.push(Trial { rate, lost });
            if lost == 0 && packets.sent >= outcome.packets.sent {
                outcome.packets = packets;
            }
            if packets.sent == packets.received {
                return Ok(true);
            }
        }
        Ok(false)
    })?);
    outcome.busy = busy::look()?.since(&before);
    Ok(outcome)
}
