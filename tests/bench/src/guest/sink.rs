// SPDX-License-Identifier: GPL-2.0
//! Counts the synthetic NIC's packets where they matter: at a UDP socket.

use std::collections::{BTreeMap, HashSet};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::sys::socket::{setsockopt, sockopt};
use serde::Serialize;

use super::cpu;
use crate::wire::TestnicPacket;
use crate::{Error, Result};

/// Room for every packet of a run: what is lost must be lost before the socket.
const SOCKET_BYTES: usize = 16 << 20;
/// How often an idle receiver looks whether it should end.
const LOOK: Duration = Duration::from_millis(50);

/// What arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Different packets of the synthetic NIC.
    pub received: u64,
    /// Packets that arrived a second time.
    pub duplicates: u64,
    /// Sequence numbers below the highest one seen that did not arrive.
    pub missing: u64,
    /// Datagrams that are no packets of the synthetic NIC.
    pub foreign: u64,
    /// `received` by queue.
    pub queues: BTreeMap<u32, u64>,
}

/// Opens a UDP socket with much room, on every local address.
pub fn bind(port: u16) -> Result<UdpSocket> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port))
        .map_err(Error::doing(format!("cannot listen on UDP port {port}")))?;
    // Beyond the system's limit only root may go; a smaller buffer still works.
    let _ = setsockopt(&socket, sockopt::RcvBufForce, &SOCKET_BYTES)
        .or_else(|_| setsockopt(&socket, sockopt::RcvBuf, &SOCKET_BYTES));
    socket
        .set_read_timeout(Some(LOOK))
        .map_err(Error::doing("cannot set a socket's time limit"))?;
    Ok(socket)
}

/// Receives until `stop` says so; `seen` follows the number of packets.
pub fn receive(socket: &UdpSocket, stop: impl Fn(u64) -> bool, seen: &AtomicU64) -> Result<Report> {
    let mut report = Report::default();
    let mut numbers: BTreeMap<u32, HashSet<u64>> = BTreeMap::new();
    let mut buffer = [0; 2048];
    while !stop(report.received) {
        let length = match socket.recv(&mut buffer) {
            Ok(length) => length,
            Err(error) if idle(error.kind()) => continue,
            Err(error) => return Err(Error::doing("cannot receive")(error)),
        };
        let Some(packet) = TestnicPacket::read(&buffer[..length]) else {
            report.foreign += 1;
            continue;
        };
        if numbers.entry(packet.queue).or_default().insert(packet.seq) {
            report.received += 1;
            seen.store(report.received, Ordering::Release);
        } else {
            report.duplicates += 1;
        }
    }
    for (queue, numbers) in numbers {
        let count = numbers.len() as u64;
        let highest = numbers.iter().max().copied().unwrap_or(0);
        report.missing += (highest + 1).saturating_sub(count);
        report.queues.insert(queue, count);
    }
    Ok(report)
}

pub(crate) fn idle(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}

/// A receiver in a thread of its own.
#[derive(Debug)]
pub struct Sink {
    stop: Arc<AtomicBool>,
    seen: Arc<AtomicU64>,
    thread: JoinHandle<Result<Report>>,
}

impl Sink {
    /// Starts it on `cpu`, at a socket of [`bind`].
    pub fn start(socket: UdpSocket, cpu: usize) -> Result<Sink> {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::new(AtomicU64::new(0));
        let (its_stop, its_seen) = (stop.clone(), seen.clone());
        let run = move || {
            cpu::pin(cpu)?;
            receive(&socket, |_| its_stop.load(Ordering::Relaxed), &its_seen)
        };
        let thread = thread::Builder::new().name("sink".into()).spawn(run);
        Ok(Sink {
            stop,
            seen,
            thread: thread.map_err(Error::doing("cannot start a thread"))?,
        })
    }

    /// How many packets have arrived.
    pub fn received(&self) -> u64 {
        self.seen.load(Ordering::Acquire)
    }

    /// Ends it.
    pub fn finish(self) -> Result<Report> {
        self.stop.store(true, Ordering::Relaxed);
        match self.thread.join() {
            Ok(result) => result,
            Err(_) => Err(Error::Other("the receiver panicked".into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(queue: u32, seq: u64) -> Vec<u8> {
        let mut bytes = b"KBPT".to_vec();
        bytes.extend(queue.to_be_bytes());
        bytes.extend(seq.to_be_bytes());
        bytes.extend(0u64.to_be_bytes());
        bytes
    }

    #[test]
    fn loss_and_duplicates_by_queue() {
        let socket = bind(0).unwrap();
        let port = socket.local_addr().unwrap().port();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        for (queue, seq) in [(0, 0), (0, 1), (0, 1), (0, 4), (1, 0)] {
            sender
                .send_to(&packet(queue, seq), ("127.0.0.1", port))
                .unwrap();
        }
        sender.send_to(b"hello", ("127.0.0.1", port)).unwrap();
        sender.send_to(&packet(1, 1), ("127.0.0.1", port)).unwrap();
        let seen = AtomicU64::new(0);
        let report = receive(&socket, |received| received == 5, &seen).unwrap();
        assert_eq!(report.received, 5);
        assert_eq!(report.duplicates, 1);
        assert_eq!(report.missing, 2);
        assert_eq!(report.foreign, 1);
        assert_eq!(report.queues, BTreeMap::from([(0, 3), (1, 2)]));
        assert_eq!(seen.load(Ordering::Relaxed), 5);
    }
}
