// SPDX-License-Identifier: GPL-2.0
//! `kbp-bench livepatch`: how long a foreign livepatch waits for a poller without rest.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kbp_vm::VmConfig;

use crate::host::progress::Progress;
use crate::host::{environment, follow, save};
use crate::line::{Line, Step};
use crate::livepatch::event::{Found, Subject, Transition, LIMIT_S};
use crate::livepatch::report::{table, Report, SCHEMA};
use crate::{Error, Result};

/// How long the boot may take, with loading and unloading KBP.
const BOOT: Duration = Duration::from_secs(240);
/// CPUs of the guest: one for control, one for the poller.
const GUEST_CPUS: u32 = 2;
/// The kernel's watches over what it expects to be starved: the busy poller leaves its core to
/// nobody.
const WATCHES_OFF: &str =
    "nosoftlockup workqueue.watchdog_thresh=0 rcupdate.rcu_cpu_stall_suppress=1";

/// What to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// Suite or release of the guest's kernel.
    pub kernel: String,
    /// Repetitions.
    pub rounds: u32,
    /// Where the report goes.
    pub out: PathBuf,
}

/// Runs it.
pub fn run(options: &Options, stop: &Arc<AtomicBool>) -> Result<()> {
    let progress = Progress::start();
    let load_before = environment::load();
    progress.line(&format!("booting a guest with kernel {}", options.kernel));
    let waits = u64::from(options.rounds) * 4 + 2;
    let config = VmConfig::new(&options.kernel)
        .smp(GUEST_CPUS)
        .append(WATCHES_OFF)
        .script(format!(
            "exec kbp-bench measure-livepatch --rounds {}",
            options.rounds
        ))
        .timeout(Some(BOOT + Duration::from_secs(LIMIT_S * waits)));
    let found: Arc<Mutex<(String, Vec<Transition>)>> = Arc::default();
    let (all, teller) = (found.clone(), progress.clone());
    let take = move |line| {
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        match line {
            Line::Step(Step::Setup { kernel, .. }) => {
                teller.line(&format!("measuring on kernel {kernel}"));
                all.0 = kernel;
            }
            Line::Step(_) => {}
            Line::Found(Found::Transition(transition)) => {
                teller.line(&format!("{transition:?}"));
                all.1.push(transition);
            }
        }
    };
    follow::guest(config, &progress, stop, take, |_| Ok(()))?;
    let (kernel, transitions) =
        std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
    for subject in Subject::ALL {
        if !transitions.iter().any(|t| t.subject == subject) {
            return Err(Error::Other(format!(
                "no transition was measured under {}",
                subject.name()
            )));
        }
    }
    let report = Report {
        schema: SCHEMA.into(),
        kernel,
        limit_s: LIMIT_S,
        transitions,
        environment: environment::gather(GUEST_CPUS, load_before, progress.elapsed())?,
    };
    let json = serde_json::to_string_pretty(&report)
        .map_err(|error| Error::Other(format!("cannot write the report: {error}")))?;
    let table = table(&report.transitions);
    print!("{table}");
    save::all(
        &options.out,
        [("report.json", json + "\n"), ("table.txt", table)],
    )?;
    println!("report: {}/report.json, table.txt", options.out.display());
    Ok(())
}
