// SPDX-License-Identifier: GPL-2.0
//! A file for node_exporter's textfile collector: whole or not at all, and for all to read.

use std::path::Path;

use crate::error::{Error, Exit, Result};
use crate::sys::System;

/// Refuses what the collector would not read, before anything is asked.
pub(super) fn check(sys: &dyn System, path: &Path) -> Result<()> {
    if path.extension().is_none_or(|end| end != "prom") {
        return Err(Error::new(
            Exit::Usage,
            failed(path),
            "node_exporter reads files of that folder whose names end in .prom",
            "name it like kbp.prom",
        ));
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    match sys.exists(folder) {
        true => Ok(()),
        false => Err(Error::new(
            Exit::Failed,
            failed(path),
            format!("there is no folder {}", folder.display()),
            "make it, or name the folder of node_exporter's --collector.textfile.directory",
        )),
    }
}

/// Writes it.
pub(super) fn write(sys: &dyn System, path: &Path, metrics: &str) -> Result<()> {
    sys.publish(path, metrics)
        .map_err(|error| Error::system(failed(path), &error))
}

fn failed(path: &Path) -> String {
    format!("cannot write the metrics to {}", path.display())
}
