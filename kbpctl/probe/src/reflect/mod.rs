// SPDX-License-Identifier: GPL-2.0
//! The reflector: sends every ping back as a pong of the same length, over UDP and TCP on one
//! port. It remembers nothing about its clients, and what is no ping gets no answer: nobody can
//! use it to send more than he sent.

mod shared;
mod tcp;
mod udp;

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{mpsc, Arc};
use std::thread::{self, JoinHandle};

use nix::sys::socket::{setsockopt, sockopt};
use nix::sys::time::{TimeVal, TimeValLike};
use schemars::JsonSchema;
use serde::Serialize;

use self::shared::{Shared, LOOK};
use crate::transport;
use crate::{cpu, sys, Error, Result};

/// How often a port that is free for both UDP and TCP is looked for.
const TRIES: usize = 20;

/// How to reflect.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Where to listen. Port 0: any that is free.
    pub listen: SocketAddr,
    /// The CPU of all its threads.
    pub cpu: Option<usize>,
    /// SO_BUSY_POLL of its sockets, in microseconds.
    pub busy_poll: Option<u32>,
}

impl Settings {
    /// The usual ones.
    pub fn at(listen: SocketAddr) -> Settings {
        Settings {
            listen,
            cpu: None,
            busy_poll: None,
        }
    }
}

/// What was reflected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Served {
    /// Pings answered over UDP.
    pub udp_answered: u64,
    /// Datagrams that were no pings.
    pub udp_ignored: u64,
    /// Pongs over UDP that the system did not take.
    pub udp_not_sent: u64,
    /// Connections accepted.
    pub tcp_connections: u64,
    /// Connections closed because there were too many, or because they carried no pings.
    pub tcp_refused: u64,
    /// Pings answered over TCP.
    pub tcp_answered: u64,
}

/// A running reflector. Ends when dropped.
#[derive(Debug)]
pub struct Reflector {
    address: SocketAddr,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Reflector {
    /// Starts one; it answers when this returns.
    pub fn start(settings: &Settings) -> Result<Reflector> {
        let (udp, tcp) = bind(settings.listen)?;
        let address = udp.local_addr().map_err(unusable(settings.listen))?;
        let look = TimeVal::milliseconds(LOOK.as_millis() as i64);
        setsockopt(&udp, sockopt::ReceiveTimeout, &look)
            .and_then(|()| setsockopt(&tcp, sockopt::ReceiveTimeout, &look))
            .map_err(|errno| unusable(address)(errno.into()))?;
        transport::grow(&udp);
        if let Some(us) = settings.busy_poll {
            busy_poll(&udp, us)?;
        }
        let mut reflector = Reflector {
            address,
            shared: Arc::default(),
            threads: Vec::new(),
        };
        let busy_poll = settings.busy_poll;
        reflector.spawn(settings.cpu, move |shared| udp::serve(&udp, shared))?;
        reflector.spawn(settings.cpu, move |shared| {
            tcp::serve(&tcp, busy_poll, shared);
        })?;
        Ok(reflector)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has reflected.
    pub fn served(&self) -> Served {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let shared = &*self.shared;
        Served {
            udp_answered: get(&shared.udp_answered),
            udp_ignored: get(&shared.udp_ignored),
            udp_not_sent: get(&shared.udp_not_sent),
            tcp_connections: get(&shared.tcp_connections),
            tcp_refused: get(&shared.tcp_refused),
            tcp_answered: get(&shared.tcp_answered),
        }
    }

    fn spawn(
        &mut self,
        cpu: Option<usize>,
        serve: impl FnOnce(&Arc<Shared>) + Send + 'static,
    ) -> Result<()> {
        let shared = self.shared.clone();
        let (started, starts) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("kbp-reflect".into())
            .spawn(move || {
                let pinned = cpu.map_or(Ok(()), cpu::pin);
                let good = pinned.is_ok();
                // The receiver waits below: it cannot be gone.
                let _ = started.send(pinned);
                if good {
                    serve(&shared);
                }
            })
            .map_err(Error::system("cannot start a thread", "allow more tasks"))?;
        self.threads.push(thread);
        starts.recv().unwrap_or(Ok(()))
    }
}

impl Drop for Reflector {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // A panic was printed already.
            let _ = thread.join();
        }
    }
}

fn busy_poll(socket: impl std::os::fd::AsFd, us: u32) -> Result<()> {
    sys::busy_poll(socket, us).map_err(Error::system(
        format!("cannot make sockets poll for {us} us"),
        "run it as root, or leave --busy-poll away",
    ))
}

fn bind(listen: SocketAddr) -> Result<(UdpSocket, TcpListener)> {
    let mut tries = 0;
    loop {
        let udp = UdpSocket::bind(listen).map_err(unusable(listen))?;
        let address = udp.local_addr().map_err(unusable(listen))?;
        match TcpListener::bind(address) {
            Ok(tcp) => return Ok((udp, tcp)),
            // Another program may have this port for TCP.
            Err(error) if listen.port() == 0 && tries < TRIES => {
                tries += 1;
                let _ = error;
            }
            Err(error) => return Err(unusable(address)(error)),
        }
    }
}

fn unusable(address: SocketAddr) -> impl FnOnce(io::Error) -> Error {
    Error::socket(
        format!("cannot listen on {address}"),
        address,
        "name an address of this machine and a free port",
    )
}
