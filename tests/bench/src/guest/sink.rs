// SPDX-License-Identifier: GPL-2.0
//! Counts the synthetic NIC's packets where they matter: at a UDP socket.

use std::collections::{BTreeMap, HashSet};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, UdpSocket};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nix::sys::socket::{setsockopt, sockopt};
use serde::Serialize;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loss_and_duplicates_by_queue() {
        let socket = bind(0).unwrap();
        let port = socket.local_addr().unwrap().port();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        let send = |bytes: &[u8]| sender.send_to(bytes, ("127.0.0.1", port)).unwrap();
        let packet = |queue: u8, seq: u8| {
            let mut bytes = *b"KBPT\0\0\0Q\0\0\0\0\0\0\0S\0\0\0\0\0\0\0\0";
            (bytes[7], bytes[15]) = (queue, seq);
            send(&bytes)
        };
        for (queue, seq) in [(0, 0), (0, 1), (0, 1), (0, 4), (1, 0)] {
            packet(queue, seq);
        }
        send(b"hello");
        packet(1, 1);
        let seen = AtomicU64::new(0);
        let report = receive(&socket, |received| received == 5, &seen).unwrap();
        let counts = Report {
            received: 5,
            duplicates: 1,
            missing: 2,
            foreign: 1,
            queues: BTreeMap::from([(0, 3), (1, 2)]),
        };
        assert_eq!(report, counts);
        assert_eq!(seen.load(Ordering::Relaxed), 5);
    }
}
