// SPDX-License-Identifier: GPL-2.0
//! Which of many sockets have something to read.

use std::os::fd::AsFd;
use std::time::Duration;

use nix::poll::{ppoll, PollFd, PollFlags};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use super::error::no_socket;
use crate::Result;

/// At most this many are told at once.
const BATCH: usize = 32;

/// Watches sockets.
#[derive(Debug)]
pub(super) struct Ready {
    epoll: Epoll,
}

impl Ready {
    pub(super) fn new() -> Result<Ready> {
        let epoll =
            Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).map_err(|errno| no_socket(errno.into()))?;
        Ok(Ready { epoll })
    }

    pub(super) fn add(&self, socket: impl AsFd, flow: usize) -> Result<()> {
        self.epoll
            .add(socket, EpollEvent::new(EpollFlags::EPOLLIN, flow as u64))
            .map_err(|errno| no_socket(errno.into()))
    }

    /// Takes one out; an error would mean that it was not in.
    pub(super) fn remove(&self, socket: impl AsFd) {
        let _ = self.epoll.delete(socket);
    }

    /// Calls `each` with the flows that have something to read now.
    pub(super) fn each(&self, mut each: impl FnMut(usize)) {
        let mut events = [EpollEvent::empty(); BATCH];
        // Without waiting it cannot be interrupted, and there is no other error.
        let ready = self.epoll.wait(&mut events, EpollTimeout::ZERO);
        for event in &events[..ready.unwrap_or(0)] {
            each(event.data() as usize);
        }
    }

    /// Waits until a flow has something to read, or `limit` is over. By ppoll(2): it waits for
    /// microseconds, epoll_wait(2) for milliseconds.
    pub(super) fn wait(&self, limit: Duration) {
        let mut any = [PollFd::new(self.epoll.0.as_fd(), PollFlags::POLLIN)];
        // An interrupted wait is like one that found nothing: the caller looks at the clock anyway.
        let _ = ppoll(&mut any, Some(limit.into()), None);
    }
}
