// SPDX-License-Identifier: GPL-2.0
//! `kbpctl confirm`: what `enable --canary` did stays.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::saving;
use crate::canary::{self, Look, Note, Save};
use crate::cli;
use crate::cores::config::Settings;
use crate::cores::device;
use crate::cores::list;
use crate::cores::saved;
use crate::error::{Error, Exit, Result};
use crate::host::lock;
use crate::host::wait::Context;
use crate::output::{self, Answer};
use crate::sys::System;

#[derive(Serialize, JsonSchema)]
struct Report {
    schema: &'static str,
    /// The cores of the change that stays.
    cores: String,
    /// How long it still had.
    rest_ns: u64,
    saved: Option<saved::Report>,
}

/// Runs the command.
pub(crate) fn run(arguments: &cli::Confirm, context: &Context<'_>) -> Result<Answer> {
    let sys = context.sys;
    let _lock = lock::take(context, &context.deadline(*arguments.wait.timeout))?;
    let note = match canary::look(sys)? {
        Look::Waits(note) => note,
        Look::Nothing => return Err(Error::new(
            Exit::NotActive,
            "nothing to confirm",
            "no change waits: none was made with --canary, or its time is over and it was undone",
            "see kbpctl status, and the system's log for what was undone (journalctl -t kbpctl)",
        )),
        // Whoever hears of it knows; the next command need not say it again.
        Look::Lost(note) => {
            Note::remove(sys)?;
            return Err(lost(&note));
        }
        Look::Half(note) => {
            Note::remove(sys)?;
            return Err(half(&note));
        }
    };
    let rest = note.rest(sys);
    let saved = note
        .save
        .as_ref()
        .map(|save| keep(sys, &note, save))
        .transpose()
        .map_err(|error| error.noting(&waits_still(rest)))?;
    Note::remove(sys).map_err(|error| error.noting(&waits_still(rest)))?;
    let mut text = format!("{}: confirmed, and stays", canary::phrase(&note.cores));
    text.extend(saved.as_ref().map(saved::Report::phrase));
    let report = Report {
        schema: "kbp.confirm/1",
        cores: note.cores,
        rest_ns: output::ns(rest),
        saved,
    };
    Ok(Answer::new(&report, text, Exit::Ok))
}

/// Saves what is served, as `enable --save` would have.
fn keep(sys: &dyn System, note: &Note, save: &Save) -> Result<saved::Report> {
    // What was disabled meanwhile is served no more.
    let info = device::info(sys)?;
    let on = info.map(|info| device::active(sys, &info)).transpose()?;
    let on = on.unwrap_or_default();
    let of_it = list::parse(&note.cores).unwrap_or_default();
    let cores = list::set(of_it.iter().filter(|core| on.contains(*core)));
    saving::save(sys, |served| {
        served.enable(&cores, &Settings::default(), save.force, &save.nics());
    })
}

fn waits_still(rest: Duration) -> String {
    format!(
        "the change is not confirmed, and is undone in {} s",
        rest.as_secs()
    )
}

fn lost(note: &Note) -> Error {
    let cause = canary::lost(&canary::phrase(&note.cores), note.process.pid);
    let error = Error::new(
        Exit::Failed,
        "there is nobody to confirm it to",
        cause,
        canary::TAKE_BACK,
    );
    match note.save {
        None => error,
        Some(_) => error.noting("nothing was saved"),
    }
}

fn half(note: &Note) -> Error {
    let cause = format!(
        "its time is over; it was undone, but for this: {}",
        note.left.join("; ")
    );
    Error::new(
        Exit::Failed,
        "too late to confirm it",
        cause,
        canary::TAKE_BACK,
    )
}
