// SPDX-License-Identifier: GPL-2.0
//! `kbpctl load`: modules in, transition waited for, hooks seen live; or everything undone.

use kbp_uapi as abi;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli;
use crate::cores::device;
use crate::error::{Error, Exit, Result};
use crate::host::blockers;
use crate::host::ftrace;
use crate::host::livepatch::{self, State};
use crate::host::lock;
use crate::host::modules;
use crate::host::others;
use crate::host::verified;
use crate::host::wait::{Context, Deadline};
use crate::output::{self, Answer};
use crate::sys::System;

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Load")]
pub(super) struct Report {
    schema: &'static str,
    result: &'static str,
    inserted: Vec<&'static str>,
    abi_version: u32,
    /// How the kernel was found fit; `None`: nothing had to be put in, so nobody asked.
    verified: Option<&'static str>,
    took_ns: u64,
}

struct Load<'a> {
    context: &'a Context<'a>,
    arguments: &'a cli::Load,
    deadline: Deadline,
    inserted: Vec<&'static str>,
}

/// Runs the command.
pub(crate) fn run(arguments: &cli::Load, context: &Context<'_>) -> Result<Answer> {
    let _lock = lock::take(context, &context.deadline(*arguments.wait.timeout))?;
    locked(arguments, context)
}

/// The same for a caller who holds the lock.
pub(super) fn locked(arguments: &cli::Load, context: &Context<'_>) -> Result<Answer> {
    let start = context.sys.now();
    let timeout = *arguments.wait.timeout;
    let before = livepatch::state(context.sys)?;
    let verified = match needs_modules(context.sys, before) {
        true => {
            ftrace::require(context.sys)?;
            Some(verified::require(context.sys, arguments.unverified)?)
        }
        false => None,
    };
    let deadline = context.deadline(timeout);
    let mut load = Load {
        context,
        arguments,
        deadline,
        inserted: Vec::new(),
    };
    let info = match load.converge() {
        Ok(info) => info,
        // What was in effect before is not ours to take away.
        Err(error) if before == State::Enabled => return Err(error),
        Err(error) if before == State::Absent && load.inserted.is_empty() => return Err(error),
        Err(error) => return Err(load.roll_back(error)),
    };
    let touched = before != State::Enabled || !load.inserted.is_empty();
    let took = context.sys.now().saturating_sub(start);
    let result = if touched { "loaded" } else { "already loaded" };
    let text = match touched {
        true => format!(
            "KBP is loaded and its hooks are live ({:.1} s)",
            took.as_secs_f64()
        ),
        false => "KBP is already loaded".to_owned(),
    };
    let report = Report {
        schema: "kbp.load/1",
        result,
        inserted: load.inserted,
        abi_version: info.abi_version,
        verified,
        took_ns: output::ns(took),
    };
    Ok(Answer::new(&report, text, Exit::Ok))
}

/// Whether a module has to be put in.
fn needs_modules(sys: &dyn System, patch: State) -> bool {
    !modules::loaded(sys, modules::KBP) || matches!(patch, State::Absent | State::Leftover)
}

impl Load<'_> {
    fn converge(&mut self) -> Result<abi::kbp_info> {
        let sys = self.context.sys;
        if !modules::loaded(sys, modules::KBP) {
            self.insert(modules::KBP)?;
        }
        let info = self.info()?;
        device::check_abi(&info)?;
        let (context, deadline) = (self.context, self.deadline);
        if !livepatch::to_enabled(context, &deadline, || self.insert(livepatch::MODULE))? {
            return Err(self.timed_out());
        }
        let live = context.poll(&deadline, "waiting for the hooks", || {
            let info = self.info()?;
            Ok((info.flags & abi::KBP_INFO_HOOKS_LIVE != 0).then_some(info))
        })?;
        live.ok_or_else(|| {
            let names = others::in_our_place(self.context.sys, State::Enabled, false).join(", ");
            let who = match names.is_empty() {
                true => "another livepatch".to_owned(),
                false => format!("another livepatch ({names})"),
            };
            Error::new(
                Exit::Failed,
                "KBP cannot be used",
                format!(
                    "the livepatch is enabled and kbp.ko does not see its hooks: {who} may have \
                     taken their place"
                ),
                "see /sys/kernel/livepatch for other patches; kbpctl unload, then kbpctl load",
            )
        })
    }

    fn insert(&mut self, name: &'static str) -> Result<()> {
        let folder = modules::find(self.context.sys, self.arguments.dir.as_deref())?;
        if modules::insert(self.context.sys, &folder, name)? {
            self.inserted.push(name);
        }
        Ok(())
    }

    fn info(&self) -> Result<abi::kbp_info> {
        device::info(self.context.sys)?.ok_or_else(|| {
            Error::new(
                Exit::Failed,
                "KBP is not loaded",
                "kbp.ko was removed while kbpctl loaded it",
                "see who removes modules, then run kbpctl load",
            )
        })
    }

    fn timed_out(&self) -> Error {
        let sys = self.context.sys;
        let waited = self.deadline.timeout.as_secs_f64();
        if livepatch::state(sys).is_ok_and(|state| state == State::Leftover) {
            return Error::new(
                Exit::TimedOut,
                format!("an old kbp_livepatch.ko could not be removed within {waited} s"),
                "its livepatch was replaced or switched off, and something still uses the module",
                "see /sys/module/kbp_livepatch/refcnt; a livepatch that was ever forced stays \
                 until the next boot",
            );
        }
        let others = others::in_transition(sys);
        let (cause, cure) = match others.is_empty() {
            true => (
                blockers::phrase(&blockers::find(sys, true)),
                "end or move that task, or give a longer --timeout",
            ),
            false => (
                format!(
                    "the kernel was busy with the transition of {}",
                    others.join(", ")
                ),
                "wait until that livepatch is through, then run kbpctl load",
            ),
        };
        let error = format!("the livepatch transition did not end within {waited} s");
        Error::new(Exit::TimedOut, error, cause, cure)
    }

    /// Takes out what is on its way in; the error says whether that worked.
    fn roll_back(&self, error: Error) -> Error {
        let context = self.context;
        let deadline = context.deadline_of_undoing(&self.deadline);
        let undone = livepatch::to_absent(context, &deadline).and_then(|absent| {
            if !absent || !self.inserted.contains(&modules::KBP) {
                return Ok(absent);
            }
            let gone = context.poll(&deadline, "waiting for kbp.ko to be unused", || {
                Ok(livepatch::delete(context.sys, modules::KBP)?.then_some(()))
            })?;
            Ok(gone.is_some())
        });
        match undone {
            Ok(true) => error.noting("everything was undone"),
            Ok(false) => error.noting("undoing it did not end in time either; run kbpctl unload"),
            Err(second) => error.noting(&format!("undoing it failed too: {second}")),
        }
    }
}
