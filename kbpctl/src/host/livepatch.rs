// SPDX-License-Identifier: GPL-2.0
//! The state of `kbp_livepatch` and the ways from one to the next.
//!
//! ```text
//!            insert                transition done
//!   Absent ---------> Enabling ---------------------> Enabled
//!     ^                |    ^                            |
//!     | delete  write 0|    |write 1             write 0 |
//!     |                v    |                            |
//!   Leftover <------- Disabling <------------------------+
//!            transition done (the kernel frees the patch; Disabled for a moment)
//! ```
//! [`to_enabled`] and [`to_absent`] look at the state anew before each act, so they converge
//! from wherever an earlier kbpctl was killed.

use std::io;
use std::path::{Path, PathBuf};

use nix::libc;

use crate::error::{Error, Exit, Result, NOTHING_CHANGED};
use crate::host::wait::{Context, Deadline};
use crate::sys::System;

/// The module that carries the hooks.
pub(crate) const MODULE: &str = "kbp_livepatch";

/// Where the patch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Neither module nor patch.
    Absent,
    /// The module is loaded, its patch is gone: it can only be deleted.
    Leftover,
    /// On its way in.
    Enabling,
    /// In effect for every task.
    Enabled,
    /// On its way out.
    Disabling,
    /// Out, not yet freed.
    Disabled,
}

impl State {
    /// The word in reports.
    pub(crate) fn word(self) -> &'static str {
        match self {
            State::Absent => "absent",
            State::Leftover => "leftover",
            State::Enabling => "enabling",
            State::Enabled => "enabled",
            State::Disabling => "disabling",
            State::Disabled => "disabled",
        }
    }
}

fn folder() -> PathBuf {
    Path::new("/sys/kernel/livepatch").join(MODULE)
}

/// Reads the state.
pub(crate) fn state(sys: &dyn System) -> Result<State> {
    let module = || match sys.exists(&Path::new("/sys/module").join(MODULE)) {
        true => State::Leftover,
        false => State::Absent,
    };
    let flag = |name: &str| match sys.read(&folder().join(name)) {
        Ok(text) => Ok(Some(text.trim() == "1")),
        // Absent, or freed between two reads.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.raw_os_error() == Some(libc::ENODEV) => Ok(None),
        Err(error) => Err(Error::system(
            format!("cannot read {}/{name}", folder().display()),
            &error,
        )),
    };
    let (Some(enabled), Some(transition)) = (flag("enabled")?, flag("transition")?) else {
        return Ok(module());
    };
    Ok(match (enabled, transition) {
        (true, true) => State::Enabling,
        (true, false) => State::Enabled,
        (false, true) => State::Disabling,
        (false, false) => State::Disabled,
    })
}

/// Writes `enabled`. The kernel refuses when the state changed meanwhile (the caller looks again)
/// or while another patch is in transition (the caller waits).
fn write_enabled(sys: &dyn System, value: bool) -> Result<()> {
    let path = folder().join("enabled");
    let text = if value { "1" } else { "0" };
    match sys.write(&path, text) {
        Ok(()) => Ok(()),
        Err(error) => match error.raw_os_error() {
            Some(libc::EINVAL | libc::ENOENT | libc::ENODEV | libc::EBUSY) => Ok(()),
            _ => Err(Error::system(
                format!("cannot write {text} to {}", path.display()),
                &error,
            )),
        },
    }
}

/// delete_module(2); false while the module is still in use.
pub(crate) fn delete(sys: &dyn System, module: &str) -> Result<bool> {
    match sys.delete_module(module) {
        Ok(()) => Ok(true),
        Err(error) => match error.raw_os_error() {
            Some(libc::ENOENT) => Ok(true),
            Some(libc::EAGAIN | libc::EBUSY) => Ok(false),
            _ => Err(Error::system(format!("cannot remove {module}.ko"), &error)),
        },
    }
}

/// Drives the patch to `Enabled`; false when the deadline came first. `insert` puts the module
/// in; it may leave that for later.
pub(crate) fn to_enabled(
    context: &Context<'_>,
    deadline: &Deadline,
    mut insert: impl FnMut() -> Result<()>,
) -> Result<bool> {
    let sys = context.sys;
    drive(context, deadline, State::Enabled, |state| match state {
        State::Absent => insert(),
        State::Leftover => delete(sys, MODULE).map(|_| ()),
        State::Disabling => write_enabled(sys, true),
        State::Enabling | State::Enabled | State::Disabled => Ok(()),
    })
}

/// Drives the patch to `Absent`; false when the deadline came first.
pub(crate) fn to_absent(context: &Context<'_>, deadline: &Deadline) -> Result<bool> {
    let sys = context.sys;
    drive(context, deadline, State::Absent, |state| match state {
        State::Leftover => delete(sys, MODULE).map(|_| ()),
        State::Enabled | State::Enabling => write_enabled(sys, false),
        State::Absent | State::Disabling | State::Disabled => Ok(()),
    })
}

/// Acts on each state on the way to `target`; waits only when an act changed nothing.
fn drive(
    context: &Context<'_>,
    deadline: &Deadline,
    target: State,
    mut act: impl FnMut(State) -> Result<()>,
) -> Result<bool> {
    /// More than the longest way without a wait in between.
    const STEPS: u32 = 6;
    let reached = context.poll(deadline, "waiting for the livepatch transition", || {
        let mut now = state(context.sys)?;
        for _ in 0..STEPS {
            if now == target {
                return Ok(Some(()));
            }
            act(now)?;
            let next = state(context.sys)?;
            if next == now {
                break;
            }
            now = next;
        }
        Ok(None)
    })?;
    Ok(reached.is_some())
}

/// Waits for a running transition to end; the state it ended in.
pub(crate) fn settled(context: &Context<'_>, deadline: &Deadline) -> Result<State> {
    let settled = context.poll(deadline, "waiting for the livepatch transition", || {
        let now = state(context.sys)?;
        Ok((!matches!(now, State::Enabling | State::Disabling)).then_some(now))
    })?;
    match settled {
        Some(now) => Ok(now),
        None => {
            let target = state(context.sys)? == State::Enabling;
            let blockers = crate::host::blockers::find(context.sys, target);
            Err(Error::new(
                Exit::TimedOut,
                format!("a transition of {MODULE} did not end{NOTHING_CHANGED}"),
                crate::host::blockers::phrase(&blockers),
                "end or move that task, or give a longer --timeout",
            ))
        }
    }
}
