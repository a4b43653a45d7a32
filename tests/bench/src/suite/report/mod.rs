// SPDX-License-Identifier: GPL-2.0
//! The report of the suite: from outcomes to what people and programs read.
//!
//! Everything but [`write()`] is a pure function of the outcomes: the same outcomes give the same
//! files.

mod csv;
mod doubt;
mod hlog;
mod html;
mod judge;
mod measured;
pub mod model;
pub mod paper;
pub mod peers;
pub mod promises;
mod rows;
mod sections;
mod svg;
#[cfg(test)]
pub(crate) mod synthetic;
mod table;
mod whole;
mod words;

use std::fs;
use std::path::Path;

use maud::Markup;

pub use measured::Measured;
pub use table::text;
pub use whole::{Conditions, Report, Run, SCHEMA};

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

/// Writes `report.json`, `report.html`, `report.svg`, `report.csv` and `hlog/*.hlog` into `out`. The page
/// begins with `first`.
pub fn write(run: &Run, first: Option<&Markup>, out: &Path) -> Result<Report> {
    let measured = Measured::new(&run.outcomes);
    check_names(&measured)?;
    let report = report(run);
    let mut json = serde_json::to_string(&report)
        .map_err(|error| Error::Other(format!("cannot write the report: {error}")))?;
    json.push('\n');
    let logs = hlog::all(&measured)?;
    let folder = out.join("hlog");
    // Logs of rows that are no longer measured would look like this run's.
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Error::at("remove", &folder))?;
    }
    let named = logs.iter().map(|(name, log)| (name.as_str(), log.clone()));
    save::all(&folder, named)?;
    let files = [
        ("report.csv", csv::write(&measured)),
        ("report.svg", svg::picture(&report, &measured)),
        ("report.html", html::write(&report, &measured, first)),
        ("report.json", json),
    ];
    save::all(out, files)?;
    Ok(report)
}

/// Rows give files their names.
fn check_names(measured: &Measured) -> Result<()> {
    let fits = |symbol: char| matches!(symbol, 'a'..='z' | '0'..='9' | '-');
    let wrong = |name: &str| name.is_empty() || !name.chars().all(fits);
    let mut names = measured.rows().iter().map(|row| &row.name);
    let refuse = |name| {
        format!("the row '{name}' cannot name a file: a row's name is of a-z, 0-9 and '-'; rename it in the plan")
    };
    let wrong = names.find(|name| wrong(name)).map(refuse);
    wrong.map_or(Ok(()), |words| Err(Error::Other(words)))
}

#[cfg(test)]
mod tests;
