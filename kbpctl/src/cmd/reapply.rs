// SPDX-License-Identifier: GPL-2.0
//! `kbpctl reapply`: brings the saved state back, from wherever the system is.
//!
//! It is `load` and then `enable` of each saved set, so it does nothing where nothing is missing.

use serde_json::{json, Value};

use super::{enable, load};
use crate::cli;
use crate::cores::device;
use crate::cores::saved::{self, Saved};
use crate::cores::select;
use crate::error::{Error, Exit, Result};
use crate::host::boot;
use crate::host::lock;
use crate::host::wait::Context;
use crate::output::Answer;
use crate::sys::System;

/// Runs the command.
pub(crate) fn run(arguments: &cli::Reapply, context: &Context<'_>) -> Result<Answer> {
    // Held to the end: nobody comes between load and the last set.
    let timeout = *arguments.load.wait.timeout;
    let _lock = lock::take(context, &context.deadline(timeout))?;
    if arguments.boot {
        boot::attempt(
            context.sys,
            || reapply(&arguments.load, context),
            || serves(context.sys),
        )
    } else {
        reapply(&arguments.load, context)
    }
}

/// Whether a core is served, or nobody can tell.
fn serves(sys: &dyn System) -> bool {
    device::info(sys).map_or(true, |info| info.is_some_and(|info| info.active_cores > 0))
}

fn reapply(arguments: &cli::Load, context: &Context<'_>) -> Result<Answer> {
    let sys = context.sys;
    let Saved { sets, passed_over } = saved::read(sys)?;
    let strays = match passed_over.is_empty() {
        true => None,
        false => Some(format!(
            "passed over in {}: {}",
            saved::FOLDER,
            passed_over.join(", ")
        )),
    };
    if sets.is_empty() {
        let error = Error::new(
            Exit::NotActive,
            "nothing to reapply",
            format!("there is no [[serve]] in {}", saved::FILE),
            "run kbpctl enable with --save, or write that file (see the manual)",
        );
        return Err(match strays {
            Some(strays) => error.noting(&strays),
            None => error,
        });
    }
    // All of it is understood before anything is done.
    for set in &sets {
        select::resolve(sys, &set.cores)
            .map_err(|error| error.noting(&format!("it stands in {}", set.place())))?;
    }
    let loaded = load::locked(arguments, context)?;
    let mut done = vec![loaded.text];
    let mut enabled: Vec<Value> = Vec::new();
    for set in sets {
        let place = set.place();
        let answer = enable::locked(
            &cli::Enable {
                cores: set.cores,
                force: set.force,
                save: false,
                wait: arguments.wait,
                options: set.options,
            },
            context,
        )
        .map_err(|error| {
            let done = done.join("; ");
            error.after(&format!(
                "it stands in {place}; what came before is done: {done}"
            ))
        })?;
        done.push(answer.text);
        enabled.push(answer.json);
    }
    done.extend(strays);
    let report = json!({
        "schema": "kbp.reapply/1",
        "load": loaded.json,
        "enabled": enabled,
        "passed_over": passed_over,
    });
    Ok(Answer::new(&report, done.join("\n"), Exit::Ok))
}
