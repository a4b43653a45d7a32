// SPDX-License-Identifier: GPL-2.0
//! Settings below `/proc/sys` of the calling thread's namespace.

use std::fs;
use std::path::Path;

use crate::{Error, Result};

/// Whether a namespace forwards.
pub(super) const FORWARD: &str = "net/ipv4/ip_forward";
/// Keeps IPv6 off devices to come: its own chatter would be packets that nobody sent.
pub(super) const NO_IPV6: &str = "net/ipv6/conf/default/disable_ipv6";

/// Changes one, if the kernel has it: one without IPv6 has none of its settings. The answer is how
/// it was before.
pub(super) fn set(name: &str, value: &str) -> Result<Option<String>> {
    let path = Path::new("/proc/sys").join(name);
    if name == NO_IPV6 && !path.exists() {
        return Ok(None);
    }
    let before = fs::read_to_string(&path).map_err(Error::at("read", &path))?;
    fs::write(&path, value).map_err(Error::at("write", &path))?;
    Ok(Some(before))
}
