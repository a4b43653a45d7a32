// SPDX-License-Identifier: GPL-2.0
//! A paced stream of numbered datagrams to the guest's UDP echo, with every reply accounted for.

use std::io;
use std::ops::Range;
use std::time::{Duration, Instant};

use super::datagram::{build, parse, Endpoint, ECHO_PORT};
use crate::cable::{answer, Held};

/// Marks the datagrams of a load; the sequence number follows.
const MAGIC: &[u8; 8] = b"kbp-load";
const HEADER: usize = 16;
/// The first source port.
const SOURCE_PORT: u16 = 40000;

/// What to send.
#[derive(Debug, Clone)]
pub struct Load {
    /// How many datagrams.
    pub count: u64,
    /// How many a second; 0 sends as fast as the cable takes them.
    pub rate: u32,
    /// The size of the UDP payload in bytes: 16 to 1472.
    pub payload: usize,
    /// How many source ports to use in turn, so that a NIC with several queues spreads them.
    pub flows: u16,
    /// How long to wait for replies after the last datagram was sent.
    pub drain: Duration,
}

impl Default for Load {
    fn default() -> Load {
        Load {
            count: 1000,
            rate: 1000,
            payload: 64,
            flows: 1,
            drain: Duration::from_secs(2),
        }
    }
}

/// What came back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadReport {
    /// Datagrams sent.
    pub sent: u64,
    /// Datagrams that were answered, each counted once.
    pub received: u64,
    /// Datagrams that were never answered.
    pub lost: u64,
    /// Further answers to datagrams already answered.
    pub duplicates: u64,
    /// Answers from the echo port with wrong content.
    pub corrupt: u64,
    /// Answers that came after the answer to a later datagram.
    pub reordered: u64,
    /// The time from sending to the first answer, in the order the answers came, in nanoseconds.
    pub rtt_ns: Vec<u64>,
    /// How late each datagram was sent, in nanoseconds: the sender's own noise.
    pub late_ns: Vec<u64>,
}

/// When packet `n` of `rate` a second is due, after the first; 0 a second means at once.
pub fn due(n: u64, rate: u32) -> Duration {
    match rate {
        0 => Duration::ZERO,
        rate => Duration::from_nanos((u128::from(n) * 1_000_000_000 / u128::from(rate)) as u64),
    }
}

/// The bytes at these places of packet `n`.
pub fn filler(places: Range<usize>, n: u64) -> impl Iterator<Item = u8> {
    places.map(move |at| (at as u64).wrapping_mul(31).wrapping_add(n) as u8)
}

impl Load {
    /// Sends the load over this cable and waits for the replies. ARP and ping of the guest are
    /// answered meanwhile.
    pub fn run(&self, cable: &Held<'_>) -> io::Result<LoadReport> {
        if !(HEADER..=1472).contains(&self.payload) || self.flows == 0 {
            let rule = format!("a load needs {HEADER} to 1472 payload bytes and at least one flow");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, rule));
        }
        let mut run = Run {
            load: self,
            cable,
            sent_at: Vec::new(),
            answered: Vec::new(),
            highest: None,
            report: LoadReport::default(),
        };
        let start = Instant::now();
        while run.report.sent < self.count {
            let due = start + due(run.report.sent, self.rate);
            let wait = due.saturating_duration_since(Instant::now());
            if wait.is_zero() {
                run.send(due)?;
            }
            // Even when the sending is late: replies left lying would overflow the socket.
            run.receive(wait)?;
        }
        let end = Instant::now() + self.drain;
        while run.report.received < run.report.sent && Instant::now() < end {
            run.receive(end.saturating_duration_since(Instant::now()))?;
        }
        // What is here already may hold duplicates.
        while run.receive(Duration::ZERO)? {}
        run.report.lost = run.report.sent - run.report.received;
        Ok(run.report)
    }

    /// The payload of datagram `n`: its number, then bytes that depend on it.
    fn payload(&self, n: u64) -> Vec<u8> {
        let mut payload = [MAGIC.as_slice(), &n.to_be_bytes()].concat();
        payload.extend(filler(HEADER..self.payload, n));
        payload
    }
}

