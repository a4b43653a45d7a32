// SPDX-License-Identifier: GPL-2.0
//! `kbpctl disable`: cores go back to softirq.

use kbp_uapi::kbp_core_set;
use serde::Serialize;

use crate::cli;
use crate::cores::device;
use crate::cores::list;
use crate::cores::saved;
use crate::cores::select;
use crate::error::{Exit, Result};
use crate::host::lock;
use crate::host::wait::Context;
use crate::output::Answer;

#[derive(Serialize)]
struct Report {
    schema: &'static str,
    cores: String,
    changed: u32,
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
    let Some(info) = device::info(sys)? else {
        return Ok(answer(
            &kbp_core_set::default(),
            0,
            "KBP is not loaded: no core is enabled",
        ));
    };
    device::check_abi(&info)?;
    let cores = match named {
        Some(cores) => cores,
        None => device::active(sys, &info)?,
    };
    let changed = match cores.is_empty() {
        true => 0,
        false => device::disable(sys, &cores)?,
    };
    if arguments.save {
        saved::write(sys, false)?;
    }
    if cores.is_empty() {
        return Ok(answer(&cores, 0, "no core is enabled"));
    }
    let phrase = list::phrase(&cores);
    let text = match changed {
        0 => format!("{phrase}: already disabled"),
        _ => format!("{phrase}: disabled"),
    };
    Ok(answer(&cores, changed, &text))
}

fn answer(cores: &kbp_core_set, changed: u32, text: &str) -> Answer {
    let report = Report {
        schema: "kbp.disable/1",
        cores: list::print(cores),
        changed,
    };
    Answer::new(&report, text.to_owned(), Exit::Ok)
}
