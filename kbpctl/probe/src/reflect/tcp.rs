// SPDX-License-Identifier: GPL-2.0
//! Connections, a thread each: as most servers do it, and none waits for another.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;

use super::shared::{count, Shared, LOOK};
use crate::framing::{self, Frames};
use crate::{sys, wire};

/// More than a process may usually have open would keep the next client out.
const MOST: usize = 900;
/// A connection without pings for this long is taken for dead.
const IDLE: Duration = Duration::from_secs(120);
/// A client that does not read its answers for this long, too.
const STUCK: Duration = Duration::from_secs(5);

pub(super) fn serve(listener: &TcpListener, busy: Option<u32>, shared: &Arc<Shared>) {
    let open = Arc::new(AtomicUsize::new(0));
    while !shared.stops() {
        let mut stream = match listener.accept() {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Too many open files, not the time limit: let some be closed.
                if error.raw_os_error() == Some(Errno::EMFILE as i32) {
                    thread::sleep(LOOK);
                }
                continue;
            }
        };
        count(&shared.tcp_connections);
        if open.load(Ordering::Relaxed) >= MOST || prepare(&stream, busy).is_none() {
            count(&shared.tcp_refused);
            continue;
        }
        let guard = Guard::new(&open);
        let shared = shared.clone();
        // It inherits the CPU. When no thread can be had, the connection is closed.
        let _ = thread::Builder::new()
            .name("kbp-reflect".into())
            .spawn(move || {
                let _guard = guard;
                if answer(&mut stream, &shared).is_none() {
                    count(&shared.tcp_refused);
                }
            });
    }
    // Whoever ends the reflector may expect its port to be free then.
    while open.load(Ordering::Acquire) > 0 {
        thread::sleep(Duration::from_millis(1));
    }
}

fn prepare(stream: &TcpStream, busy: Option<u32>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    stream.set_read_timeout(Some(LOOK)).ok()?;
    stream.set_write_timeout(Some(STUCK)).ok()?;
    busy.map_or(Some(()), |us| sys::busy_poll(stream, us).ok())
}

/// Answers until the client goes; `None` when it says something else than pings.
fn answer(stream: &mut TcpStream, shared: &Shared) -> Option<()> {
    let mut buffer = vec![0; 65536];
    let (mut frames, mut out) = (Frames::default(), Vec::new());
    let mut last = Instant::now();
    while !shared.stops() && last.elapsed() < IDLE {
        let length = match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        last = Instant::now();
        frames.push(&buffer[..length]);
        out.clear();
        let mut answered = 0;
        while let Some(payload) = frames.take().ok()? {
            if !wire::reflect(payload) {
                return None;
            }
            framing::put(&mut out, payload);
            answered += 1;
        }
        // Counted before the client can hear of it.
        shared.tcp_answered.fetch_add(answered, Ordering::Relaxed);
        if stream.write_all(&out).is_err() {
            break;
        }
    }
    Some(())
}

/// Counts an open connection as long as it lives.
struct Guard(Arc<AtomicUsize>);

impl Guard {
    fn new(open: &Arc<AtomicUsize>) -> Guard {
        open.fetch_add(1, Ordering::Relaxed);
        Guard(open.clone())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Release);
    }
}
