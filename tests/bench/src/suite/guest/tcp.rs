// SPDX-License-Identifier: GPL-2.0
//! The guest's end of TCP round trips: sends back what comes, in a thread of its own.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::sys::socket::{setsockopt, sockopt};
use nix::sys::time::{TimeVal, TimeValLike};

use super::inbox::Waiting;
use crate::guest::{cpu, sink};
use crate::suite::cell::Mode;
use crate::{Error, Result};

/// How often an idle thread looks whether it should end.
const LOOK: Duration = Duration::from_millis(50);

/// Listens on every local address.
pub(super) fn listen(port: u16) -> Result<TcpListener> {
    let refused = || Error::doing(format!("cannot listen on TCP port {port}"));
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).map_err(refused())?;
    // It holds for `accept`, too.
    let look = TimeVal::milliseconds(LOOK.as_millis() as i64);
    setsockopt(&listener, sockopt::ReceiveTimeout, &look)
        .map_err(|error| refused()(error.into()))?;
    Ok(listener)
}

/// The thread.
#[derive(Debug)]
pub(super) struct Echo {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<()>>,
}

impl Echo {
    /// Starts it on `cpu`; it waits for requests as `mode` wants it.
    pub(super) fn start(listener: TcpListener, mode: Mode, cpu: usize) -> Result<Echo> {
        let stop = Arc::new(AtomicBool::new(false));
        let its_stop = stop.clone();
        let run = move || {
            cpu::pin(cpu)?;
            while !its_stop.load(Ordering::Relaxed) {
                match listener.accept() {
                    Ok((stream, _)) => answer(stream, mode, &its_stop)?,
                    Err(error) if sink::idle(error.kind()) => {}
                    Err(error) => return Err(Error::doing("cannot accept a connection")(error)),
                }
            }
            Ok(())
        };
        let thread = thread::Builder::new().name("tcp-echo".into()).spawn(run);
        Ok(Echo {
            stop,
            thread: thread.map_err(Error::doing("cannot start a thread"))?,
        })
    }

    /// Ends it.
    pub(super) fn finish(self) -> Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        let panicked = |_| Err(Error::Other("the TCP receiver panicked".into()));
        self.thread.join().unwrap_or_else(panicked)
    }
}

/// Answers until the other side ends the connection.
fn answer(mut stream: TcpStream, mode: Mode, stop: &AtomicBool) -> Result<()> {
    let failed = || Error::doing("the TCP connection failed");
    stream.set_nodelay(true).map_err(failed())?;
    stream.set_read_timeout(Some(LOOK)).map_err(failed())?;
    let reader = stream.try_clone().map_err(failed())?;
    let waiting = Waiting::new(&reader, mode)?;
    let mut buffer = [0; 65536];
    while !stop.load(Ordering::Relaxed) {
        match receive(&waiting, &mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => stream.write_all(&buffer[..length]).map_err(failed())?,
            Err(error) if sink::idle(error.kind()) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(()),
            Err(error) => return Err(failed()(error)),
        }
    }
    Ok(())
}

fn receive(waiting: &Waiting<'_, TcpStream>, buffer: &mut [u8]) -> io::Result<usize> {
    let mut socket = waiting.ready()?;
    socket.read(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_answered_one_after_the_other() {
        let listener = listen(0).unwrap();
        let address = (Ipv4Addr::LOCALHOST, listener.local_addr().unwrap().port());
        let echo = Echo::start(listener, Mode::Softirq, 0).unwrap();
        for text in [b"one", b"two"] {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(text).unwrap();
            let mut back = [0; 3];
            stream.read_exact(&mut back).unwrap();
            assert_eq!(&back, text);
        }
        echo.finish().unwrap();
    }
}
