// SPDX-License-Identifier: GPL-2.0
//! A cable for one queue, over a pair of datagram sockets: no rights needed, nothing on the network.

use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::end::{Cable, Counters, End, Stats};
use crate::address::{guest_mac, mac_text};
use crate::error::{Error, Result};
use crate::wait::readable;

/// How long a send waits for QEMU to make room; only one that hangs takes so long, and what is not sent is
/// lost.
const SEND_LIMIT: Duration = Duration::from_secs(60);

/// How often to look whether anybody receives, and after how long nobody does.
const LOOK: Duration = Duration::from_secs(1);
const UNHEARD: Duration = Duration::from_secs(3);

/// Frames as datagrams.
#[derive(Debug)]
pub struct Dgram {
    here: Arc<Here>,
    peer: PathBuf,
    counters: Counters,
}

/// This end. Whoever receives, or throws away, has the lock: when somebody last received, or had sent.
#[derive(Debug)]
struct Here {
    socket: UnixDatagram,
    heard: Mutex<Instant>,
    /// Who waits for room is about to receive: an echo.
    sending: AtomicUsize,
}

impl Dgram {
    /// Binds to `local`; QEMU will be bound to `peer`.
    pub fn bind(local: &Path, peer: &Path) -> io::Result<Dgram> {
        let socket = UnixDatagram::bind(local)?;
        socket.set_write_timeout(Some(SEND_LIMIT))?;
        let heard = Mutex::new(Instant::now());
        let here = Arc::new(Here {
            socket,
            heard,
            sending: AtomicUsize::new(0),
        });
        let unheard = Arc::downgrade(&here);
        thread::spawn(move || throw_away_unheard(&unheard));
        Ok(Dgram {
            here,
            peer: peer.into(),
            counters: Counters::default(),
        })
    }
}

impl Cable for Dgram {
    fn send(&self, frame: &[u8]) -> io::Result<()> {
        self.here.sending.fetch_add(1, Ordering::SeqCst);
        let sent = self.here.socket.send_to(frame, &self.peer);
        // Who has the lock meanwhile receives, or has seen that somebody sends.
        if let Ok(mut heard) = self.here.heard.try_lock() {
            *heard = Instant::now();
        }
        self.here.sending.fetch_sub(1, Ordering::SeqCst);
        self.counters.sent(sent)
    }

    fn recv(&self, buffer: &mut [u8], limit: Duration) -> io::Result<Option<usize>> {
        let mut heard = self
            .here
            .heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let readable = readable(&self.here.socket, limit)?;
        *heard = Instant::now();
        if !readable {
            return Ok(None);
        }
        Ok(self.counters.received(self.here.socket.recv(buffer)?))
    }

    fn stats(&self) -> Stats {
        self.counters.stats()
    }
}

impl Here {
    /// Throws away what came while nobody received.
    fn throw_away(&self) -> io::Result<()> {
        let Ok(heard) = self.heard.try_lock() else {
            return Ok(());
        };
        if heard.elapsed() < UNHEARD || self.sending.load(Ordering::SeqCst) > 0 {
            return Ok(());
        }
        while readable(&self.socket, Duration::ZERO)? {
            self.socket.recv(&mut [])?;
        }
        Ok(())
    }
}

/// A socket has room for ten datagrams. When it is full, QEMU stops the guest's transmit queue, and its
/// kernel complains after 5 s: on a network, what nobody wants is lost.
fn throw_away_unheard(here: &Weak<Here>) {
    while here.upgrade().is_some_and(|here| here.throw_away().is_ok()) {
        thread::sleep(LOOK);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The host's end, its path, and the guest's end.
    fn ends(dir: &Path) -> (Dgram, PathBuf, UnixDatagram) {
        let (host, guest) = (dir.join("host"), dir.join("guest"));
        let cable = Dgram::bind(&host, &guest).expect("the host's end");
        let guest = UnixDatagram::bind(&guest).expect("the guest's end");
        let limit = guest.set_write_timeout(Some(SEND_LIMIT));
        limit.expect("a limit of sending");
        (cable, host, guest)
    }

    #[test]
    fn an_echo_that_waits_for_room_hears_what_came_meanwhile() {
        let dir = tempfile::tempdir().expect("a folder");
        let (cable, host, guest) = ends(dir.path());
        thread::scope(|scope| {
            // More than there is room for.
            let echo = scope.spawn(|| (0..15).try_for_each(|_| cable.send(b"answer")));
            guest.send_to(b"question", &host).expect("room");
            thread::sleep(UNHEARD + 3 * LOOK);
            let mut buffer = [0; 64];
            for _ in 0..15 {
                guest.recv(&mut buffer).expect("an answer");
            }
            echo.join().expect("no panic").expect("all are sent");
            let length = cable.recv(&mut buffer, LOOK).expect("a frame");
            assert_eq!(length, Some(b"question".len()));
        });
    }

    #[test]
    fn a_sender_is_not_kept_waiting_by_an_end_at_which_nobody_receives() {
        let dir = tempfile::tempdir().expect("a folder");
        let (cable, host, guest) = ends(dir.path());
        for _ in 0..15 {
            guest.send_to(b"unheard", &host).expect("room");
        }
        thread::sleep(UNHEARD + 3 * LOOK);
        let mut buffer = [0; 64];
        let none = cable.recv(&mut buffer, LOOK / 100).expect("no error");
        assert_eq!(none, None);
        guest.send_to(b"heard", &host).expect("room");
        let length = cable.recv(&mut buffer, SEND_LIMIT).expect("a frame");
        assert_eq!(length.map(|length| &buffer[..length]), Some(&b"heard"[..]));
    }
}
