// SPDX-License-Identifier: GPL-2.0
//! `kbpctl set`: changes how cores are served, while they are served or before.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::saving;
use crate::canary;
use crate::cli;
use crate::cores::config::{self, parse};
use crate::cores::device;
use crate::cores::list;
use crate::cores::saved;
use crate::cores::select;
use crate::error::{Error, Exit, Result};
use crate::host::lock;
use crate::host::wait::Context;
use crate::output::Answer;

#[derive(Serialize, JsonSchema)]
struct Report {
    schema: &'static str,
    cores: String,
    changed: u32,
    #[schemars(schema_with = "config::schema::of_some")]
    config: Map<String, Value>,
    saved: Option<saved::Report>,
}

/// Runs the command.
pub(crate) fn run(arguments: &cli::Set, context: &Context<'_>) -> Result<Answer> {
    let sys = context.sys;
    let settings = parse::read(&arguments.options)?;
    if settings.is_empty() {
        return Err(Error::new(
            Exit::Usage,
            "nothing to set",
            "no option says what to set",
            format!("give one of {}", config::options().join(", ")),
        ));
    }
    let asked = select::resolve(sys, &arguments.cores)?;
    let phrase = list::phrase(&asked);
    let _lock = lock::take(context, &context.deadline(*arguments.wait.timeout))?;
    let what = format!("cannot configure {phrase}");
    canary::keep_out(sys, &what)?;
    device::required(sys, &what)?;
    let (changed, saved) = saving::change(
        sys,
        arguments.save,
        &asked,
        |served| served.set(&asked, &settings),
        || device::configure(sys, &asked, &settings),
    )?;
    let fields = config::phrase(settings.fields, &settings.config);
    let mut text = match changed {
        0 => format!("{phrase}: already set {fields}"),
        _ => format!("{phrase}: set {fields}"),
    };
    text.extend(saved.as_ref().map(saved::Report::phrase));
    let report = Report {
        schema: "kbp.set/1",
        cores: list::print(&asked),
        changed,
        config: config::json(settings.fields, &settings.config),
        saved,
    };
    Ok(Answer::new(&report, text, Exit::Ok))
}
