// SPDX-License-Identifier: GPL-2.0
//! What has no safe form.
#![allow(
    unsafe_code,
    reason = "the only place in this crate for calls without a safe wrapper"
)]

use std::ffi::c_int;
use std::io;
use std::os::fd::{AsFd, AsRawFd};

/// Lets a socket that has nothing look at the NIC itself for `us` microseconds before it sleeps.
pub fn busy_poll(socket: impl AsFd, us: u32) -> io::Result<()> {
    let value = c_int::try_from(us).unwrap_or(c_int::MAX);
    // SAFETY: the kernel reads one int, which lives through the call; the descriptor is borrowed
    // for as long.
    let result = unsafe {
        libc::setsockopt(
            socket.as_fd().as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_BUSY_POLL,
            (&raw const value).cast(),
            size_of::<c_int>() as libc::socklen_t,
        )
    };
    match result {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
