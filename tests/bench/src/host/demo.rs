// SPDX-License-Identifier: GPL-2.0
//! The demo: boots one guest, answers its measurement with traffic, collects the runs, reports.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kbp_vm::{Vm, VmConfig};

use super::collect::Collector;
use super::progress::Progress;
use super::{environment, save, verdict};
use crate::event::ready_mark;
use crate::plan::{plan, Source};
use crate::report::model::{Report, SCHEMA};
use crate::report::{html, svg, table, verify};
use crate::suite::host::traffic;
use crate::{Error, Result};

/// How long the boot may take.
const BOOT: Duration = Duration::from_secs(120);
/// How long one measurement may take, set-up and warm-up included.
const PHASE: Duration = Duration::from_secs(90);
/// CPUs of the guest: one for control and the receiver, one for the receive path.
const GUEST_CPUS: u32 = 2;

/// What to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// Suite or release of the guest's kernel.
    pub kernel: String,
    /// Repetitions.
    pub rounds: u32,
    /// Where the reports go.
    pub out: PathBuf,
}

/// Runs it. The answer says whether everything verified is as it must be.
pub fn run(options: &Options, stop: &Arc<AtomicBool>) -> Result<bool> {
    let progress = Progress::start();
    let load_before = environment::load();
    progress.line(&format!("booting a guest with kernel {}", options.kernel));
    let phases = plan(options.rounds);
    let limit = BOOT + PHASE * phases.len().try_into().unwrap_or(u32::MAX);
    let config = VmConfig::new(&options.kernel)
        .smp(GUEST_CPUS)
        .nic(1)
        .script(format!(
            "exec kbp-bench measure --rounds {}",
            options.rounds
        ))
        .timeout(Some(limit))
        .interrupt(stop.clone());
    let collector = Collector::new(progress.clone(), phases.len());
    let mut vm = Vm::boot(config)?;
    vm.on_output(collector.sink());
    let followed = follow(&mut vm, options.rounds, &collector, &progress);
    let verdict = match followed {
        Ok(()) => vm.wait()?.verdict,
        Err(_) if stop.load(Ordering::Relaxed) => return Err(Error::Interrupted),
        // The guest's own words say more than that it ended too early.
        Err(error) => return Err(collector.complaint().map_or(error, Error::Other)),
    };
    verdict::judge(verdict, collector.complaint(), "kbp-bench measure")?;
    let (setup, runs) = collector.finish()?;
    let report = Report {
        schema: SCHEMA.into(),
        kernel: setup.kernel,
        runs,
        environment: environment::gather(GUEST_CPUS, load_before, progress.elapsed())?,
        note: setup.note,
    };
    let judgement = verify::judge(&report, options.rounds);
    let mut json = serde_json::to_string(&report)
        .map_err(|error| Error::Other(format!("cannot write the report: {error}")))?;
    json.push('\n');
    save::all(
        &options.out,
        [
            ("report.json", json),
            ("report.svg", svg::draw(&report)),
            ("report.html", html::write(&report, &judgement)),
        ],
    )?;
    println!("{}", table::draw(&report));
    for line in judgement.lines() {
        println!("{line}");
    }
    println!(
        "report: {}/report.json, report.html, report.svg",
        options.out.display()
    );
    Ok(judgement.ok())
}

/// Waits for each measurement that needs traffic, and sends it.
fn follow(vm: &mut Vm, rounds: u32, collector: &Collector, progress: &Progress) -> Result<()> {
    vm.wait_ready(BOOT)?;
    progress.line("the guest is up; loading KBP in it");
    let begin = Instant::now();
    for (index, phase) in plan(rounds).into_iter().enumerate() {
        if phase.source != Source::Virtio {
            continue;
        }
        let limit = PHASE * (index as u32 + 1);
        vm.wait_mark(&ready_mark(index), limit.saturating_sub(begin.elapsed()))?;
        let cable = vm
            .cable(0)
            .ok_or_else(|| Error::Other("the guest has no cable".into()))?;
        collector.traffic(
            phase,
            traffic::measure(&cable, index as u64, &traffic::demo_load())?,
        );
    }
    Ok(())
}
