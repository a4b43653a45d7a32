// SPDX-License-Identifier: GPL-2.0
//! Which of many sockets have something to read.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::event::{epoll, Timespec};

use super::no_socket;
use crate::Result;

/// At most this many are told at once.
const BATCH: usize = 32;

/// Watches sockets.
#[derive(Debug)]
pub(super) struct Ready {
    epoll: OwnedFd,
}

impl Ready {
    pub(super) fn new() -> Result<Ready> {
        let epoll =
            epoll::create(epoll::CreateFlags::CLOEXEC).map_err(|error| no_socket(error.into()))?;
        Ok(Ready { epoll })
    }

    pub(super) fn add(&self, socket: impl AsFd, flow: usize) -> Result<()> {
        let data = epoll::EventData::new_u64(flow as u64);
        epoll::add(&self.epoll, socket, data, epoll::EventFlags::IN)
            .map_err(|error| no_socket(error.into()))
    }

    /// Takes one out; an error would mean that it was not in.
    pub(super) fn remove(&self, socket: impl AsFd) {
        let _ = epoll::delete(&self.epoll, socket);
    }

    /// Calls `each` with the flows that have something to read, after at most `limit`; `false`
    /// when there are none.
    pub(super) fn wait(&self, limit: Duration, mut each: impl FnMut(usize)) -> bool {
        let timeout = Timespec {
            tv_sec: i64::try_from(limit.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: limit.subsec_nanos().into(),
        };
        let mut events = [MaybeUninit::uninit(); BATCH];
        // An interrupted wait is like one without events: the caller looks at the clock anyway.
        let Ok((ready, _)) = epoll::wait(&self.epoll, &mut events, Some(&timeout)) else {
            return false;
        };
        ready
            .iter()
            .for_each(|event| each(event.data.u64() as usize));
        !ready.is_empty()
    }
}
