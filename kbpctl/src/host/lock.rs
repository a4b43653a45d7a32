// SPDX-License-Identifier: GPL-2.0
//! One kbpctl changes the machine at a time. The lock ends with the process that holds it, so a
//! killed kbpctl leaves nothing to clean up.

use std::path::Path;

use crate::error::{Error, Exit, Result, NOTHING_CHANGED};
use crate::host::wait::{Context, Deadline};
use crate::sys::LockGuard;

/// Takes the lock, waiting until the deadline for another kbpctl to finish.
pub(crate) fn take(context: &Context<'_>, deadline: &Deadline) -> Result<LockGuard> {
    let sys = context.sys;
    let run = Path::new("/run");
    let folder = if sys.exists(run) {
        run
    } else {
        Path::new("/tmp")
    };
    let path = folder.join("kbp.lock");
    let guard = context.poll(deadline, "waiting for another kbpctl", || {
        sys.try_lock(&path).map_err(|error| {
            Error::system(
                format!("cannot lock {}{NOTHING_CHANGED}", path.display()),
                &error,
            )
        })
    })?;
    guard.ok_or_else(|| {
        let holder = sys.read(&path).unwrap_or_default();
        Error::new(
            Exit::TimedOut,
            format!("another kbpctl is at work{NOTHING_CHANGED}"),
            format!(
                "pid {} holds {} for longer than {} s",
                holder.trim(),
                path.display(),
                deadline.timeout.as_secs_f64()
            ),
            "wait for it, or give a longer --timeout",
        )
    })
}
