// SPDX-License-Identifier: GPL-2.0
//! `kbpctl unload`: cores back to softirq, patch out, modules out; or everything as before.

use std::path::Path;

use kbp_uapi::kbp_core_set;
use schemars::JsonSchema;
use serde::Serialize;

use crate::canary;
use crate::cli;
use crate::cores::before::enable_again;
use crate::cores::device;
use crate::cores::list;
use crate::error::{Error, Exit, Result, NOTHING_CHANGED};
use crate::host::blockers;
use crate::host::livepatch::{self, State};
use crate::host::lock;
use crate::host::modules;
use crate::host::wait::{Context, Deadline};
use crate::output::{self, Answer};
use crate::sys::System;

#[derive(Serialize, JsonSchema)]
struct Report {
    schema: &'static str,
    result: &'static str,
    disabled: String,
    took_ns: u64,
}

/// Runs the command.
pub(crate) fn run(arguments: &cli::Unload, context: &Context<'_>) -> Result<Answer> {
    let sys = context.sys;
    let start = sys.now();
    let timeout = *arguments.wait.timeout;
    let _lock = lock::take(context, &context.deadline(timeout))?;
    canary::keep_out(sys, "cannot unload KBP")?;
    let loaded = modules::loaded(sys, modules::KBP) || livepatch::state(sys)? != State::Absent;
    let mut disabled = kbp_core_set::default();
    if loaded && modules::are_sealed(sys) {
        return Err(Error::new(
            Exit::Unsupported,
            format!("cannot unload KBP{NOTHING_CHANGED}"),
            "kernel.modules_disabled is 1, and nobody can set it back before the next boot",
            "kbpctl disable gives every core back to softirq; reboot to unload",
        ));
    }
    if loaded {
        disabled = disable_all(context)?;
        let deadline = context.deadline(timeout);
        if !unused(context, &deadline)? {
            return Err(roll_back(context, &disabled, &deadline, in_use(sys)));
        }
        let absent = livepatch::to_absent(context, &deadline)
            .map_err(|error| roll_back(context, &disabled, &deadline, error))?;
        if !absent {
            let error = Error::new(
                Exit::TimedOut,
                format!(
                    "the livepatch transition did not end within {} s",
                    timeout.as_secs_f64()
                ),
                blockers::phrase(&blockers::find(sys, false)),
                "end or move that task, or give a longer --timeout",
            );
            return Err(roll_back(context, &disabled, &deadline, error));
        }
        remove_kbp(context, &deadline)?;
    }
    let took = sys.now().saturating_sub(start);
    let text = match loaded {
        true => format!("KBP is unloaded ({:.1} s)", took.as_secs_f64()),
        false => "KBP is not loaded".to_owned(),
    };
    let report = Report {
        schema: "kbp.unload/1",
        result: if loaded { "unloaded" } else { "not loaded" },
        disabled: list::print(&disabled),
        took_ns: output::ns(took),
    };
    Ok(Answer::new(&report, text, Exit::Ok))
}

/// Gives every core back to softirq first: a core whose hooks go away has nobody to wake its
/// poller. Answers which cores were enabled.
fn disable_all(context: &Context<'_>) -> Result<kbp_core_set> {
    let sys = context.sys;
    let Some(info) = device::info(sys)? else {
        return Ok(kbp_core_set::default());
    };
    if info.active_cores == 0 {
        return Ok(kbp_core_set::default());
    }
    device::check_abi(&info)?;
    let active = device::active(sys, &info)?;
    if !active.is_empty() {
        device::disable(sys, &active).map_err(|error| error.noting("no module was touched"))?;
    }
    Ok(active)
}

/// Waits until nothing but the livepatch holds kbp.ko: seen before the patch goes out, a holder
/// costs nothing.
fn unused(context: &Context<'_>, deadline: &Deadline) -> Result<bool> {
    let sys = context.sys;
    let folder = Path::new("/sys/module").join(modules::KBP);
    let unused = context.poll(deadline, "waiting for kbp.ko to be unused", || {
        let count = sys.read(&folder.join("refcnt")).ok();
        let count = count
            .and_then(|count| count.trim().parse::<usize>().ok())
            .unwrap_or(0);
        let modules = sys.list(&folder.join("holders")).unwrap_or_default().len();
        Ok((count <= modules).then_some(()))
    })?;
    Ok(unused.is_some())
}

fn in_use(sys: &dyn System) -> Error {
    let mut holders = sys
        .list(Path::new("/sys/module/kbp/holders"))
        .unwrap_or_default();
    holders.retain(|name| name != livepatch::MODULE);
    let cause = match holders.is_empty() {
        true => "a process holds /dev/kbp open".to_owned(),
        false => format!("{} uses it", holders.join(", ")),
    };
    let cure = "end that user (fuser -v /dev/kbp), then run kbpctl unload";
    Error::new(Exit::TimedOut, "kbp.ko could not be removed", cause, cure)
}

/// What had to end did not: makes the patch and the cores what they were.
fn roll_back(
    context: &Context<'_>,
    disabled: &kbp_core_set,
    missed: &Deadline,
    error: Error,
) -> Error {
    let again = context.deadline_of_undoing(missed);
    // Never inserts: when the patch went out after all, there is nothing to go back to.
    match livepatch::to_enabled(context, &again, || Ok(())) {
        Ok(true) => {}
        Ok(false) => return error.noting(&left(disabled, "going back did not end in time either")),
        Err(second) => {
            return error.noting(&left(disabled, &format!("going back failed too: {second}")))
        }
    }
    if disabled.is_empty() {
        return error.noting("the livepatch is enabled again");
    }
    match enable_again(context.sys, disabled) {
        None => error.noting(&format!(
            "the livepatch and {} are enabled again",
            list::phrase(disabled)
        )),
        Some((cores, second)) => error.noting(&format!(
            "the livepatch is enabled again, {} not: {second}",
            list::phrase(&cores)
        )),
    }
}

/// What stays as the command has left it.
fn left(disabled: &kbp_core_set, why: &str) -> String {
    match disabled.is_empty() {
        true => format!("{why}; see kbpctl status"),
        false => format!("{why}; {} not enabled any more", phrase_is(disabled)),
    }
}

fn phrase_is(cores: &kbp_core_set) -> String {
    let verb = match cores.iter().nth(1) {
        None => "is",
        Some(_) => "are",
    };
    format!("{} {verb}", list::phrase(cores))
}

fn remove_kbp(context: &Context<'_>, deadline: &Deadline) -> Result<()> {
    let sys = context.sys;
    let done = |error: Error| error.noting("the livepatch is out and no core is enabled");
    let gone = context.poll(deadline, "waiting for kbp.ko to be unused", || {
        Ok(livepatch::delete(sys, modules::KBP)?.then_some(()))
    });
    gone.map_err(done)?.ok_or_else(|| done(in_use(sys)))
}
