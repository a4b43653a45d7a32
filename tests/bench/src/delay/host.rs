// SPDX-License-Identifier: GPL-2.0
//! `kbp-bench delay`: boots a guest whose clock counts instructions, and reports its delays.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::Arc;
use std::time::Duration;

use kbp_vm::VmConfig;

use crate::delay::event::{Cell, Found};
use crate::delay::functions::Functions;
use crate::delay::path;
use crate::delay::report::{markdown, Report, SCHEMA};
use crate::delay::{goals, guest, picture, rows};
use crate::host::{measure, save};
use crate::report::format::time;
use crate::{Error, Result};

/// How long the boot may take.
const BOOT: Duration = Duration::from_secs(180);
/// How long one row in one mode may take: a second or two of the guest's clock.
const CELL: Duration = Duration::from_secs(60);

/// What to do.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Suite (like trixie-backports) or exact release of the guest's kernel
    #[arg(long)]
    pub kernel: String,
    /// What the guest measures.
    #[command(flatten)]
    pub measure: guest::Options,
    /// Folder for report.json, table.md and delays.svg
    #[arg(long, default_value = "out/delay")]
    pub out: PathBuf,
}

/// Runs it, shows and writes what it found.
pub fn run(options: &Options, stop: &Arc<AtomicBool>) -> Result<Report> {
    if options.measure.rows().is_empty() || options.measure.modes.is_empty() {
        let names = rows::all().into_iter().map(|row| row.name);
        return Err(Error::Other(format!(
            "no row's name contains '{}': name one of {}",
            options.measure.rows.join("' or '"),
            names.collect::<Vec<_>>().join(", ")
        )));
    }
    let logs = options.out.join("instructions");
    let parts = options.measure.parts();
    let guests: Vec<VmConfig> = parts
        .iter()
        .map(|part| guest_for(part, &options.kernel, &logs))
        .collect();
    let measured = measure::exact_guests(guests, &options.kernel, tell, stop)?;
    let (mut clock, mut cells, mut missing) = (None, Vec::new(), Vec::new());
    let (mut functions, mut ways) = (Functions::default(), Vec::new());
    for found in measured.found {
        match found {
            Found::Clock { ns_per_instruction } => clock = Some(ns_per_instruction),
            Found::Cell(cell) => cells.push(*cell),
            Found::Left { mode, why } => missing.push((mode, why)),
            Found::Symbols {
                of_modules,
                symbols,
            } => functions.add(of_modules, symbols),
            Found::Followed { row, mode } => {
                let log = logs.join(format!("{row}-{mode}.log"));
                ways.push(path::read(&log, &row, mode, &functions)?);
            }
        }
    }
    // Guests that share the run end in any order.
    let all = rows::all();
    let place = |row: &str| all.iter().position(|other| other.name == row);
    cells.sort_by_key(|cell: &Cell| place(&cell.row));
    missing.sort();
    missing.dedup();
    let report = Report {
        schema: SCHEMA.into(),
        kernel: measured.kernel,
        goals: goals::judge(&cells),
        cells,
        missing,
        ns_per_instruction: clock
            .ok_or_else(|| Error::Other("the guest did not say what its clock counts".into()))?,
        environment: measured.environment,
    };
    save::all(&options.out, [("delays.svg", picture::draw(&report))])?;
    if !ways.is_empty() {
        save::all(
            &options.out,
            [("path.md", path::markdown(&report.kernel, &ways))],
        )?;
    }
    let table = markdown(&report);
    save::report(&options.out, &report, "table.md", table)?;
    Ok(report)
}

/// A guest that measures this.
fn guest_for(part: &guest::Options, kernel: &str, logs: &Path) -> VmConfig {
    let cells = u32::try_from(part.rows().len() * part.modes.len()).unwrap_or(u32::MAX);
    let config = VmConfig::new(kernel)
        .script(format!("exec kbp-bench measure-delay {}", part.words()))
        .timeout(Some(BOOT + CELL * cells));
    match part.instructions {
        Some(_) => config.instructions(logs),
        None => config,
    }
}

/// One line while it is measured.
fn tell(found: &Found) -> String {
    match found {
        Found::Cell(cell) => format!(
            "{}/{}: p50 {}, p99 {}, max {}, {} lost",
            cell.row,
            cell.mode,
            time(cell.delay.at(0.5)),
            time(cell.delay.at(0.99)),
            time(cell.delay.max),
            cell.lost
        ),
        Found::Followed { row, mode } => format!("{row}/{mode}: instructions written"),
        Found::Symbols { symbols, .. } => format!("{} functions", symbols.len()),
        Found::Clock { ns_per_instruction } => {
            format!("the clock counts instructions, {ns_per_instruction:.3} ns each")
        }
        Found::Left { mode, why } => format!("{mode}: {why}"),
    }
}
