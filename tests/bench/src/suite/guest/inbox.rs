// SPDX-License-Identifier: GPL-2.0
//! How the receiver waits for a datagram or a request: asleep in a receive, polling in it, or in an
//! epoll that suspends interrupts.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsFd;

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};

use crate::guest::echo::Inbox;
use crate::guest::polling;
use crate::guest::sys::{self, EpollParams};
use crate::mode::Mode;
use crate::{Error, Result};

/// How long a receiver polls before it sleeps. One period of the measured rates, so that it polls
/// all the time.
const BUSY_POLL_USECS: u32 = 1000;
/// Packets per poll of an epoll.
const BUDGET: u16 = 64;
/// An epoll comes back that often when nothing comes, in milliseconds.
const LOOK: u8 = 50;

/// A receiver's way to wait.
#[derive(Debug)]
pub(super) struct Waiting<'a, S> {
    socket: &'a S,
    /// Where it waits, if not in the receive.
    epoll: Option<Epoll>,
}

impl<'a, S: AsFd> Waiting<'a, S> {
    /// As `mode` wants it.
    pub(super) fn new(socket: &'a S, mode: Mode) -> Result<Waiting<'a, S>> {
        let usecs = match mode {
            Mode::SoBusyPoll => BUSY_POLL_USECS,
            _ => 0,
        };
        kbp_probe::busy_poll(socket, usecs).map_err(Error::doing("cannot set SO_BUSY_POLL"))?;
        let suspends = mode == Mode::IrqSuspend;
        let epoll = suspends.then(suspending_epoll).transpose()?;
        if let Some(epoll) = &epoll {
            epoll
                .add(socket, EpollEvent::new(EpollFlags::EPOLLIN, 0))
                .map_err(Error::doing("cannot add a socket to an epoll"))?;
        }
        Ok(Waiting { socket, epoll })
    }

    /// The socket, once a receive is the thing to do; an error of an idle kind when nothing came
    /// for a while.
    pub(super) fn ready(&self) -> io::Result<&'a S> {
        match &self.epoll {
            Some(epoll) if epoll.wait(&mut [EpollEvent::empty()], LOOK)? == 0 => {
                Err(io::ErrorKind::WouldBlock.into())
            }
            _ => Ok(self.socket),
        }
    }
}

/// Why this kernel's receivers cannot wait as `mode` wants, if they cannot.
pub(super) fn missing(mode: Mode) -> Option<String> {
    let tried = (mode == Mode::IrqSuspend).then(suspending_epoll)?;
    tried.err().map(polling::lacks)
}

/// An epoll that polls the NAPIs of its sockets, with their interrupts off.
fn suspending_epoll() -> Result<Epoll> {
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)
        .map_err(Error::doing("cannot make an epoll"))?;
    sys::epoll_busy_poll(&epoll.0, &EpollParams::new(BUSY_POLL_USECS, BUDGET))
        .map_err(Error::doing("cannot make an epoll poll (EPIOCSPARAMS)"))?;
    Ok(epoll)
}

impl Inbox for Waiting<'_, UdpSocket> {
    fn socket(&self) -> &UdpSocket {
        self.socket
    }

    fn recv_from(&mut self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.ready()?.recv_from(buffer)
    }
}
