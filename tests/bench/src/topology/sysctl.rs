// SPDX-License-Identifier: GPL-2.0
//! Settings below `/proc/sys`, and how they were before.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::{Error, Result};

/// Whether a namespace forwards.
pub(super) const FORWARD: &str = "net/ipv4/ip_forward";

/// Settings that were changed, with their former values.
#[derive(Debug, Default)]
pub(super) struct Changed(Vec<(&'static str, String)>);

impl Changed {
    /// Changes one.
    pub(super) fn set(&mut self, name: &'static str, value: &str) -> Result<()> {
        let path = Path::new("/proc/sys").join(name);
        let before = fs::read_to_string(&path).map_err(Error::at("read", &path))?;
        if before.trim() != value {
            write(name, value)?;
            self.0.push((name, before.trim().into()));
        }
        Ok(())
    }

    /// Restores the last one that is still changed. False when there is none.
    pub(super) fn restore_one(&mut self) -> Result<bool> {
        match self.0.pop() {
            Some((name, before)) => write(name, &before).map(|()| true),
            None => Ok(false),
        }
    }
}

/// Writes one, in the namespace of the calling thread.
pub(super) fn write(name: &str, value: &str) -> Result<()> {
    let path = Path::new("/proc/sys").join(name);
    fs::write(&path, value).map_err(Error::at("write", &path))
}

/// Keeps IPv6 off a device (`default`: all to come) before it is on: its own chatter would be
/// packets that nobody sent.
pub(super) fn without_ipv6(device: &str) -> Result<()> {
    let path = format!("/proc/sys/net/ipv6/conf/{device}/disable_ipv6");
    match fs::write(&path, "1") {
        // A kernel without IPv6.
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other.map_err(Error::at("write", Path::new(&path))),
    }
}
