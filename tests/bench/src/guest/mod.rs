// SPDX-License-Identifier: GPL-2.0
//! Workloads and tools inside the guest that more than one benchmark or story needs.

pub(crate) mod clock;
pub(crate) mod device;
pub mod echo;
pub mod hog;
pub(crate) mod host;
pub mod irq;
pub(crate) mod kbp;
pub mod netlink;
pub mod ping;
pub(crate) mod polling;
pub(crate) mod program;
pub(crate) mod rate;
pub mod sink;
pub mod softirqs;
pub(crate) mod sys;
pub mod testnic;
pub(crate) mod wait;
pub mod xdp;

use std::io::{self, Write};

pub use kbp_probe::cpu;
use nix::sys::utsname::uname;
use serde::Serialize;

use crate::line::Step;
use crate::{Error, Result};

/// Tells the host that all is set up, and what the numbers depend on.
pub(crate) fn set_up(note: impl Into<String>) -> Result<()> {
    let names = uname().map_err(Error::doing("cannot ask for the kernel's name"))?;
    emit(&Step::Setup {
        kernel: names.release().to_string_lossy().into_owned(),
        note: note.into(),
    })
}

/// Tells the host: one JSON document on a line of standard output.
pub(crate) fn emit(event: &impl Serialize) -> Result<()> {
    let line = serde_json::to_string(event)
        .map_err(|error| Error::Other(format!("cannot write an event: {error}")))?;
    // The standard output writes at the end of a line.
    writeln!(io::stdout(), "{line}").map_err(Error::doing("cannot write to standard output"))
}
