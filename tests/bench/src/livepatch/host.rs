// SPDX-License-Identifier: GPL-2.0
//! `kbp-bench livepatch`: how long a foreign livepatch waits for a poller without rest.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::Arc;
use std::time::Duration;

use kbp_vm::VmConfig;

use crate::host::{measure, save};
use crate::livepatch::event::{Found, Subject, Transition, LIMIT_S};
use crate::livepatch::guest;
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
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Suite (like trixie-backports) or exact release of the guest's kernel
    #[arg(long)]
    pub kernel: String,
    /// What the guest measures.
    #[command(flatten)]
    pub measure: guest::Options,
    /// Folder for report.json and table.txt
    #[arg(long, default_value = "out/livepatch")]
    pub out: PathBuf,
}

/// Runs it.
pub fn run(options: &Options, stop: &Arc<AtomicBool>) -> Result<()> {
    let rounds = options.measure.rounds;
    let waits = u64::from(rounds) * 4 + 2;
    let config = VmConfig::new(&options.kernel)
        .smp(GUEST_CPUS)
        .append(WATCHES_OFF)
        .script(format!(
            "exec kbp-bench measure-livepatch --rounds {rounds}"
        ))
        .timeout(Some(BOOT + Duration::from_secs(LIMIT_S * waits)));
    let measured = measure::guest(config, &options.kernel, GUEST_CPUS, measure::plainly, stop)?;
    let found = measured.found.into_iter();
    let transitions: Vec<Transition> = found.map(|Found::Transition(one)| one).collect();
    for subject in Subject::ALL {
        if !transitions.iter().any(|t| t.subject == subject) {
            return Err(Error::Other(format!(
                "no transition was measured under {subject}"
            )));
        }
    }
    let report = Report {
        schema: SCHEMA.into(),
        kernel: measured.kernel,
        limit_s: LIMIT_S,
        transitions,
        environment: measured.environment,
    };
    save::report(
        &options.out,
        &report,
        "table.txt",
        table(&report.transitions),
    )
}
