// SPDX-License-Identifier: GPL-2.0
//! ethtool's ioctls. They are the same from 6.1 to 7.3, and a change by them is announced at
//! netlink like one by netlink.
//!
//! Invariant `whole-request`: the number of the request, SIOCETHTOOL, makes the kernel read and
//! write one ifreq and what `ifr_data` points to, a command and as many bytes as that command has.
//! Here that is one [`Request`], which is as its command wants it; both live through the call.
#![allow(unsafe_code, reason = "ioctl(2) has no safe form")]

mod channels;
mod coalescing;
mod rings;

use std::io;
use std::net::UdpSocket;
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::libc;

pub(super) use channels::{channels, set_channels};
pub(super) use coalescing::coalescing;
pub(super) use rings::rings;

/// Of linux/sockios.h.
const SIOCETHTOOL: libc::c_ulong = 0x8946;

nix::ioctl_readwrite_bad!(ethtool, SIOCETHTOOL, libc::ifreq);

/// What the kernel reads and writes: a structure of linux/ethtool.h.
///
/// # Safety
/// whole-request: it begins with its command and has the layout of that command's structure, and
/// nobody else makes one.
unsafe trait Request {}

fn ask<T: Request>(interface: &str, request: &mut T) -> io::Result<()> {
    // Interface ioctls work on any socket.
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    let mut name = [0; libc::IFNAMSIZ];
    if interface.len() >= name.len() {
        return Err(Errno::ENODEV.into());
    }
    for (to, from) in name.iter_mut().zip(interface.bytes()) {
        *to = from as libc::c_char;
    }
    let mut outer = libc::ifreq {
        ifr_name: name,
        ifr_ifru: libc::__c_anonymous_ifr_ifru {
            ifru_data: std::ptr::from_mut(request).cast(),
        },
    };
    // SAFETY: whole-request: that is what a Request is.
    unsafe { ethtool(socket.as_raw_fd(), &mut outer) }?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_answers() {
        let errno = |error: io::Error| error.raw_os_error();
        let all = |name: &str| {
            [
                channels(name).map(drop).map_err(errno),
                coalescing(name).map(drop).map_err(errno),
                rings(name).map(drop).map_err(errno),
            ]
        };
        assert_eq!(all("lo"), [Err(Some(libc::EOPNOTSUPP)); 3]);
        for name in ["no-such-nic", "a-name-that-is-too-long"] {
            assert_eq!(all(name), [Err(Some(libc::ENODEV)); 3]);
        }
    }
}
