// SPDX-License-Identifier: GPL-2.0
//! Sends probes at a constant rate, whether answers come or not, and times the answers.

use std::io;
use std::net::UdpSocket;
use std::time::{Duration, Instant};

use kbp_probe::book::Book;
use serde::Serialize;

use super::sink::idle;
use crate::stats::Buckets;
use crate::wire::{Kind, Probe};
use crate::{Error, Result};

/// Something that carries payloads to the echo and back.
pub trait Line {
    /// Sends one payload.
    fn send(&mut self, payload: &[u8]) -> io::Result<()>;

    /// Receives one payload and gives its length, or `None` when `limit` is over.
    fn recv(&mut self, buffer: &mut [u8], limit: Duration) -> io::Result<Option<usize>>;
}

/// What to send.
#[derive(Debug, Clone, Copy)]
pub struct Traffic {
    /// Number of probes.
    pub count: u64,
    /// Probes per second.
    pub rate: u64,
    /// Bytes of payload.
    pub size: usize,
    /// Number of the first probe, so that answers to earlier traffic can be told apart.
    pub first: u64,
    /// How long to wait for missing answers after the last probe.
    pub patience: Duration,
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Probes sent.
    pub sent: u64,
    /// Probes answered.
    pub received: u64,
    /// Probes without an answer.
    pub lost: u64,
    /// Second answers.
    pub duplicates: u64,
    /// Answers that came after the answer to a later probe.
    pub reordered: u64,
    /// The largest delay of a send behind its time; the sender's own noise.
    pub send_late_max_ns: u64,
    /// Round trips.
    #[serde(skip)]
    pub rtt: Buckets,
    /// The round trip half of the probes did not exceed.
    pub p50_ns: u64,
    /// The same for 99 %.
    pub p99_ns: u64,
    /// The same for 99.9 %.
    pub p999_ns: u64,
    /// The longest.
    pub max_ns: u64,
}

/// Sends `traffic` over `line`. `stop` is asked now and then and ends it early.
pub fn run(line: &mut impl Line, traffic: Traffic, stop: impl Fn() -> bool) -> Result<Report> {
    let fail = |what: &'static str| Error::doing::<io::Error>(what);
    if traffic.rate == 0 {
        return Err(Error::Other(
            "a rate of 0 never sends: give at least 1 per second".into(),
        ));
    }
    let mut book = Book::new(traffic.first, 1, 0);
    let mut late_max = Duration::ZERO;
    let mut out = vec![0; traffic.size.max(Probe::SIZE)];
    let mut buffer = vec![0; 65536];
    let start = Instant::now();
    let interval = Duration::from_nanos(1_000_000_000 / traffic.rate);
    let mut last_sent = start;
    while !stop() {
        let now = Instant::now();
        let due = start + interval * book.next().try_into().unwrap_or(u32::MAX);
        let wait = if book.next() == traffic.count {
            if book.outstanding() == 0 || now > last_sent + traffic.patience {
                break;
            }
            Duration::from_millis(50)
        } else if now >= due {
            let sent_ns = nanos(start, now);
            let seq = book.next_seq();
            Probe {
                kind: Kind::Ping,
                seq,
                sent_ns,
            }
            .write(&mut out);
            line.send(&out).map_err(fail("cannot send"))?;
            book.sent(true);
            late_max = late_max.max(now - due);
            last_sent = now;
            continue;
        } else {
            due - now
        };
        if let Some(length) = line
            .recv(&mut buffer, wait)
            .map_err(fail("cannot receive"))?
        {
            let now = nanos(start, Instant::now());
            if let Some(probe) = Probe::read(&buffer[..length]).filter(|p| p.kind == Kind::Ping) {
                // Others answer earlier traffic.
                if let Some(index) = book.index(probe.seq) {
                    book.answered(index, now.saturating_sub(probe.sent_ns));
                }
            }
        }
    }
    Ok(report(book, late_max))
}

fn nanos(start: Instant, now: Instant) -> u64 {
    (now - start).as_nanos() as u64
}

fn report(book: Book, late_max: Duration) -> Report {
    let (counts, latency) = book.close();
    let rtt = Buckets::from(latency.histogram());
    Report {
        sent: counts.sent,
        received: counts.received,
        lost: counts.lost,
        duplicates: counts.duplicates,
        reordered: counts.reordered,
        send_late_max_ns: late_max.as_nanos() as u64,
        p50_ns: rtt.at(0.5),
        p99_ns: rtt.at(0.99),
        p999_ns: rtt.at(0.999),
        max_ns: rtt.max,
        rtt,
    }
}

/// A connected socket as a line.
#[derive(Debug)]
pub struct SocketLine(pub UdpSocket);

impl Line for SocketLine {
    fn send(&mut self, payload: &[u8]) -> io::Result<()> {
        self.0.send(payload).map(drop)
    }

    fn recv(&mut self, buffer: &mut [u8], limit: Duration) -> io::Result<Option<usize>> {
        // A limit of zero would mean none at all.
        self.0
            .set_read_timeout(Some(limit.max(Duration::from_micros(1))))?;
        match self.0.recv(buffer) {
            Ok(length) => Ok(Some(length)),
            Err(error) if idle(error.kind()) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRAFFIC: Traffic = Traffic {
        count: 4,
        rate: 1000,
        size: 64,
        first: 100,
        patience: Duration::from_millis(50),
    };

    /// A line whose other end never answers.
    struct Deaf;

    impl Line for Deaf {
        fn send(&mut self, _: &[u8]) -> io::Result<()> {
            Ok(())
        }

        fn recv(&mut self, _: &mut [u8], limit: Duration) -> io::Result<Option<usize>> {
            std::thread::sleep(limit);
            Ok(None)
        }
    }

    #[test]
    fn silence_ends_too() {
        let report = run(&mut Deaf, TRAFFIC, || false).unwrap();
        assert_eq!((report.sent, report.received, report.lost), (4, 0, 4));
        assert_eq!(report.p99_ns, 0);
    }
}
