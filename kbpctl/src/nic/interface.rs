// SPDX-License-Identifier: GPL-2.0
//! From the name of an interface to the NICs below it.
//!
//! What has the address is often no NIC: a bond, a bridge, a VLAN, Azure's netvsc. Each has a link
//! in sysfs to every interface that it stands on, down to the NICs, which have the interrupts.

use std::collections::BTreeSet;
use std::path::Path;

use nix::libc;

use super::sysfs;
use crate::error::{Error, Exit, Result};
use crate::sys::System;

/// What the kernel takes for another name of an interface, ALTIFNAMSIZ.
const LONGEST: usize = 127;

/// Why no interface can have this name.
pub(crate) fn refuse(name: &str) -> Option<String> {
    let bad = |letter: char| letter == '/' || letter.is_whitespace() || letter.is_control();
    let possible = !matches!(name, "" | "." | "..") && name.len() <= LONGEST && !name.contains(bad);
    (!possible).then(|| format!("\"{name}\" is no name of an interface"))
}

/// The name in sysfs of an interface that is named by this one or another of its names. Without it
/// there is no doing `what`.
pub(crate) fn find(sys: &dyn System, interface: &str, what: &str) -> Result<String> {
    if let Some(cause) = refuse(interface) {
        return Err(Error::new(Exit::Usage, what, cause, "name one like eth0"));
    }
    if sysfs::is_one(sys, interface) {
        return Ok(interface.to_owned());
    }
    let unknown = match sys.other_name_of(interface) {
        Ok(name) if sysfs::is_one(sys, &name) => return Ok(name),
        Err(error) if error.raw_os_error() != Some(libc::ENODEV) => {
            format!(" (whether it is another name of one cannot be asked: {error})")
        }
        _ => String::new(),
    };
    let mut names = sys.list(Path::new("/sys/class/net")).unwrap_or_default();
    names.retain(|name| sysfs::is_one(sys, name));
    let names = match names.is_empty() {
        true => "none".to_owned(),
        false => names.join(", "),
    };
    Err(Error::new(
        Exit::Failed,
        what,
        format!("there is no interface \"{interface}\" here; there are {names}{unknown}"),
        "name an interface from ip link",
    ))
}

/// The interface and all that it stands on.
pub(crate) fn stack(sys: &dyn System, interface: String) -> Vec<String> {
    let mut seen = BTreeSet::from([interface.clone()]);
    let mut stack = vec![interface];
    let mut next = 0;
    while let Some(name) = stack.get(next) {
        next += 1;
        // None twice: a bond's VLANs meet again, and a circle would have no end.
        let below = sysfs::below(sys, name);
        stack.extend(below.into_iter().filter(|name| seen.insert(name.clone())));
    }
    stack
}
