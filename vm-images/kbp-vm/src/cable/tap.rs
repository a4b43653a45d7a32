// SPDX-License-Identifier: GPL-2.0
//! A cable for several queues: a multi-queue tap in a network namespace of the run's own.
//!
//! QEMU holds the queues of the tap; the host's end is a packet socket on it. Both were opened in
//! a namespace that nothing else is in, so no frame can reach the host's own network.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use nix::errno::Errno;
use nix::sched::{unshare, CloneFlags};
use nix::sys::socket::{recv, send, setsockopt, sockopt::RcvBufForce, MsgFlags};

use super::end::{Cable, Counters, End, Stats};
use crate::address::{guest_mac, mac_text};
use crate::error::{Error, Result};
use crate::sys;
use crate::wait::readable;

/// Room for what the guest sends while the host's end is not read.
const RECEIVE_BUFFER: usize = 16 << 20;
/// Frames that may wait in the tap for a slow guest; beyond that they are dropped.
const QUEUE_LENGTH: i32 = 10_000;

/// Frames through a packet socket.
#[derive(Debug)]
pub struct Tap {
    socket: OwnedFd,
    counters: Counters,
}

impl Cable for Tap {
    fn send(&self, frame: &[u8]) -> io::Result<()> {
        let sent = send(self.socket.as_raw_fd(), frame, MsgFlags::empty());
        self.counters.sent(sent.map_err(io::Error::from))
    }

    fn recv(&self, buffer: &mut [u8], limit: Duration) -> io::Result<Option<usize>> {
        if !readable(&self.socket, limit)? {
            return Ok(None);
        }
        match recv(self.socket.as_raw_fd(), buffer, MsgFlags::MSG_DONTWAIT) {
            Ok(length) => Ok(self.counters.received(length)),
            Err(Errno::EAGAIN | Errno::EINTR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn stats(&self) -> Stats {
        self.counters.stats()
    }
}

/// Moves the calling thread, and what it starts, into a network namespace of its own.
pub(crate) fn isolate() -> Result<()> {
    unshare(CloneFlags::CLONE_NEWNET).map_err(|errno| match errno {
        Errno::EPERM => Error::Other(
            "a NIC with several queues, or behind a switch, needs a network namespace: run as root or use queues=1"
                .into(),
        ),
        _ => Error::Io {
            what: "cannot make a network namespace".into(),
            source: errno.into(),
        },
    })?;
    // The host's kernel must not talk on a cable by itself. A kernel without IPv6 has no such file.
    let _ = fs::write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
    Ok(())
}

/// Opens a queue of the tap `name`, in the namespace that [`isolate`] has entered.
pub(super) fn open(name: &str) -> Result<OwnedFd> {
    sys::open_tap(name).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Error::Other(
            "a NIC with several queues, or behind a switch, needs /dev/net/tun: run `modprobe tun` or use queues=1"
                .into(),
        ),
        _ => Error::doing(format!("cannot make the tap {name}"))(error),
    })
}

/// Takes the tap up.
pub(super) fn start(name: &str) -> Result<()> {
    sys::set_link_up(name, QUEUE_LENGTH)
        .map_err(Error::doing(format!("cannot start the tap {name}")))
}

/// Makes the tap and both its ends, in the namespace that [`isolate`] has entered.
pub(crate) fn make(n: usize, queues: u16, files: &mut Vec<OwnedFd>) -> Result<End> {
    let name = format!("kbp{n}");
    let doing = |what: &str| Error::doing(format!("cannot {what} the tap {name}"));
    let mut fds = Vec::new();
    for _ in 0..queues {
        let queue = open(&name)?;
        fds.push(queue.as_raw_fd().to_string());
        files.push(queue);
    }
    start(&name)?;
    let socket = sys::packet_socket(&name).map_err(doing("listen on"))?;
    setsockopt(&socket, RcvBufForce, &RECEIVE_BUFFER).map_err(|e| doing("listen on")(e.into()))?;
    let netdev = format!("tap,id=n{n},fds={},vhost=off", fds.join(":"));
    // One vector for each direction of each queue, one for the configuration, one for control.
    let vectors = 2 * queues + 2;
    let mac = mac_text(guest_mac(n));
    let device = format!("virtio-net-pci,netdev=n{n},mac={mac},romfile=,mq=on,vectors={vectors}");
    let cable = Arc::new(Tap {
        socket,
        counters: Counters::default(),
    });
    Ok(End {
        cable,
        args: vec!["-netdev".into(), netdev, "-device".into(), device],
    })
}
