// SPDX-License-Identifier: GPL-2.0
//! Sends UDP datagrams back to where they came from.

use std::io;
use std::net::{SocketAddr, UdpSocket};

use serde::Serialize;

use super::sink::idle;
use crate::wire::{Kind, Probe};
use crate::{Error, Result};

/// What was echoed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Datagrams received.
    pub received: u64,
    /// Datagrams sent back.
    pub echoed: u64,
    /// Bytes received.
    pub bytes: u64,
    /// Datagrams that could not be sent back.
    pub failed: u64,
}

/// Where datagrams come in: the way to wait for them is the caller's.
pub trait Inbox {
    /// Where answers go out.
    fn socket(&self) -> &UdpSocket;

    /// The next datagram; an error of an idle kind when none came for a while.
    fn recv_from(&mut self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)>;
}

impl Inbox for &UdpSocket {
    fn socket(&self) -> &UdpSocket {
        self
    }

    fn recv_from(&mut self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        UdpSocket::recv_from(self, buffer)
    }
}

/// Echoes as long as `step` says so. It gets each control probe before that is acknowledged, and
/// `None` from time to time.
pub fn run(
    mut inbox: impl Inbox,
    mut step: impl FnMut(&Report, Option<Probe>) -> Result<bool>,
) -> Result<Report> {
    let mut report = Report::default();
    let mut buffer = vec![0; 65536];
    loop {
        let (length, from) = match inbox.recv_from(&mut buffer) {
            Ok(datagram) => datagram,
            Err(error) if idle(error.kind()) => match step(&report, None)? {
                true => continue,
                false => return Ok(report),
            },
            Err(error) => return Err(Error::doing("cannot receive")(error)),
        };
        let control = Probe::read(&buffer[..length]).filter(|probe| probe.kind != Kind::Ping);
        match control {
            Some(probe) => Probe {
                kind: Kind::Ack,
                ..probe
            }
            .write(&mut buffer),
            None => {
                report.received += 1;
                report.bytes += length as u64;
            }
        }
        // What the measurement counts must be counted before the other side hears of it.
        let goes_on = step(&report, control)?;
        match inbox.socket().send_to(&buffer[..length], from) {
            Ok(_) if control.is_none() => report.echoed += 1,
            Err(_) if control.is_none() => report.failed += 1,
            _ => {}
        }
        if !goes_on {
            return Ok(report);
        }
    }
}
