// SPDX-License-Identifier: GPL-2.0
//! Which packages are installed, in which version, by what dpkg wrote down.

use std::io;
use std::path::Path;

use crate::sys::System;

pub(crate) const FILE: &str = "/var/lib/dpkg/status";

/// Those of KBP, and kernels.
const BEGINNINGS: [&str; 3] = ["kbp", "linux-headers-", "linux-image-"];

/// What has to do with interrupts, or builds the modules.
const NAMES: [&str; 7] = [
    "dkms",
    "irqbalance",
    "tuned",
    "systemd",
    "ethtool",
    "qemu-system-x86",
    "libc6",
];

/// A line for each: name, version and state.
pub(crate) fn lines(sys: &dyn System) -> io::Result<Vec<String>> {
    let text = sys.read(Path::new(FILE))?;
    Ok(text.split("\n\n").filter_map(line).collect())
}

fn line(entry: &str) -> Option<String> {
    let field = |name: &str| {
        let mut lines = entry.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    };
    let name = field("Package")?;
    let is_asked = BEGINNINGS.iter().any(|asked| name.starts_with(asked)) || NAMES.contains(&name);
    if !is_asked {
        return None;
    }
    let version = field("Version").unwrap_or("no version");
    Some(format!("{name} {version} ({})", field("Status")?))
}
