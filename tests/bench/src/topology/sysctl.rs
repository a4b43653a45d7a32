// SPDX-License-Identifier: GPL-2.0
//! Settings below `/proc/sys` of the calling thread's namespace, and how they were before.

use std::fs;
use std::path::Path;

use crate::{Error, Result};

/// Whether a namespace forwards.
pub(super) const FORWARD: &str = "net/ipv4/ip_forward";
/// Keeps IPv6 off devices to come: its own chatter would be packets that nobody sent.
pub(super) const NO_IPV6: &str = "net/ipv6/conf/default/disable_ipv6";

/// Settings that were changed, with their former values.
#[derive(Debug, Default)]
pub(super) struct Changed(Vec<(&'static str, String)>);

impl Changed {
    /// Changes one. A kernel without IPv6 has none of its settings.
    pub(super) fn set(&mut self, name: &'static str, value: &str) -> Result<()> {
        let path = Path::new("/proc/sys").join(name);
        if name == NO_IPV6 && !path.exists() {
            return Ok(());
        }
        let before = fs::read_to_string(&path).map_err(Error::at("read", &path))?;
        if before.trim() != value {
            fs::write(&path, value).map_err(Error::at("write", &path))?;
            self.0.push((name, before));
        }
        Ok(())
    }

    /// Restores the last one that is still changed, if there is one.
    pub(super) fn restore_one(&mut self) -> Option<Result<()>> {
        let (name, before) = self.0.pop()?;
        let path = Path::new("/proc/sys").join(name);
        Some(fs::write(&path, before).map_err(Error::at("write", &path)))
    }
}
