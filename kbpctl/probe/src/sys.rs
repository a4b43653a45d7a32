// SPDX-License-Identifier: GPL-2.0
//! The socket option that nix does not know.

use std::io;
use std::os::fd::AsFd;

use nix::libc;
use nix::sys::socket::setsockopt;
use nix::{setsockopt_impl, sockopt_impl};

sockopt_impl!(
    /// How long a socket that has nothing looks at the NIC itself before it sleeps, in microseconds.
    BusyPoll,
    SetOnly,
    libc::SOL_SOCKET,
    libc::SO_BUSY_POLL,
    u32
);

/// Lets a socket that has nothing look at the NIC itself for `us` microseconds before it sleeps.
pub fn busy_poll(socket: impl AsFd, us: u32) -> io::Result<()> {
    Ok(setsockopt(&socket, BusyPoll, &us)?)
}
