// SPDX-License-Identifier: GPL-2.0
//! One guest at a time: each has two or more virtual CPUs, and pollers that never rest.

use std::fs::{File, OpenOptions};
use std::io;

use nix::fcntl::{Flock, FlockArg};

/// Waits until no other story of this machine runs; the turn ends when the lock is dropped, however
/// the test ends.
///
/// # Errors
/// When the lock file cannot be made or locked.
pub fn take() -> io::Result<Flock<File>> {
    let path = std::env::temp_dir().join("kbp-stories.lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, errno)| errno.into())
}
