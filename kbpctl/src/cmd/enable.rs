// SPDX-License-Identifier: GPL-2.0
//! `kbpctl enable`: KBP receives on these cores; all of them, or none.

use kbp_uapi::layout as abi;
use serde::Serialize;

use crate::cli;
use crate::cores;
use crate::device;
use crate::error::{Error, Exit, Result};
use crate::livepatch::{self, State};
use crate::lock;
use crate::output::Answer;
use crate::select;
use crate::sys::Direction;
use crate::wait::Context;

#[derive(Serialize)]
struct Report {
    schema: &'static str,
    cores: String,
    changed: u32,
}

/// Runs the command.
pub(crate) fn run(arguments: &cli::Enable, context: &Context<'_>) -> Result<Answer> {
    let sys = context.sys;
    let timeout = *arguments.wait.timeout;
    let asked = select::resolve(sys, &arguments.cores)?;
    let phrase = cores::phrase(&asked);
    let _lock = lock::take(context, &context.deadline(timeout))?;
    let what = || format!("cannot enable {phrase}");
    let Some(info) = device::info(sys)? else {
        return Err(super::not_loaded(what()));
    };
    device::check_abi(&info)?;
    // While a transition runs, packets are split between softirq and poller.
    let patch = livepatch::settled(context, &context.deadline(timeout))?;
    if patch != State::Enabled {
        return Err(Error::new(
            Exit::NotActive,
            what(),
            format!("the livepatch is {}", patch.word()),
            "run kbpctl load",
        ));
    }
    let flags = if arguments.force {
        abi::CHANGE_FORCE
    } else {
        0
    };
    let changed = device::change(sys, Direction::Enable, &asked, flags)?;
    let text = match changed {
        0 => format!("{phrase}: already enabled"),
        _ => format!("{phrase}: enabled"),
    };
    let report = Report {
        schema: "kbp.enable/1",
        cores: cores::print(&asked),
        changed,
    };
    Ok(Answer::new(&report, text, Exit::Ok))
}
