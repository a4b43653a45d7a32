// SPDX-License-Identifier: GPL-2.0
//! The highest rate without loss (RFC 2544, section 26.1): doubled until packets are lost, then
//! halved in between until two rates are close.

use std::time::Duration;

use super::busy;
use super::delay::{lasting, packets};
use super::receiver::Receiver;
use crate::guest::testnic::{self, Order, Place as Cores};
use crate::suite::cell::Cell;
use crate::suite::outcome::{Outcome, Trial};
use crate::{Error, Result};

/// Packets in the ring. Small, as that of a virtio NIC: what waits longer than that is lost.
pub(super) const RING: u32 = 256;
/// Packets per interrupt. At these rates a NIC's interrupts are coalesced.
const BURST: u32 = 16;
/// Where it begins, packets per second.
const FIRST: u64 = 2000;
/// No kernel comes here, not even on real hardware with one core.
const LAST: u64 = 4_000_000;
/// The search ends when the highest rate without loss and the lowest with it are so close.
const CLOSE: f64 = 1.05;
/// A rate fails when each of so many tries has lost something: under emulation the host takes a
/// core away at times, which has nothing to do with the rate.
const TRIES: u32 = 2;
/// Ethernet header and check sequence, IPv4 and UDP headers.
const HEADERS: u32 = 46;
/// The smallest payload that the synthetic NIC has room to number: a frame of 70 bytes.
const LEAST_PAYLOAD: u32 = 24;

/// Measures one row; a trial takes half of `length`. What counts is what arrives at the receiver's
/// socket.
pub(super) fn measure(
    cell: &Cell,
    frame: u32,
    length: Duration,
    cores: Cores<'_>,
    receiver: &Receiver,
) -> Result<Outcome> {
    let payload = frame.saturating_sub(HEADERS).max(LEAST_PAYLOAD);
    let before = busy::look()?;
    let mut outcome = Outcome::nothing_of(cell);
    outcome.rate = Some(search(|rate| {
        for _ in 0..TRIES {
            let order = order(rate, payload, length / 2);
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

fn order(rate: u64, payload: u32, length: Duration) -> Order {
    let rhythm = Order {
        period: Duration::from_nanos(u64::from(BURST) * 1_000_000_000 / rate),
        burst: BURST,
        payload,
        ..Order::default()
    };
    lasting(length, rhythm)
}

/// The highest rate at which `passes` is true.
fn search(mut passes: impl FnMut(u64) -> Result<bool>) -> Result<u64> {
    let (mut good, mut bad) = (0, FIRST);
    while passes(bad)? {
        (good, bad) = (bad, bad * 2);
        if bad > LAST {
            return Err(Error::Other(format!(
                "no packet was lost at {good} a second: the search ends there; this clock cannot be right"
            )));
        }
    }
    // Where even an eighth of the first rate loses there is none to be found.
    while bad as f64 > good as f64 * CLOSE && (good > 0 || bad >= FIRST / 8) {
        let middle = (good + bad) / 2;
        match passes(middle)? {
            true => good = middle,
            false => bad = middle,
        }
    }
    Ok(good)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(limit: u64) -> u64 {
        search(|rate| Ok(rate <= limit)).unwrap()
    }

    #[test]
    fn the_limit_is_found_from_below_within_the_closeness() {
        for limit in [2000, 2001, 15_000, 31_999, 500_000] {
            let rate = found(limit);
            let close = rate as f64 * CLOSE >= limit as f64 * 0.999;
            assert!(rate <= limit && close, "{rate} of {limit}");
        }
    }

    #[test]
    fn what_loses_at_every_rate_has_none_and_what_never_loses_is_an_error() {
        assert_eq!(found(0), 0);
        let error = search(|_| Ok(true)).unwrap_err().to_string();
        assert!(error.contains("no packet was lost"), "{error}");
    }

    #[test]
    fn an_order_has_the_rate() {
        let order = order(16_000, 64, Duration::from_secs(1));
        assert_eq!(order.period, Duration::from_millis(1));
        assert_eq!(order.count, 16_000);
    }
}
