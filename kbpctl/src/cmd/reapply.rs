// SPDX-License-Identifier: GPL-2.0
//! `kbpctl reapply`: brings the saved state back, from wherever the system is.
//!
//! It is `load` and then `enable` of each saved set, so it does nothing where nothing is missing.

use serde_json::{json, Value};

use super::{enable, load};
use crate::cli;
use crate::cores::config::parse;
use crate::cores::saved;
use crate::cores::select;
use crate::error::{Error, Exit, Result};
use crate::host::boot;
use crate::host::wait::Context;
use crate::output::Answer;

/// Runs the command.
pub(crate) fn run(arguments: &cli::Reapply, context: &Context<'_>) -> Result<Answer> {
    if arguments.boot {
        boot::attempt(context.sys, || reapply(&arguments.load, context))
    } else {
        reapply(&arguments.load, context)
    }
}

fn reapply(arguments: &cli::Load, context: &Context<'_>) -> Result<Answer> {
    let sys = context.sys;
    let sets = saved::read(sys)?;
    if sets.is_empty() {
        return Err(Error::new(
            Exit::NotActive,
            "nothing to reapply",
            format!("there is no [[serve]] in {}", saved::FILE),
            "run kbpctl enable with --save, or write that file (see the manual)",
        ));
    }
    // All of it is understood before anything is done.
    for set in &sets {
        let in_file = |error: Error| error.noting(&format!("it stands in {}", set.file.display()));
        parse::read(&set.options).map_err(in_file)?;
        select::resolve(sys, &set.cores).map_err(in_file)?;
    }
    let loaded = load::run(arguments, context)?;
    let mut text = loaded.text;
    let mut enabled: Vec<Value> = Vec::new();
    for set in sets {
        let answer = enable::run(
            &cli::Enable {
                cores: set.cores,
                force: set.force,
                save: false,
                wait: arguments.wait,
                options: set.options,
            },
            context,
        )?;
        text = format!("{text}\n{}", answer.text);
        enabled.push(answer.json);
    }
    let report = json!({ "schema": "kbp.reapply/1", "load": loaded.json, "enabled": enabled });
    Ok(Answer::new(&report, text, Exit::Ok))
}
