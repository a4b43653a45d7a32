// SPDX-License-Identifier: GPL-2.0
//! Writing reports.

use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::{Error, Result};

/// Writes these files into `out`. Each is renamed when it is complete, so that an interrupted run
/// leaves the last report whole.
pub(crate) fn all<'a>(
    out: &Path,
    files: impl IntoIterator<Item = (&'a str, String)>,
) -> Result<()> {
    fs::create_dir_all(out).map_err(Error::at("make", out))?;
    for (name, text) in files {
        let (path, draft) = (out.join(name), out.join(format!(".{name}.new")));
        fs::write(&draft, text).map_err(Error::at("write", &draft))?;
        fs::rename(&draft, &path).map_err(Error::at("write", &path))?;
    }
    Ok(())
}

/// Writes a report for programs beside its table for people, which is shown, too.
pub(crate) fn report(out: &Path, report: &impl Serialize, name: &str, table: String) -> Result<()> {
    let json = serde_json::to_string_pretty(report)
        .map_err(|error| Error::Other(format!("cannot write the report: {error}")))?;
    print!("{table}");
    all(out, [("report.json", json + "\n"), (name, table)])?;
    println!("report: {}/report.json, {name}", out.display());
    Ok(())
}
