// SPDX-License-Identifier: GPL-2.0
//! A cable for one queue, over a pair of datagram sockets: no rights needed, nothing on the network.

use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::end::{Cable, Counters, End, Stats};
use crate::address::{guest_mac, mac_text};
use crate::error::{Error, Result};
use crate::wait::readable;

/// How long a send waits for QEMU to make room; only one that hangs takes so long, and what is not sent is
/// lost.
const SEND_LIMIT: Duration = Duration::from_secs(60);

/// Frames as datagrams.
#[derive(Debug)]
pub struct Dgram {
    socket: UnixDatagram,
    peer: PathBuf,
    counters: Counters,
}

impl Dgram {
    /// Binds to `local`; QEMU will be bound to `peer`.
    pub fn bind(local: &Path, peer: &Path) -> io::Result<Dgram> {
        let socket = UnixDatagram::bind(local)?;
        socket.set_write_timeout(Some(SEND_LIMIT))?;
        Ok(Dgram {
            socket,
            peer: peer.into(),
            counters: Counters::default(),
        })
    }
}

impl Cable for Dgram {
    fn send(&self, frame: &[u8]) -> io::Result<()> {
        self.counters.sent(self.socket.send_to(frame, &self.peer))
    }

    fn recv(&self, buffer: &mut [u8], limit: Duration) -> io::Result<Option<usize>> {
        if !readable(&self.socket, limit)? {
            return Ok(None);
        }
        Ok(self.counters.received(self.socket.recv(buffer)?))
    }

    fn stats(&self) -> Stats {
        self.counters.stats()
    }
}

/// The cable of the `n`-th NIC, which is this device of QEMU.
pub(crate) fn make(n: usize, dir: &Path, device: &str) -> Result<End> {
    let (host, guest) = (
        dir.join(format!("n{n}.host")),
        dir.join(format!("n{n}.guest")),
    );
    let cable = Dgram::bind(&host, &guest).map_err(Error::at("bind", &host))?;
    let netdev = format!(
        "dgram,id=n{n},local.type=unix,local.path={},remote.type=unix,remote.path={}",
        guest.display(),
        host.display()
    );
    let device = format!(
        "{device},netdev=n{n},mac={},romfile=",
        mac_text(guest_mac(n))
    );
    Ok(End {
        cable: Arc::new(cable),
        args: vec!["-netdev".into(), netdev, "-device".into(), device],
    })
}
