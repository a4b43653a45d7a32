// SPDX-License-Identifier: GPL-2.0
//! `kbpctl enable`: KBP receives on these cores; all of them, or none.

use kbp_uapi as abi;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::saving;
use crate::cli;
use crate::cores::config::{self, parse};
use crate::cores::device;
use crate::cores::list;
use crate::cores::saved;
use crate::cores::select;
use crate::error::{Error, Exit, Result};
use crate::host::livepatch::{self, State};
use crate::host::lock;
use crate::host::others;
use crate::host::wait::Context;
use crate::output::Answer;
use crate::steer::bring::{bring, Wish};
use crate::steer::plan::Move;
use crate::steer::seen::Seen;

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Enable")]
pub(super) struct Report {
    schema: &'static str,
    cores: String,
    changed: u32,
    #[schemars(schema_with = "config::schema::of_some")]
    config: Map<String, Value>,
    /// What `--from` brought here.
    #[serde(skip_serializing_if = "Option::is_none")]
    interrupts: Option<Vec<Move>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verified: Option<Seen>,
    saved: Option<saved::Report>,
}

/// Runs the command.
pub(crate) fn run(arguments: &cli::Enable, context: &Context<'_>) -> Result<Answer> {
    // What is wrong with the command line is said before anybody is waited for.
    parse::read(&arguments.options)?;
    select::resolve(context.sys, &arguments.cores)?;
    if arguments.from.is_empty() && arguments.queues != cli::Queues::default() {
        return Err(Error::new(
            Exit::Usage,
            "wrong command line",
            "--channels and --xps are about NICs, and none is named",
            "add --from INTERFACE",
        ));
    }
    let _lock = lock::take(context, &context.deadline(*arguments.wait.timeout))?;
    locked(arguments, context)
}

/// The same for a caller who holds the lock.
pub(super) fn locked(arguments: &cli::Enable, context: &Context<'_>) -> Result<Answer> {
    let sys = context.sys;
    let timeout = *arguments.wait.timeout;
    let settings = parse::read(&arguments.options)?;
    let asked = select::resolve(sys, &arguments.cores)?;
    let phrase = list::phrase(&asked);
    let what = format!("cannot enable {phrase}");
    device::required(sys, &what)?;
    // While a transition runs, packets are split between softirq and poller.
    let patch = livepatch::settled(context, &context.deadline(timeout))?;
    if patch != State::Enabled {
        let cause = match others::in_our_place(sys, patch, false).join(", ") {
            names if names.is_empty() => format!("the livepatch is {}", patch.word()),
            names => format!("another livepatch, {names}, took the place of KBP's"),
        };
        return Err(Error::new(Exit::NotActive, what, cause, "run kbpctl load"));
    }
    let flags = if arguments.force {
        abi::KBP_CHANGE_FORCE
    } else {
        0
    };
    // The interrupts come first: softirq serves them until the poller is there.
    let brought = match arguments.from.is_empty() {
        true => None,
        false => Some(bring(
            sys,
            &Wish {
                interfaces: &arguments.from,
                cores: &asked,
                force: arguments.force,
                queues: arguments.queues,
            },
        )?),
    };
    let nics = saved::Nics {
        from: arguments.from.clone(),
        queues: arguments.queues,
    };
    let (changed, saved) = saving::change(
        sys,
        arguments.save,
        &asked,
        |served| served.enable(&asked, &settings, arguments.force, &nics),
        || device::enable(sys, &asked, flags, &settings),
    )
    .map_err(|error| match &brought {
        Some(brought) => brought.undo(sys, error),
        None => error,
    })?;
    let mut text = match changed {
        0 => format!("{phrase}: already enabled"),
        _ => format!("{phrase}: enabled"),
    };
    if !settings.is_empty() {
        text = format!(
            "{text}; set {}",
            config::phrase(settings.fields, &settings.config)
        );
    }
    text.extend(saved.as_ref().map(saved::Report::phrase));
    let (mut interrupts, mut notes, mut seen) = (None, Vec::new(), None);
    if let Some(brought) = brought {
        seen = brought.watch(context)?;
        let (moved, plan) = (brought.count(), brought.plan);
        text.push_str(&match moved {
            0 => format!("; {} go there already", plan.phrase()),
            _ => format!("; {} moved there", plan.phrase()),
        });
        (interrupts, notes) = (Some(plan.moves), plan.notes);
    }
    text.extend(notes.iter().map(|note| format!("\nnote: {note}")));
    text.extend(seen.iter().map(|seen| format!("\n{}", seen.phrase())));
    let report = Report {
        schema: "kbp.enable/1",
        cores: list::print(&asked),
        changed,
        config: config::json(settings.fields, &settings.config),
        interrupts,
        notes,
        verified: seen,
        saved,
    };
    Ok(Answer::new(&report, text, Exit::Ok))
}
