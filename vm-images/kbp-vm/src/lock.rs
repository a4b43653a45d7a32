// SPDX-License-Identifier: GPL-2.0
//! Lock files of the host.

use std::fs::{File, OpenOptions};
use std::path::Path;

use nix::fcntl::{Flock, FlockArg};

use crate::error::{Error, Result};

/// A lock that ends when it is dropped, or with its process.
pub type Locked = Flock<File>;

/// Waits until nobody else has the lock that is this file, which is made if there is none.
///
/// # Errors
/// When it cannot be made or locked.
pub fn lock(path: &Path) -> Result<Locked> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(Error::at("open", path))?;
    let locked = Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, errno)| errno.into());
    locked.map_err(Error::at("lock", path))
}
