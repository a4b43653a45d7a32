// SPDX-License-Identifier: GPL-2.0
//! The guest's three serial ports, as events of one channel.

use std::io::{ErrorKind, Read};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::ExitStatus;
use std::sync::mpsc::{channel, Receiver, Sender};
use std::thread;

use nix::sys::socket::setsockopt;
use nix::sys::socket::sockopt::{SndBuf, SndBufForce};

use crate::error::{Error, Result};

/// ttyS0 to ttyS2.
pub(crate) const PORTS: [&str; 3] = ["console", "output", "control"];
/// Room for what QEMU sends byte by byte, each of which counts for hundreds. Without room it tries again
/// when the host is pleased to, and meanwhile the guest waits: its clock would depend on the host.
const ROOM: usize = 256 << 20;

/// Something the guest did.
#[derive(Debug)]
pub(crate) enum Event {
    /// One line of the kernel's log.
    Console(String),
    /// Bytes of the command.
    Output(Vec<u8>),
    /// One line of the guest's init.
    Control(String),
    /// One port has no more to give.
    Closed,
    /// QEMU ended.
    Ended(Option<ExitStatus>),
}

/// The host's ends of a guest's ports.
pub(crate) struct Serial {
    /// What the guest does.
    pub(crate) events: Receiver<Event>,
    streams: Vec<UnixStream>,
}

/// What QEMU must be told of the ports, and must inherit.
pub(crate) struct Plugs {
    pub(crate) words: Vec<String>,
    pub(crate) files: Vec<OwnedFd>,
    /// For who starts QEMU, to tell of its end.
    pub(crate) events: Sender<Event>,
}

impl Serial {
    /// Makes the ports.
    pub(crate) fn open() -> Result<(Serial, Plugs)> {
        let (sender, events) = channel();
        let (mut streams, mut words, mut files) = (Vec::new(), Vec::new(), Vec::new());
        for (n, name) in PORTS.into_iter().enumerate() {
            let (here, there) = pair().map_err(Error::doing("cannot make a serial port"))?;
            let reads = here.try_clone();
            let reads = reads.map_err(Error::doing("cannot make a serial port"))?;
            let events = sender.clone();
            thread::Builder::new()
                .name(format!("kbp-vm-{name}"))
                .spawn(move || read(n, reads, &events))
                .map_err(Error::doing("cannot start a thread"))?;
            let port = format!("socket,id={name},fd={}", there.as_raw_fd());
            words.extend(["-chardev".into(), port]);
            words.extend(["-serial".into(), format!("chardev:{name}")]);
            streams.push(here);
            files.push(there);
        }
        let plugs = Plugs {
            words,
            files,
            events: sender,
        };
        Ok((Serial { events, streams }, plugs))
    }

    /// What is written here, the command reads.
    pub(crate) fn output(&self) -> &UnixStream {
        &self.streams[1]
    }

    /// What is written here, `kbp-wait` reads.
    pub(crate) fn control(&self) -> &UnixStream {
        &self.streams[2]
    }
}

/// The host's end and QEMU's.
fn pair() -> std::io::Result<(UnixStream, OwnedFd)> {
    let (here, there) = UnixStream::pair()?;
    // As much as one may, without the right to more.
    if setsockopt(&there, SndBufForce, &ROOM).is_err() {
        setsockopt(&there, SndBuf, &ROOM)?;
    }
    Ok((here, there.into()))
}

/// Reads the port of `PORTS[n]` until it closes.
fn read(n: usize, stream: UnixStream, events: &Sender<Event>) {
    match n {
        0 => lines(stream, |line| events.send(Event::Console(line)).is_ok()),
        1 => blocks(stream, |bytes| {
            events.send(Event::Output(bytes.to_vec())).is_ok()
        }),
        _ => lines(stream, |line| events.send(Event::Control(line)).is_ok()),
    }
    // The run may be over already; then nobody wants to know.
    let _ = events.send(Event::Closed);
}

/// Passes on what arrives until the end, or until `take` wants no more.
fn blocks(mut stream: UnixStream, mut take: impl FnMut(&[u8]) -> bool) {
    let mut buffer = [0; 16384];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return,
            Ok(n) if !take(&buffer[..n]) => return,
            Err(error) if error.kind() != ErrorKind::Interrupted => return,
            _ => {}
        }
    }
}

fn lines(stream: UnixStream, mut take: impl FnMut(String) -> bool) {
    let mut rest = Vec::new();
    blocks(stream, |bytes| {
        rest.extend_from_slice(bytes);
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = rest.drain(..=end).collect();
            if !take(String::from_utf8_lossy(&line).trim_end().to_string()) {
                return false;
            }
        }
        true
    });
    if !rest.is_empty() {
        take(String::from_utf8_lossy(&rest).trim_end().to_string());
    }
}
