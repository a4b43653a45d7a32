// SPDX-License-Identifier: GPL-2.0
//! The report of the suite: from outcomes to what people and programs read.
//!
//! Everything but [`write()`] is a pure function of the outcomes: the same outcomes give the same files.

pub mod conditions;
mod csv;
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
mod words;

use std::fs;
use std::io;
use std::path::Path;

pub use conditions::Conditions;
pub use measured::Measured;

use super::outcome::{Left, Outcome};
use crate::host::save;
use crate::report::verify::Judgement;
use crate::{Error, Result};
use model::{Report, SCHEMA};

/// What follows from these outcomes.
pub fn report(outcomes: &[Outcome], left: &[Left], conditions: &Conditions) -> Report {
    let measured = Measured::new(outcomes);
    let rows = rows::rows(&measured);
    let promises = promises::promises(&measured, &rows, &conditions.kernel);
    let judgement = judge::judge(&measured, &rows, left, &conditions.planned, &promises);
    Report {
        schema: SCHEMA.into(),
        environment: conditions.clone(),
        noisy: judge::noisy(&rows),
        peers: peers::peers(&rows),
        not_best: peers::not_best(&rows),
        paper: paper::lines(&measured, &rows),
        left: left.to_vec(),
        promises,
        rows,
        judgement,
    }
}

/// Writes `report.json`, `report.html`, `report.csv` and `hlog/*.hlog` into `out`. The answer says whether
/// anything failed.
pub fn write(
    outcomes: &[Outcome],
    left: &[Left],
    conditions: &Conditions,
    out: &Path,
) -> Result<Judgement> {
    let measured = Measured::new(outcomes);
    check_names(&measured)?;
    let report = report(outcomes, left, conditions);
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
            ("report.html", html::write(&report, &measured)),
            ("report.json", json),
        ],
    )?;
    Ok(report.judgement)
}

/// The report for a terminal.
pub fn text(outcomes: &[Outcome], left: &[Left], conditions: &Conditions) -> String {
    table::draw(&report(outcomes, left, conditions))
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
