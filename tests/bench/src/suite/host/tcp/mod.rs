// SPDX-License-Identifier: GPL-2.0
//! The host's part of a TCP round trip: requests at their times on one connection, each answered by
//! the guest with the same bytes.
//!
//! As with datagrams: warm-up, `Start`, the measured requests, `Stop`; the control probes go beside
//! the connection.

mod client;
mod stream;
mod wire;

use std::time::Duration;

use kbp_probe::load::Load;
use kbp_probe::run::{self, Outcome};
use kbp_vm::cable::Held;

use self::client::Client;
use super::traffic::{control, Traffic, WARM_UP};
use crate::wire::Kind;
use crate::{Error, Result};

/// Ethernet header and check sequence, IPv4 and TCP headers; the connection has no options.
const HEADERS: usize = 58;
/// Client ports begin here; the guest may still know the last one.
const FIRST_PORT: u16 = 42000;
const PORTS: u64 = 10_000;
/// How long to wait for answers after the last request; TCP loses none, so only a guest that hangs takes so
/// long.
const DRAIN: Duration = Duration::from_secs(30);

/// What to ask.
#[derive(Debug, Clone, Copy)]
pub(super) struct Requests {
    /// How many.
    pub(super) count: u64,
    /// How many a second.
    pub(super) rate: u32,
    /// The Ethernet frame that a request fits into, with its check sequence: 64 to 1518.
    pub(super) frame: u32,
}

impl Requests {
    fn bytes(&self) -> usize {
        self.frame as usize - HEADERS
    }

    /// Asks, and waits for the answers.
    fn run(&self, client: &mut Client<'_>, count: u64) -> Result<Outcome> {
        let payload = stream::probe(self.bytes());
        let load = Load::to_echo(self.rate.into(), count, payload, DRAIN);
        let outcome = run::run(client, &load, &|| false);
        client.rest()?;
        Ok(outcome)
    }
}

/// Measures phase `index`.
pub(super) fn measure(cable: &Held<'_>, index: u64, requests: Requests) -> Result<Traffic> {
    let port = FIRST_PORT + (index % PORTS) as u16;
    let mut client = Client::connect(cable, port, requests.count as usize * requests.bytes())?;
    let warm = requests.run(&mut client, WARM_UP.min(requests.count))?;
    if warm.counts.lost > 0 {
        return Err(Error::Other(format!(
            "the guest answered {} of {} TCP requests of the warm-up within {DRAIN:?}",
            warm.counts.received, warm.counts.sent
        )));
    }
    control(cable, Kind::Start, index)?;
    let outcome = requests.run(&mut client, requests.count)?;
    control(cable, Kind::Stop, index)?;
    client.close()?;
    Traffic::of(&outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_fills_its_frame() {
        let (count, rate) = (1, 500);
        let bytes = |frame| Requests { count, rate, frame }.bytes();
        assert_eq!([64, 512, 1518].map(bytes), [6, 454, 1460]);
    }
}
