// SPDX-License-Identifier: GPL-2.0
//! `kbp-bench cost`: boots a guest whose clock counts instructions, and reports what packets cost.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::Arc;
use std::time::Duration;

use kbp_vm::VmConfig;

use crate::cost::event::Found;
use crate::cost::report::{markdown, Report, SCHEMA};
use crate::cost::{compute, goals, guest};
use crate::host::{measure, save};
use crate::{Error, Result};

/// How long the boot may take.
const BOOT: Duration = Duration::from_secs(180);
/// How long one mode of one round may take: about a second of the guest's clock, and changing to
/// it.
const MODE: Duration = Duration::from_secs(120);

/// What to do.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Suite (like trixie-backports) or exact release of the guest's kernel
    #[arg(long)]
    pub kernel: String,
    /// What the guest measures.
    #[command(flatten)]
    pub measure: guest::Options,
    /// Folder for report.json and table.md
    #[arg(long, default_value = "out/cost")]
    pub out: PathBuf,
}

/// Runs it.
pub fn run(options: &Options, stop: &Arc<AtomicBool>) -> Result<()> {
    let guest::Options { rounds, modes } = &options.measure;
    let names: Vec<String> = modes.iter().map(ToString::to_string).collect();
    let turns = rounds * u32::try_from(modes.len()).unwrap_or(u32::MAX);
    let config = VmConfig::new(&options.kernel)
        .script(format!(
            "exec kbp-bench measure-cost --rounds {rounds} --modes {}",
            names.join(",")
        ))
        .timeout(Some(BOOT + MODE * turns));
    let measured = measure::exact_guest(config, &options.kernel, measure::plainly, stop)?;
    let (mut ns_per_instruction, mut samples) = (None, Vec::new());
    for found in measured.found {
        match found {
            Found::Clock {
                ns_per_instruction: ns,
            } => ns_per_instruction = Some(ns),
            Found::Sample(sample) => samples.push(sample),
        }
    }
    let rows = compute::rows(&samples, modes, *rounds)?;
    let report = Report {
        schema: SCHEMA.into(),
        kernel: measured.kernel,
        goals: goals::judge(&rows),
        rows,
        ns_per_instruction: ns_per_instruction
            .ok_or_else(|| Error::Other("the guest did not say what its clock counts".into()))?,
        environment: measured.environment,
    };
    let table = markdown(&report.kernel, &report.rows, &report.goals);
    save::report(&options.out, &report, "table.md", table)
}
