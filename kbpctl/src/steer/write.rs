// SPDX-License-Identifier: GPL-2.0
//! Writing where an interrupt may go, and why that is refused.

use std::io;

use nix::libc;

use crate::error::{Error, Exit};
use crate::nic::affinity::{self, SET};
use crate::sys::System;

/// Lets an interrupt go to these cores.
pub(super) fn write(sys: &dyn System, irq: &str, cores: &str) -> io::Result<()> {
    sys.write(&affinity::file_of(irq, SET), cores)
}

/// Why an interrupt cannot go to these cores.
pub(super) fn explain(what: String, cores: &str, error: &io::Error) -> Error {
    let (cause, cure) = match error.raw_os_error() {
        Some(libc::EINVAL) => (
            format!("nothing of {cores} is online"),
            "see /sys/devices/system/cpu/online; bring one of them online, or name others"
                .to_owned(),
        ),
        Some(libc::ERANGE | libc::EOVERFLOW) => (
            format!("this machine has no {cores}"),
            "name a core that is online".to_owned(),
        ),
        Some(libc::ENOSPC) => (
            format!("{cores} has no interrupt vector left"),
            "name another core, or use fewer queues (--channels)".to_owned(),
        ),
        Some(libc::ENOENT) => (
            "its driver freed it meanwhile".to_owned(),
            "run the command again".to_owned(),
        ),
        _ => return Error::system(what, error),
    };
    Error::new(Exit::Failed, what, cause, cure)
}
