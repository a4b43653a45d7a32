// SPDX-License-Identifier: GPL-2.0
//! Waiting for a file to become readable.

use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use rustix::event::{poll, PollFd, PollFlags, Timespec};

/// Whether `file` has something to read (or has ended) before `limit` is over.
pub(crate) fn readable(file: impl AsFd, limit: Duration) -> io::Result<bool> {
    let limit = Timespec {
        tv_sec: limit.as_secs() as i64,
        tv_nsec: i64::from(limit.subsec_nanos()),
    };
    let mut files = [PollFd::new(&file, PollFlags::IN)];
    match poll(&mut files, Some(&limit)) {
        Ok(n) => Ok(n > 0),
        // A signal: the caller's loop looks at its clock and comes back.
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
