// SPDX-License-Identifier: GPL-2.0
//! The few system calls that have no safe wrapper.
#![allow(
    unsafe_code,
    reason = "the only place in this crate for calls without a safe wrapper"
)]

use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Makes a child that dies with the thread that starts it, that ctrl-c does not reach, and that
/// inherits `files`.
pub(crate) fn prepare_child(command: &mut Command, files: &[OwnedFd]) {
    let files: Vec<RawFd> = files.iter().map(AsRawFd::as_raw_fd).collect();
    command.process_group(0);
    let before_exec = move || {
        // SAFETY: prctl with these arguments touches no memory and is async-signal-safe.
        check(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL as libc::c_ulong) })?;
        for file in &files {
            // SAFETY: F_SETFD touches no memory, is async-signal-safe, and fails on a bad number.
            check(unsafe { libc::fcntl(*file, libc::F_SETFD, 0) })?;
        }
        Ok(())
    };
    // SAFETY: the closure makes only async-signal-safe calls and allocates nothing.
    unsafe { command.pre_exec(before_exec) };
}

fn check(result: libc::c_int) -> io::Result<()> {
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
