// SPDX-License-Identifier: GPL-2.0
//! Where packets end: at a socket that nobody reads, or at a program that waits for them.

use std::io::ErrorKind;
use std::net::UdpSocket;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use hdrhistogram::Histogram;
use nix::time::{clock_gettime, ClockId};

use crate::guest::{cpu, sink, testnic};
use crate::statistics::Times;
use crate::wire::TestnicPacket;
use crate::{Error, Result};

/// Digits of a time that are kept, and the longest that is counted as it is.
const DIGITS: u8 = 3;
const LONGEST_NS: u64 = 60_000_000_000;

/// Takes packets until it is dropped.
pub(super) enum End {
    /// It is full.
    Socket(#[expect(dead_code, reason = "it is full as long as it is there")] UdpSocket),
    Program(Reader),
}

impl End {
    /// A program runs on `cpu`.
    pub(super) fn make(program: bool, cpu: usize) -> Result<End> {
        Ok(match program {
            true => End::Program(Reader::start(cpu)?),
            false => End::Socket(testnic::full_socket()?),
        })
    }

    /// From the interrupt to the poll, or to the program that has the packet: of the packets since
    /// [`End::forget`].
    pub(super) fn delay(&self) -> Result<Times> {
        match self {
            End::Socket(_) => testnic::histogram("hist"),
            End::Program(reader) => Ok(Times::from(&*reader.seen())),
        }
    }

    /// What has come so far was for practice.
    pub(super) fn forget(&self) {
        if let End::Program(reader) = self {
            reader.seen().reset();
        }
    }
}

/// A program that does nothing but wait for packets.
pub(super) struct Reader {
    seen: Arc<Mutex<Histogram<u64>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Reader {
    fn start(cpu: usize) -> Result<Reader> {
        let socket = sink::bind(testnic::PORT)?;
        let seen = Histogram::new_with_bounds(1, LONGEST_NS, DIGITS)
            .map_err(|error| Error::Other(format!("cannot count times: {error}")))?;
        let (seen, stop) = (Arc::new(Mutex::new(seen)), Arc::new(AtomicBool::new(false)));
        let its = (seen.clone(), stop.clone());
        let thread = thread::Builder::new().name("reader".into()).spawn(move || {
            let (seen, stop) = its;
            if cpu::pin(cpu).is_ok() {
                read(&socket, &seen, &stop);
            }
        });
        Ok(Reader {
            seen,
            stop,
            thread: Some(thread.map_err(Error::doing("cannot start a thread"))?),
        })
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Histogram<u64>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It does nothing that could panic.
            let _ = thread.join();
        }
    }
}

fn read(socket: &UdpSocket, seen: &Mutex<Histogram<u64>>, stop: &AtomicBool) {
    let mut buffer = [0; 2048];
    while !stop.load(Ordering::Relaxed) {
        let length = match socket.recv(&mut buffer) {
            Ok(length) => length,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                continue
            }
            Err(_) => return,
        };
        let Ok(now) = clock_gettime(ClockId::CLOCK_MONOTONIC) else {
            return;
        };
        if let Some(packet) = TestnicPacket::read(&buffer[..length]) {
            let now_ns = now.tv_sec() as u64 * 1_000_000_000 + now.tv_nsec() as u64;
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.saturating_record(now_ns.saturating_sub(packet.timestamp_ns));
        }
    }
}