struct Run<'a> {
    load: &'a Load,
    cable: &'a Held<'a>,
    sent_at: Vec<Instant>,
    answered: Vec<bool>,
    highest: Option<u64>,
    report: LoadReport,
}

impl Run<'_> {
    fn send(&mut self, due: Instant) -> io::Result<()> {
        let n = self.report.sent;
        let from = Endpoint::host(
            self.cable.index(),
            SOURCE_PORT + (n % u64::from(self.load.flows)) as u16,
        );
        let to = Endpoint::guest(self.cable.index(), ECHO_PORT);
        let frame = build(from, to, &self.load.payload(n)).ok_or(io::ErrorKind::InvalidInput)?;
        let now = Instant::now();
        let late = now.duration_since(due).as_nanos() as u64;
        self.report.late_ns.push(late);
        self.sent_at.push(now);
        self.answered.push(false);
        self.cable.send(&frame)?;
        self.report.sent += 1;
        Ok(())
    }

    /// Takes one frame, if one comes in time.
    fn receive(&mut self, limit: Duration) -> io::Result<bool> {
        let mut buffer = [0; 2048];
        let Some(length) = self.cable.recv(&mut buffer, limit)? else {
            return Ok(false);
        };
        let now = Instant::now();
        let frame = &buffer[..length];
        match parse(frame).filter(|datagram| datagram.from.port == ECHO_PORT) {
            Some(datagram) if self.asked_from(datagram.to.port) => {
                self.reply(datagram.payload, now);
            }
            // The answer to somebody who used the cable before.
            Some(_) => {}
            None => {
                if let Some(frame) = answer(self.cable.index(), frame) {
                    self.cable.send(&frame)?;
                }
            }
        }
        Ok(true)
    }

    fn asked_from(&self, port: u16) -> bool {
        (SOURCE_PORT..SOURCE_PORT.saturating_add(self.load.flows)).contains(&port)
    }

    fn reply(&mut self, payload: &[u8], now: Instant) {
        let number = payload
            .get(8..HEADER)
            .and_then(|bytes| bytes.try_into().ok())
            .map(u64::from_be_bytes);
        let Some(n) = number.filter(|n| *n < self.report.sent && payload == self.load.payload(*n))
        else {
            self.report.corrupt += 1;
            return;
        };
        if std::mem::replace(&mut self.answered[n as usize], true) {
            self.report.duplicates += 1;
            return;
        }
        self.report.received += 1;
        self.report.reordered += u64::from(self.highest.is_some_and(|highest| n < highest));
        self.highest = self.highest.max(Some(n));
        self.report
            .rtt_ns
            .push(now.duration_since(self.sent_at[n as usize]).as_nanos() as u64);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::cable::{Cable, Port, Stats};

    /// Echoes; what it has at the beginning is of somebody else.
    #[derive(Debug)]
    struct Echo(Mutex<VecDeque<Vec<u8>>>);

    impl Cable for Echo {
        fn send(&self, frame: &[u8]) -> io::Result<()> {
            let datagram = parse(frame).unwrap();
            let back = build(datagram.to, datagram.from, datagram.payload).unwrap();
            self.0.lock().unwrap().push_back(back);
            Ok(())
        }

        fn recv(&self, buffer: &mut [u8], _: Duration) -> io::Result<Option<usize>> {
            Ok(self.0.lock().unwrap().pop_front().map(|frame| {
                buffer[..frame.len()].copy_from_slice(&frame);
                frame.len()
            }))
        }

        fn stats(&self) -> Stats {
            Stats::default()
        }
    }

    #[test]
    fn late_answers_to_others_are_not_counted() {
        let late = build(
            Endpoint::guest(0, ECHO_PORT),
            Endpoint::host(0, 40999),
            b"acknowledged once more",
        );
        let echo = Echo(Mutex::new(VecDeque::from([late.unwrap()])));
        let port = Port::new(0, Arc::new(echo), false).unwrap();
        let load = Load {
            count: 3,
            rate: 0,
            flows: 2,
            ..Load::default()
        };
        let report = load.run(&port.hold()).unwrap();
        assert_eq!((report.received, report.corrupt), (3, 0));
    }
}
