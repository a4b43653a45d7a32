// SPDX-License-Identifier: GPL-2.0
//! `kbpctl reapply`: brings the saved state back, from wherever the system is.
//!
//! It is `load` and then `enable` of each saved set, so it does nothing where nothing is missing.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::enable;
use super::load;
use super::serving::Serving;
use crate::canary;
use crate::cli;
use crate::cores::device;
use crate::cores::saved::{self, Saved};
use crate::error::{Error, Exit, Result};
use crate::host::boot;
use crate::host::lock;
use crate::host::wait::Context;
use crate::output::Answer;
use crate::sys::System;

/// How long a boot waits for interfaces.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Serialize, JsonSchema)]
struct Report {
    schema: &'static str,
    #[schemars(with = "load::Report")]
    load: Value,
    #[schemars(with = "Vec<enable::Report>")]
    enabled: Vec<Value>,
    /// Names in kbp.d that are not read.
    passed_over: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(arguments: &cli::Reapply, context: &Context<'_>) -> Result<Answer> {
    // Held to the end: nobody comes between load and the last set.
    let timeout = *arguments.load.wait.timeout;
    let _lock = lock::take(context, &context.deadline(timeout))?;
    canary::keep_out(context.sys, "cannot reapply what is saved")?;
    if !arguments.boot {
        return reapply(&arguments.load, None, context);
    }
    // A dry run would wait for what it does not do.
    let patience = match arguments.load.wait.dry_run {
        true => Duration::ZERO,
        false => arguments.wait.map_or(PATIENCE, Into::into),
    };
    boot::attempt(
        context.sys,
        || reapply(&arguments.load, Some(patience), context),
        || serves(context.sys),
    )
}

/// Whether a core is served, or nobody can tell.
fn serves(sys: &dyn System) -> bool {
    device::info(sys).map_or(true, |info| info.is_some_and(|info| info.active_cores > 0))
}

/// `patience`: how long to wait for interfaces; `None`: they are here, or never will be.
fn reapply(
    arguments: &cli::Load,
    patience: Option<Duration>,
    context: &Context<'_>,
) -> Result<Answer> {
    // All of it is understood before anything is done.
    let Saved {
        sets, passed_over, ..
    } = saved::read(context.sys)?;
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
    let mut serving = Serving::new(sets, arguments.wait, context);
    if patience.is_none() {
        serving.need_one()?;
    }
    let loaded = load::locked(arguments, context)?;
    serving.serve_from(0);
    if let Some(patience) = patience {
        serving.wait_for_more(&context.deadline(patience))?;
    }
    let mut done = vec![loaded.text];
    let mut enabled: Vec<Value> = Vec::new();
    for answer in serving.served() {
        done.push(answer.text.clone());
        enabled.push(answer.json.clone());
    }
    done.extend(strays);
    if let Some(mut error) = serving.failure() {
        // 3 is for a host that has nothing to serve, which is no fault of a boot.
        if error.exit == Exit::NotActive {
            error.exit = Exit::Failed;
        }
        return Err(error.after(&format!("the rest is done: {}", done.join("; "))));
    }
    let report = Report {
        schema: "kbp.reapply/1",
        load: loaded.json,
        enabled,
        passed_over,
    };
    Ok(Answer::new(&report, done.join("\n"), Exit::Ok))
}
