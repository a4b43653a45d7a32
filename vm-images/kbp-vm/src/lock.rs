// SPDX-License-Identifier: GPL-2.0
//! Lock files of the host.

use std::fs::{File, OpenOptions};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};

use crate::error::{Error, Result};

/// A lock that ends when it is dropped, or with its process.
pub type Locked = Flock<File>;

/// Waits until nobody else has the lock that is this file, which is made if there is none.
///
/// # Errors
/// When it cannot be made or locked.
pub fn lock(path: &Path) -> Result<Locked> {
    let locked = Flock::lock(open(path)?, FlockArg::LockExclusive);
    locked
        .map_err(|(_, errno)| errno.into())
        .map_err(Error::at("lock", path))
}

/// The same, or nothing at once when somebody else has it.
///
/// # Errors
/// When it cannot be made or locked.
pub fn try_lock(path: &Path) -> Result<Option<Locked>> {
    match Flock::lock(open(path)?, FlockArg::LockExclusiveNonblock) {
        Ok(locked) => Ok(Some(locked)),
        Err((_, Errno::EWOULDBLOCK)) => Ok(None),
        Err((_, errno)) => Err(Error::at("lock", path)(errno.into())),
    }
}

fn open(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    options.open(path).map_err(Error::at("open", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_has_one_owner_until_it_is_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let one = try_lock(&path).unwrap();
        assert!(one.is_some());
        assert!(try_lock(&path).unwrap().is_none());
        drop(one);
        assert!(try_lock(&path).unwrap().is_some());
    }
}
