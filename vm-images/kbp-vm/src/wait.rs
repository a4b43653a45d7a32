// SPDX-License-Identifier: GPL-2.0
//! Waiting for a file to become readable.

use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{ppoll, PollFd, PollFlags};

/// Whether `file` has something to read (or has ended) before `limit` is over.
pub(crate) fn readable(file: impl AsFd, limit: Duration) -> io::Result<bool> {
    let mut files = [PollFd::new(file.as_fd(), PollFlags::POLLIN)];
    match ppoll(&mut files, Some(limit.into()), None) {
        Ok(n) => Ok(n > 0),
        // A signal: the caller's loop looks at its clock and comes back.
        Err(Errno::EINTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
