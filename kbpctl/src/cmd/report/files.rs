// SPDX-License-Identifier: GPL-2.0
//! Files of the kernel and of KBP, as they are.

use std::io;
use std::path::{Path, PathBuf};

use super::part::Parts;
use crate::cores::saved;
use crate::host::boot;
use crate::host::verified;
use crate::steer::originals;
use crate::sys::System;

/// What every machine has.
const OF_MACHINE: [&str; 8] = [
    "/etc/os-release",
    "/proc/cmdline",
    "/proc/interrupts",
    "/proc/modules",
    "/proc/net/dev",
    "/proc/net/softnet_stat",
    "/proc/softirqs",
    "/proc/version",
];

/// What KBP has written, or was told.
const OF_KBP: [&str; 4] = [saved::FILE, saved::PACKAGED, boot::NOTE, originals::FILE];
const FOLDERS: [&str; 2] = [saved::FOLDER, verified::FOLDER];

/// Adds them, below `files/` in the archive.
pub(super) fn add(parts: &mut Parts, sys: &dyn System) {
    for path in OF_MACHINE.iter().chain(&OF_KBP) {
        add_file(parts, sys, Path::new(path));
    }
    for folder in FOLDERS {
        match sys.list(Path::new(folder)) {
            Ok(names) => {
                let paths = names.iter().map(|name| Path::new(folder).join(name));
                paths.for_each(|path| add_file(parts, sys, &path));
            }
            Err(error) => parts.lack(folder, why(&error)),
        }
    }
}

fn add_file(parts: &mut Parts, sys: &dyn System, path: &Path) {
    let name = PathBuf::from("files").join(path.strip_prefix("/").unwrap_or(path));
    let text = sys.read(path).map_err(|error| why(&error));
    parts.take(name.display().to_string(), path.display().to_string(), text);
}

/// In few words.
pub(super) fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it is not there".to_owned(),
        _ => error.to_string(),
    }
}
