// SPDX-License-Identifier: GPL-2.0
//! Errors of sockets.

use std::io;
use std::net::SocketAddr;

use crate::Error;

pub(super) fn no_socket(source: io::Error) -> Error {
    let cure = "give fewer --flows, or allow more open files (ulimit -n)";
    Error::system("cannot make a socket for each flow", cure)(source)
}

pub(super) fn unreachable(peer: SocketAddr) -> impl FnOnce(io::Error) -> Error {
    Error::socket(
        format!("cannot reach {peer}"),
        peer,
        "run kbpctl bench serve there, and let its port through the firewalls",
    )
}

pub(super) fn would_block(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}
