// SPDX-License-Identifier: GPL-2.0
//! The host's part of a TCP round trip: requests at their times on one connection, each answered by the guest with
//! the same bytes.
//!
//! As with datagrams: warm-up, `Start`, the measured requests, `Stop`; the control probes go beside the connection.

mod client;
mod wire;

use std::time::{Duration, Instant};

use kbp_vm::cable::Held;
use kbp_vm::udp::{due, filler};

use self::client::Client;
use super::traffic::{control, counted, Traffic, WARM_UP};
use crate::wire::Kind;
use crate::{Error, Result};

/// Ethernet header and check sequence, IPv4 and TCP headers; the connection has no options.
const HEADERS: usize = 58;
/// Its number, in front of each request.
const NUMBER: usize = 4;
/// Client ports begin here; the guest may still know the last one.
const FIRST_PORT: u16 = 42000;
const PORTS: u64 = 10_000;
/// How long to wait for answers after the last request.
const DRAIN: Duration = Duration::from_secs(2);
/// How long the connection is left alone, so that the last acknowledgement leaves.
const REST: Duration = Duration::from_millis(30);

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

    /// Request `n`: its number, then bytes that depend on it.
    fn request(&self, n: u64) -> Vec<u8> {
        let number = (n as u32).to_be_bytes();
        let rest = filler(NUMBER..self.bytes(), n);
        number.into_iter().chain(rest).collect()
    }
}

/// Measures phase `index`.
pub(super) fn measure(cable: &Held<'_>, index: u64, requests: Requests) -> Result<Traffic> {
    let warm_up = Requests {
        count: WARM_UP.min(requests.count),
        ..requests
    };
    let port = FIRST_PORT + (index % PORTS) as u16;
    let room = requests.count.max(warm_up.count) as usize * requests.bytes();
    let mut client = Client::connect(cable, port, room)?;
    let warm = run(&mut client, warm_up)?;
    if warm.received < warm.sent {
        return Err(Error::Other(format!(
            "the guest answered {} of {} TCP requests of the warm-up within {DRAIN:?}",
            warm.received, warm.sent
        )));
    }
    control(cable, Kind::Start, index)?;
    let traffic = run(&mut client, requests)?;
    control(cable, Kind::Stop, index)?;
    client.close()?;
    Ok(traffic)
}

/// Asks, and waits for the answers.
fn run(client: &mut Client<'_>, requests: Requests) -> Result<Traffic> {
    let mut answers = Answers::new(requests);
    let (mut sent_at, mut late) = (Vec::new(), Vec::new());
    let start = Instant::now();
    loop {
        let asked = sent_at.len() as u64;
        let all = asked == requests.count;
        let next = match sent_at.last() {
            Some(last) if all => *last + DRAIN,
            _ => start + due(asked, requests.rate),
        };
        let now = Instant::now();
        if all && (answers.whole() == requests.count || now >= next) {
            break;
        }
        if !all && now >= next {
            late.push((now - next).as_nanos() as u64);
            sent_at.push(now);
            client.send(&requests.request(asked))?;
        }
        // Even when the sending is late: answers left lying would close the window.
        client.turn(next)?;
        client.receive(&mut answers.bytes)?;
        answers.read(&sent_at, Instant::now())?;
    }
    let rest = Instant::now() + REST;
    while Instant::now() < rest {
        client.turn(rest)?;
    }
    Ok(Traffic {
        sent: requests.count,
        received: answers.whole(),
        duplicates: 0,
        reordered: 0,
        rtt: counted(&answers.rtt_ns)?,
        late: counted(&late)?,
    })
}

/// What has come back: the requests, one after the other.
#[derive(Debug)]
struct Answers {
    requests: Requests,
    bytes: Vec<u8>,
    rtt_ns: Vec<u64>,
}

impl Answers {
    fn new(requests: Requests) -> Answers {
        Answers {
            requests,
            bytes: Vec::new(),
            rtt_ns: Vec::new(),
        }
    }

    /// How many are complete.
    fn whole(&self) -> u64 {
        self.rtt_ns.len() as u64
    }

    /// Takes those that are complete by now.
    fn read(&mut self, sent_at: &[Instant], now: Instant) -> Result<()> {
        let length = self.requests.bytes();
        let complete = self.bytes.len() / length * length;
        for answer in self.bytes[..complete].chunks(length) {
            let n = self.rtt_ns.len();
            let asked = sent_at
                .get(n)
                .filter(|_| answer == self.requests.request(n as u64));
            let Some(asked) = asked else {
                return Err(Error::Other(format!(
                    "TCP answer number {n} has other content than was asked"
                )));
            };
            self.rtt_ns.push((now - *asked).as_nanos() as u64);
        }
        self.bytes.drain(..complete);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUESTS: Requests = Requests {
        count: 3,
        rate: 500,
        frame: 64,
    };

    #[test]
    fn a_request_fills_its_frame_and_is_due_at_its_time() {
        assert_eq!(REQUESTS.request(0x0102).len(), 6);
        assert_eq!(REQUESTS.request(0x0102)[..4], [0, 0, 1, 2]);
        let large = Requests {
            frame: 1518,
            ..REQUESTS
        };
        assert_eq!(large.request(1).len(), 1460);
        assert_eq!(due(3, REQUESTS.rate), Duration::from_millis(6));
    }

    #[test]
    fn answers_count_when_they_are_whole() {
        let mut answers = Answers::new(REQUESTS);
        let start = Instant::now();
        let sent_at = [start; 2];
        let stream: Vec<u8> = (0..2).flat_map(|n| REQUESTS.request(n)).collect();
        answers.bytes.extend(&stream[..8]);
        let after = |ms| start + Duration::from_millis(ms);
        answers.read(&sent_at, after(1)).unwrap();
        assert_eq!(answers.rtt_ns, [1_000_000]);
        answers.bytes.extend(&stream[8..]);
        answers.read(&sent_at, after(5)).unwrap();
        assert_eq!(answers.rtt_ns, [1_000_000, 5_000_000]);
        assert!(answers.bytes.is_empty());
    }

    #[test]
    fn what_was_not_asked_is_no_answer() {
        let now = Instant::now();
        let read = |bytes: Vec<u8>, sent_at: &[Instant]| {
            let mut answers = Answers::new(REQUESTS);
            answers.bytes = bytes;
            answers.read(sent_at, now).unwrap_err().to_string()
        };
        assert!(read(REQUESTS.request(1), &[now; 2]).contains("number 0"));
        assert!(read(REQUESTS.request(0), &[]).contains("number 0"));
    }
}
