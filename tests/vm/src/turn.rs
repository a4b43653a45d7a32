// SPDX-License-Identifier: GPL-2.0
//! One guest at a time: each has two or more virtual CPUs, and pollers that never rest.

use kbp_vm::{lock, Locked, Result};

/// Waits until no other story of this machine runs; the turn ends when the lock is dropped, however
/// the test ends.
///
/// # Errors
/// When the lock file cannot be made or locked.
pub fn take() -> Result<Locked> {
    lock(&std::env::temp_dir().join("kbp-stories.lock"))
}
