// SPDX-License-Identifier: GPL-2.0
//! The report of the suite: from outcomes to what people and programs read.
//!
//! Everything but [`write()`] is a pure function of the outcomes: the same outcomes give the same
//! files.

pub mod conditions;
mod csv;
mod doubt;
pub mod hlog;
mod html;
mod judge;
mod measured;
pub mod model;
pub mod paper;
pub mod peers;
pub mod promises;
mod rows;
mod svg;
#[cfg(test)]
pub(crate) mod synthetic;
mod table;
mod whole;
mod words;

use std::fs;
use std::io;
use std::path::Path;

pub use conditions::Conditions;
pub use measured::Measured;
pub use whole::{Report, Run, SCHEMA};

use crate::host::save;
use crate::{Error, Result};

/// What follows from a run.
pub fn report(run: &Run) -> Report {
    let measured = Measured::new(&run.outcomes);
    let rows = rows::rows(&measured);
    let promises = promises::promises(&measured, &rows, &run.conditions.kernel);
    let judgement = judge::judge(&measured, &rows, run, &promises);
    let headline = doubt::of_run(&rows);
    Report {
        schema: SCHEMA.into(),
        environment: run.conditions.clone(),
        noisy: headline.is_some(),
        headline,
        peers: peers::peers(&rows),
        not_best: peers::not_best(&rows),
        paper: paper::lines(&measured, &rows),
        left: run.left.clone(),
        failed: run.failed.clone(),
        promises,
        rows,
        judgement,
    }
}

/// Writes `report.json`, `report.html`, `report.svg`, `report.csv` and `hlog/*.hlog` into `out`.
pub fn write(run: &Run, out: &Path) -> Result<Report> {
    let measured = Measured::new(&run.outcomes);
    check_names(&measured)?;
    let report = report(run);
    let mut json = serde_json::to_string(&report)
        .map_err(|error| Error::Other(format!("cannot write the report: {error}")))?;
    json.push('\n');
    let logs = hlog::all(&measured)?;
    let folder = out.join("hlog");
    forget_old_logs(&folder)?;
    save::all(
        &folder,
        logs.iter().map(|(name, log)| (name.as_str(), log.clone())),
    )?;
    save::all(
        out,
        [
            ("report.csv", csv::write(&measured)),
            ("report.svg", svg::picture(&report, &measured)),
            ("report.html", html::write(&report, &measured)),
            ("report.json", json),
        ],
    )?;
    Ok(report)
}

/// The report for a terminal.
pub fn text(report: &Report) -> String {
    match report.is_demo() {
        true => table::short(report),
        false => table::draw(report),
    }
}

/// Rows give files their names.
fn check_names(measured: &Measured) -> Result<()> {
    let fits = |symbol: char| matches!(symbol, 'a'..='z' | '0'..='9' | '-');
    let wrong = |name: &str| name.is_empty() || !name.chars().all(fits);
    match measured.rows().iter().find(|row| wrong(&row.name)) {
        None => Ok(()),
        Some(row) => Err(Error::Other(format!(
            "the row '{}' cannot name a file: a row's name is of a-z, 0-9 and '-'; rename it in the plan",
            row.name
        ))),
    }
}

/// Logs of rows that are no longer measured would look like this run's.
fn forget_old_logs(folder: &Path) -> Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(Error::at("read", folder))?,
    };
    for entry in entries {
        let path = entry.map_err(Error::at("read", folder))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "hlog")
        {
            fs::remove_file(&path).map_err(Error::at("remove", &path))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
