// SPDX-License-Identifier: GPL-2.0
//! The highest rate without loss (RFC 2544, section 26.1): doubled until packets are lost, then
//! halved in between until two rates are close.

use std::time::Duration;

use super::testnic::Order;
use crate::{Error, Result};

/// Packets in the ring. Small, as that of a virtio NIC: what waits longer than that is lost.
pub(crate) const RING: u32 = 256;
/// Packets per interrupt. At these rates a NIC's interrupts are coalesced.
const BURST: u32 = 16;
/// No kernel comes here, not even on real hardware with one core.
const LAST: u64 = 4_000_000;
/// Ethernet header and check sequence, IPv4 and UDP headers.
const HEADERS: u32 = 46;
/// The smallest payload that the synthetic NIC has room to number: a frame of 70 bytes.
const LEAST_PAYLOAD: u32 = 24;

/// So many packets a second in frames of so many bytes, for that long.
pub(crate) fn order(rate: u64, frame: u32, length: Duration) -> Order {
    let rhythm = Order {
        period: Duration::from_nanos(u64::from(BURST) * 1_000_000_000 / rate),
        burst: BURST,
        payload: frame.saturating_sub(HEADERS).max(LEAST_PAYLOAD),
        ..Order::default()
    };
    lasting(length, rhythm)
}

/// As many whole interrupts of this rhythm as fit into `length`.
pub(crate) fn lasting(length: Duration, rhythm: Order) -> Order {
    let interrupts = (length.as_nanos() / rhythm.period.as_nanos().max(1)).max(1) as u64;
    Order {
        count: interrupts * u64::from(rhythm.burst),
        ..rhythm
    }
}

/// The highest rate at which `passes` is true, from `first` packets a second on; of one that is `close`
/// times higher nothing is known.
pub(crate) fn highest(
    first: u64,
    close: f64,
    mut passes: impl FnMut(u64) -> Result<bool>,
) -> Result<u64> {
    let (mut good, mut bad) = (0, first);
    while passes(bad)? {
        (good, bad) = (bad, bad * 2);
        if bad > LAST {
            return Err(Error::Other(format!(
                "no packet was lost at {good} a second: the search ends there; this clock cannot be right"
            )));
        }
    }
    // Where even an eighth of the first rate loses there is none to be found.
    while bad as f64 > good as f64 * close && (good > 0 || bad >= first / 8) {
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

    const FIRST: u64 = 2000;
    const CLOSE: f64 = 1.05;

    fn found(limit: u64) -> u64 {
        highest(FIRST, CLOSE, |rate| Ok(rate <= limit)).unwrap()
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
        let error = highest(FIRST, CLOSE, |_| Ok(true)).unwrap_err().to_string();
        assert!(error.contains("no packet was lost"), "{error}");
    }

    #[test]
    fn an_order_has_the_rate_and_the_frame() {
        let order = order(16_000, 512, Duration::from_secs(1));
        assert_eq!(order.period, Duration::from_millis(1));
        assert_eq!((order.count, order.payload), (16_000, 466));
    }
}
