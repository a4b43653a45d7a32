// SPDX-License-Identifier: GPL-2.0
//! What carries probes to a peer and back: many flows, none of which ever blocks the sender.

mod error;
mod flows;
mod ready;
mod silent;
mod tcp;
mod udp;

use std::net::SocketAddr;

use crate::frame::Protocol;
use crate::Result;

pub use flows::Transport;
pub use silent::Silent;
pub use tcp::Tcp;
pub(crate) use udp::grow;
pub use udp::Udp;

/// Opens `flows` flows to `peer`.
pub fn connect(protocol: Protocol, peer: SocketAddr, flows: usize) -> Result<Box<dyn Transport>> {
    Ok(match protocol {
        Protocol::Udp => Box::new(Udp::connect(peer, flows)?),
        Protocol::Tcp => Box::new(Tcp::connect(peer, flows)?),
    })
}
