// SPDX-License-Identifier: GPL-2.0
//! The processes that `/proc` shows.

use std::path::{Path, PathBuf};

use crate::sys::System;

/// The folder of each.
pub(crate) fn folders(sys: &dyn System) -> Vec<PathBuf> {
    let proc = Path::new("/proc");
    let is_number = |name: &String| name.bytes().all(|byte| byte.is_ascii_digit());
    let names = sys.list(proc).unwrap_or_default().into_iter();
    names
        .filter(is_number)
        .map(|name| proc.join(name))
        .collect()
}

/// Whether a program of this name runs.
pub(crate) fn runs(sys: &dyn System, name: &str) -> bool {
    let is_it = |process: &PathBuf| {
        let comm = sys.read(&process.join("comm"));
        comm.is_ok_and(|comm| comm.trim() == name)
    };
    folders(sys).iter().any(is_it)
}
