// SPDX-License-Identifier: GPL-2.0
//! `kbpctl disable`: cores go back to softirq.

use kbp_uapi::kbp_core_set;
use schemars::JsonSchema;
use serde::Serialize;

use super::saving;
use crate::canary;
use crate::cli;
use crate::cores::device;
use crate::cores::list;
use crate::cores::saved;
use crate::cores::select;
use crate::error::{Exit, Result};
use crate::host::lock;
use crate::host::wait::Context;
use crate::output::Answer;

#[derive(Serialize, JsonSchema)]
struct Report {
    schema: &'static str,
    cores: String,
    changed: u32,
    saved: Option<saved::Report>,
}

/// Runs the command.
pub(crate) fn run(arguments: &cli::Disable, context: &Context<'_>) -> Result<Answer> {
    let sys = context.sys;
    let named = arguments
        .cores
        .as_deref()
        .map(|list| select::resolve(sys, list))
        .transpose()?;
    let _lock = lock::take(context, &context.deadline(*arguments.wait.timeout))?;
    // The brake works always; but a file that says what is on probation is written by kbpctl confirm.
    if arguments.save {
        canary::keep_out(sys, "cannot save what is served")?;
    }
    let info = device::info(sys)?;
    let cores = match (&info, named) {
        // Nothing is enabled, whatever is named.
        (None, _) => kbp_core_set::default(),
        (Some(info), named) => {
            device::check_abi(info)?;
            match named {
                Some(cores) => cores,
                None => device::active(sys, info)?,
            }
        }
    };
    let (changed, saved) = saving::change(
        sys,
        arguments.save,
        &cores,
        |served| served.disable(&cores),
        || match cores.is_empty() {
            true => Ok(0),
            false => device::disable(sys, &cores),
        },
    )?;
    let phrase = list::phrase(&cores);
    let mut text = match (info.is_some(), changed) {
        (false, _) => "KBP is not loaded: no core is enabled".to_owned(),
        (true, _) if cores.is_empty() => "no core is enabled".to_owned(),
        (true, 0) => format!("{phrase}: already disabled"),
        (true, _) => format!("{phrase}: disabled"),
    };
    text.extend(saved.as_ref().map(saved::Report::phrase));
    let report = Report {
        schema: "kbp.disable/1",
        cores: list::print(&cores),
        changed,
        saved,
    };
    Ok(Answer::new(&report, text, Exit::Ok))
}
