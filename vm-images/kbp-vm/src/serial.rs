// SPDX-License-Identifier: GPL-2.0
//! The guest's three serial ports, as events of one channel.

use std::io::{ErrorKind, Read};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{channel, Receiver, Sender};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use crate::error::{Error, Result};

/// ttyS0 to ttyS2, by the names of their sockets.
pub(crate) const PORTS: [&str; 3] = ["console", "output", "control"];

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

/// The host's end of one port, to write to once the guest has opened it.
type Writer = Arc<OnceLock<UnixStream>>;

/// The host's ends of a guest's ports. Dropping it ends the wait for ports that never open.
pub(crate) struct Serial {
    /// What the guest does.
    pub(crate) events: Receiver<Event>,
    writers: Vec<Writer>,
    stop: Arc<AtomicBool>,
}

impl Serial {
    /// Opens the ports in `dir`; who starts QEMU gets the channel to tell of its end.
    pub(crate) fn open(dir: &Path) -> Result<(Serial, Sender<Event>)> {
        let (sender, events) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let open = |n| open(n, dir, sender.clone(), stop.clone());
        let writers = (0..PORTS.len()).map(open).collect::<Result<_>>()?;
        let serial = Serial {
            events,
            writers,
            stop,
        };
        Ok((serial, sender))
    }

    /// What is written here, the command reads.
    pub(crate) fn output(&self) -> Result<&UnixStream> {
        self.writer(1)
    }

    /// What is written here, `kbp-wait` reads.
    pub(crate) fn control(&self) -> Result<&UnixStream> {
        self.writer(2)
    }

    /// QEMU has ended: a port that is not open yet never will be.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    fn writer(&self, n: usize) -> Result<&UnixStream> {
        let up = self.writers[n].get();
        up.ok_or_else(|| Error::Other("the guest is not up yet".into()))
    }
}

impl Drop for Serial {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Opens the port named `PORTS[n]` in `dir` and reads it until it closes, or `stop` is set while
/// QEMU has not connected yet.
fn open(n: usize, dir: &Path, events: Sender<Event>, stop: Arc<AtomicBool>) -> Result<Writer> {
    let path = dir.join(PORTS[n]);
    let listener = UnixListener::bind(&path).map_err(Error::at("bind", &path))?;
    listener
        .set_nonblocking(true)
        .map_err(Error::at("set up", &path))?;
    let writer = Writer::default();
    let for_reader = writer.clone();
    let reader = thread::Builder::new().name(format!("kbp-vm-{}", PORTS[n]));
    let run = move || {
        if let Some(stream) = accept(&listener, &stop) {
            if let Ok(copy) = stream.try_clone() {
                // Set once: a port connects once.
                let _ = for_reader.set(copy);
            }
            match n {
                0 => lines(stream, |line| events.send(Event::Console(line)).is_ok()),
                1 => blocks(stream, |bytes| {
                    events.send(Event::Output(bytes.to_vec())).is_ok()
                }),
                _ => lines(stream, |line| events.send(Event::Control(line)).is_ok()),
            }
        }
        // The run may be over already; then nobody wants to know.
        let _ = events.send(Event::Closed);
    };
    reader
        .spawn(run)
        .map_err(Error::doing("cannot start a thread"))?;
    Ok(writer)
}

fn accept(listener: &UnixListener, stop: &AtomicBool) -> Option<UnixStream> {
    while !stop.load(Ordering::Relaxed) {
        match listener.accept() {
            Ok((stream, _)) => return stream.set_nonblocking(false).is_ok().then_some(stream),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_millis(10))
            }
            Err(_) => return None,
        }
    }
    None
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
