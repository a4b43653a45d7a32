// SPDX-License-Identifier: GPL-2.0
//! A connected socket for each flow.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use nix::sys::socket::{setsockopt, sockopt};

use super::error::{no_socket, unreachable, would_block};
use super::flows::Transport;
use super::ready::Ready;
use crate::Result;

/// What a socket should hold while the sender is busy.
const SOCKET_BYTES: usize = 4 << 20;

/// Datagrams to one peer.
#[derive(Debug)]
pub struct Udp {
    sockets: Vec<UdpSocket>,
    ready: Ready,
    trouble: Option<String>,
}

impl Udp {
    /// Opens `flows` sockets, each with a port of its own.
    pub fn connect(peer: SocketAddr, flows: usize) -> Result<Udp> {
        let any: SocketAddr = if peer.is_ipv4() {
            (Ipv4Addr::UNSPECIFIED, 0).into()
        } else {
            (Ipv6Addr::UNSPECIFIED, 0).into()
        };
        let ready = Ready::new()?;
        let mut sockets = Vec::new();
        for flow in 0..flows.max(1) {
            let socket = UdpSocket::bind(any).map_err(no_socket)?;
            grow(&socket);
            socket.connect(peer).map_err(unreachable(peer))?;
            socket.set_nonblocking(true).map_err(no_socket)?;
            ready.add(&socket, flow)?;
            sockets.push(socket);
        }
        Ok(Udp {
            sockets,
            ready,
            trouble: None,
        })
    }
}

/// Beyond the system's limit only root may go; a smaller buffer still works.
pub(crate) fn grow(socket: &UdpSocket) {
    let _ = setsockopt(socket, sockopt::RcvBufForce, &SOCKET_BYTES)
        .or_else(|_| setsockopt(socket, sockopt::RcvBuf, &SOCKET_BYTES));
}

impl Transport for Udp {
    fn flows(&self) -> usize {
        self.sockets.len()
    }

    fn send(&mut self, flow: usize, payload: &[u8]) -> bool {
        // The first error may be the news of an earlier datagram (an ICMP message) instead.
        for _ in 0..2 {
            match self.sockets[flow].send(payload) {
                Ok(_) => return true,
                Err(error) if would_block(&error) => return false,
                Err(error) => self.trouble = Some(error.to_string()),
            }
        }
        false
    }

    fn receive(&mut self, each: &mut dyn FnMut(&[u8])) -> bool {
        let mut buffer = [0; 2048];
        let trouble = &mut self.trouble;
        let mut one = |socket: &UdpSocket| match socket.recv(&mut buffer) {
            Ok(length) => {
                each(&buffer[..length]);
                true
            }
            Err(error) => {
                note(trouble, &error);
                false
            }
        };
        // One system call instead of two where there is nothing to choose from.
        if let [socket] = &self.sockets[..] {
            return one(socket);
        }
        let mut any = false;
        self.ready.each(|flow| any |= one(&self.sockets[flow]));
        any
    }

    fn wait(&mut self, limit: Duration) {
        self.ready.wait(limit);
    }

    fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }
}

fn note(trouble: &mut Option<String>, error: &io::Error) {
    if !would_block(error) {
        *trouble = Some(error.to_string());
    }
}
