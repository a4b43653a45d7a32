// SPDX-License-Identifier: GPL-2.0
//! `kbp-bench cost`: boots a guest whose clock counts instructions, and reports what packets cost.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kbp_vm::VmConfig;

use crate::cost::event::{Found, Sample};
use crate::cost::plan::Mode;
use crate::cost::report::{Report, SCHEMA};
use crate::cost::{compute, goals, table};
use crate::host::progress::Progress;
use crate::host::{environment, follow, save};
use crate::line::{Line, Step};
use crate::{Error, Result};

/// How long the boot may take.
const BOOT: Duration = Duration::from_secs(180);
/// How long one mode of one round may take: about a second of the guest's clock, and changing to
/// it.
const MODE: Duration = Duration::from_secs(120);

/// What to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// Suite or release of the guest's kernel.
    pub kernel: String,
    /// Repetitions.
    pub rounds: u32,
    /// Who polls.
    pub modes: Vec<Mode>,
    /// Where the report goes.
    pub out: PathBuf,
}

/// Runs it.
pub fn run(options: &Options, stop: &Arc<AtomicBool>) -> Result<()> {
    let progress = Progress::start();
    let load_before = environment::load();
    progress.line(&format!("booting a guest with kernel {}", options.kernel));
    let modes: Vec<&str> = options.modes.iter().map(|mode| mode.name()).collect();
    let turns = options.rounds * u32::try_from(modes.len()).unwrap_or(u32::MAX);
    let config = VmConfig::new(&options.kernel)
        .icount()
        .script(format!(
            "exec kbp-bench measure-cost --rounds {} --modes {}",
            options.rounds,
            modes.join(",")
        ))
        .timeout(Some(BOOT + MODE * turns));
    let found = Arc::new(Mutex::new(All::default()));
    let (all, teller) = (found.clone(), progress.clone());
    let take = move |line| {
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        all.take(line, &teller);
    };
    follow::guest(config, &progress, stop, take, |_| Ok(()))?;
    let found = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
    let report = report(options, found, load_before, &progress)?;
    let json = serde_json::to_string_pretty(&report)
        .map_err(|error| Error::Other(format!("cannot write the report: {error}")))?;
    save::all(
        &options.out,
        [
            ("report.json", json + "\n"),
            ("table.md", table::markdown(&report)),
        ],
    )?;
    print!("{}", table::text(&report));
    for goal in &report.goals {
        println!("{}", goal.line());
    }
    println!("report: {}/report.json, table.md", options.out.display());
    Ok(())
}

/// What the guest has said.
#[derive(Debug, Default)]
struct All {
    kernel: String,
    ns_per_instruction: Option<f64>,
    samples: Vec<Sample>,
}

impl All {
    fn take(&mut self, line: Line<Found>, progress: &Progress) {
        match line {
            Line::Step(Step::Setup { kernel, .. }) => {
                progress.line(&format!("measuring on kernel {kernel}"));
                self.kernel = kernel;
            }
            Line::Step(_) => {}
            Line::Found(Found::Clock { ns_per_instruction }) => {
                progress.line(&format!("an instruction takes {ns_per_instruction:.4} ns"));
                self.ns_per_instruction = Some(ns_per_instruction);
            }
            Line::Found(Found::Sample(sample)) => {
                progress.line(&format!(
                    "round {} {} {:?}: {} left of {} ns",
                    sample.round,
                    sample.mode.name(),
                    sample.load,
                    sample.left,
                    sample.time_ns
                ));
                self.samples.push(sample);
            }
        }
    }
}

fn report(options: &Options, found: All, load_before: f64, progress: &Progress) -> Result<Report> {
    let ns_per_instruction = found
        .ns_per_instruction
        .ok_or_else(|| Error::Other("the guest did not say what its clock counts".into()))?;
    let rows = compute::rows(&found.samples, &options.modes, options.rounds)?;
    let mut environment = environment::gather(1, load_before, progress.elapsed())?;
    environment.accel = "tcg, icount".into();
    Ok(Report {
        schema: SCHEMA.into(),
        kernel: found.kernel,
        goals: goals::judge(&rows),
        rows,
        ns_per_instruction,
        environment,
    })
}
