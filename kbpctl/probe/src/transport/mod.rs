// SPDX-License-Identifier: GPL-2.0
//! What carries probes to a peer and back: many flows, none of which ever blocks the sender.

mod ready;
mod silent;
mod tcp;
mod udp;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::frame::Protocol;
use crate::{Error, Result};

pub use silent::Silent;
pub use tcp::Tcp;
pub(crate) use udp::grow;
pub use udp::Udp;

/// Flows to one peer. A flow that fails loses its probes, and the others go on: what is lost is
/// counted, and [`Transport::trouble`] says what the system said.
pub trait Transport {
    /// How many flows there are.
    fn flows(&self) -> usize;

    /// Sends one payload on a flow; `false` when the system does not take it now.
    fn send(&mut self, flow: usize, payload: &[u8]) -> bool;

    /// Gives what has come to `each`, a little of it, without waiting; `false` when nothing has.
    fn receive(&mut self, each: &mut dyn FnMut(&[u8])) -> bool;

    /// Waits until something comes, or `limit` is over.
    fn wait(&mut self, limit: Duration);

    /// The last error of a socket.
    fn trouble(&self) -> Option<&str>;
}

/// Opens `flows` flows to `peer`.
pub fn connect(protocol: Protocol, peer: SocketAddr, flows: usize) -> Result<Box<dyn Transport>> {
    Ok(match protocol {
        Protocol::Udp => Box::new(Udp::connect(peer, flows)?),
        Protocol::Tcp => Box::new(Tcp::connect(peer, flows)?),
    })
}

fn no_socket(source: io::Error) -> Error {
    let cure = "give fewer --flows, or allow more open files (ulimit -n)";
    Error::system("cannot make a socket for each flow", cure)(source)
}

fn unreachable(peer: SocketAddr) -> impl FnOnce(io::Error) -> Error {
    Error::system(
        format!("cannot reach {peer}"),
        "run kbpctl bench serve there, and let its port through the firewalls",
    )
}

fn would_block(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}
