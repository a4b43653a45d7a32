// SPDX-License-Identifier: GPL-2.0
//! The guest's end of TCP round trips: sends back what comes, in a thread of its own.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use nix::sys::socket::{setsockopt, sockopt};
use nix::sys::time::{TimeVal, TimeValLike};

use super::inbox::Waiting;
use crate::guest::{cpu, sink};
use crate::mode::Mode;
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

/// Answers connections in a thread on `cpu`, which waits for requests as `mode` wants it, for as
/// long as `meanwhile` runs.
pub(super) fn answering<T>(
    listener: TcpListener,
    mode: Mode,
    cpu: usize,
    meanwhile: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let stop = AtomicBool::new(false);
    let accept = || {
        cpu::pin(cpu)?;
        while !stop.load(Ordering::Relaxed) {
            match listener.accept() {
                Ok((stream, _)) => answer(stream, mode, &stop)?,
                Err(error) if sink::idle(error.kind()) => {}
                Err(error) => return Err(Error::doing("cannot accept a connection")(error)),
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let thread = scope.spawn(accept);
        let done = meanwhile();
        stop.store(true, Ordering::Relaxed);
        let panicked = |_| Err(Error::Other("the TCP receiver panicked".into()));
        let answered = thread.join().unwrap_or_else(panicked);
        done.and_then(|done| answered.map(|()| done))
    })
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
        match waiting
            .ready()
            .and_then(|mut socket| socket.read(&mut buffer))
        {
            Ok(0) => return Ok(()),
            Ok(length) => stream.write_all(&buffer[..length]).map_err(failed())?,
            Err(error) if sink::idle(error.kind()) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(()),
            Err(error) => return Err(failed()(error)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_answered_one_after_the_other() {
        let listener = listen(0).unwrap();
        let address = (Ipv4Addr::LOCALHOST, listener.local_addr().unwrap().port());
        let asked = answering(listener, Mode::Softirq, 0, || {
            for text in [b"one", b"two"] {
                let mut stream = TcpStream::connect(address).unwrap();
                stream.write_all(text).unwrap();
                let mut back = [0; 3];
                stream.read_exact(&mut back).unwrap();
                assert_eq!(&back, text);
            }
            Ok(())
        });
        asked.unwrap();
    }
}
