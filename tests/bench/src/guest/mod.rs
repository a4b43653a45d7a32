// SPDX-License-Identifier: GPL-2.0
//! Workloads and tools inside the guest that more than one benchmark or story needs.

pub mod echo;
pub mod hog;
pub mod irq;
pub(crate) mod kbp;
pub mod netlink;
pub mod ping;
pub(crate) mod program;
pub mod sink;
pub mod softirqs;
pub(crate) mod sys;
pub mod testnic;
pub(crate) mod wait;
pub mod xdp;

use std::io::{self, Write};
use std::path::Path;

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
    let path = Path::new("standard output");
    let mut line = serde_json::to_string(event)
        .map_err(|error| Error::Other(format!("cannot write an event: {error}")))?;
    line.push('\n');
    let mut out = io::stdout().lock();
    out.write_all(line.as_bytes())
        .and_then(|()| out.flush())
        .map_err(Error::at("write to", path))
}
