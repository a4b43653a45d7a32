// SPDX-License-Identifier: GPL-2.0
//! ethtool's ioctls. They are the same from 6.1 to 7.3, and a change by them is announced at
//! netlink like one by netlink.
//!
//! Invariant `whole-request`: the number of the request, SIOCETHTOOL, makes the kernel read and
//! write one ifreq and what `ifr_data` points to, a command and as many bytes as that command has.
//! Here that is one [`Request`] of a command whose layout it is; both live through the call.
#![allow(unsafe_code, reason = "ioctl(2) has no safe form")]

use std::io;
use std::net::UdpSocket;
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::libc;

use super::channels::{Channels, Counts};

/// Of linux/sockios.h and linux/ethtool.h.
const SIOCETHTOOL: libc::c_ulong = 0x8946;
const ETHTOOL_GCHANNELS: u32 = 0x3c;
const ETHTOOL_SCHANNELS: u32 = 0x3d;

nix::ioctl_readwrite_bad!(ethtool, SIOCETHTOOL, libc::ifreq);

/// `struct ethtool_channels`.
#[repr(C)]
#[derive(Default)]
struct Request {
    command: u32,
    most: Numbers,
    now: Numbers,
}

#[repr(C)]
#[derive(Default)]
struct Numbers {
    rx: u32,
    tx: u32,
    other: u32,
    combined: u32,
}

/// The channels of a NIC. `EOPNOTSUPP`: its driver has none to set.
pub(super) fn channels(interface: &str) -> io::Result<Channels> {
    let mut request = Request {
        command: ETHTOOL_GCHANNELS,
        ..Request::default()
    };
    ask(interface, &mut request)?;
    Ok(Channels {
        most: counts(&request.most),
        now: counts(&request.now),
    })
}

/// Has a NIC use so many; its driver may stop it for that.
pub(super) fn set_channels(interface: &str, counts: &Counts) -> io::Result<()> {
    let Counts {
        rx,
        tx,
        other,
        combined,
    } = *counts;
    let mut request = Request {
        command: ETHTOOL_SCHANNELS,
        most: Numbers::default(),
        now: Numbers {
            rx,
            tx,
            other,
            combined,
        },
    };
    ask(interface, &mut request)
}

fn counts(numbers: &Numbers) -> Counts {
    Counts {
        rx: numbers.rx,
        tx: numbers.tx,
        other: numbers.other,
        combined: numbers.combined,
    }
}

fn ask(interface: &str, request: &mut Request) -> io::Result<()> {
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
    // SAFETY: whole-request: the command is one of the two whose layout a Request is.
    unsafe { ethtool(socket.as_raw_fd(), &mut outer) }?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_is_that_of_linux() {
        // struct ethtool_channels: nine numbers.
        assert_eq!(size_of::<Request>(), 36);
    }

    #[test]
    fn the_kernel_answers() {
        let errno = |error: io::Error| error.raw_os_error();
        let none = channels("lo").map_err(errno);
        assert_eq!(none, Err(Some(libc::EOPNOTSUPP)));
        for name in ["no-such-nic", "a-name-that-is-too-long"] {
            assert_eq!(channels(name).map_err(errno), Err(Some(libc::ENODEV)));
        }
    }
}
