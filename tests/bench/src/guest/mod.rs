// SPDX-License-Identifier: GPL-2.0
//! What runs inside the guest: the workloads, and the measurement that drives them.

pub mod echo;
pub mod hog;
pub mod irq;
pub mod measure;
pub mod mode;
pub mod netlink;
pub mod ping;
pub(crate) mod program;
pub mod sink;
pub mod softirqs;
pub(crate) mod sys;
pub mod testnic;
pub(crate) mod virtio;
pub mod xdp;

use std::io::{self, Write};
use std::path::Path;

pub use kbp_probe::cpu;
use nix::sys::utsname::uname;
use serde::Serialize;

use crate::{Error, Result};

/// The release of the running kernel.
pub(crate) fn kernel() -> Result<String> {
    let names = uname().map_err(Error::doing("cannot ask for the kernel's name"))?;
    Ok(names.release().to_string_lossy().into_owned())
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
