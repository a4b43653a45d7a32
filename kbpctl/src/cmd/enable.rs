// SPDX-License-Identifier: GPL-2.0
//! `kbpctl enable`: KBP receives on these cores; all of them, or none.

use kbp_uapi as abi;
use kbp_uapi::kbp_core_set;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::saving;
use crate::canary::{self, Made, Undo};
use crate::cli;
use crate::cores::before::Before;
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
    /// What `--canary` waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    canary: Option<canary::Report>,
}

/// Runs the command.
pub(crate) fn run(arguments: &cli::Enable, context: &Context<'_>) -> Result<Answer> {
    // What is wrong with the command line is said before anybody is waited for.
    parse::read(&arguments.options)?;
    let asked = select::resolve(context.sys, &arguments.cores)?;
    if arguments.from.is_empty() && arguments.queues != cli::Queues::default() {
        return Err(Error::new(
            Exit::Usage,
            "wrong command line",
            "--channels and --xps are about NICs, and none is named",
            "add --from INTERFACE",
        ));
    }
    let what = what(&asked);
    if let Some(time) = arguments.canary {
        let wish = canary::Wish {
            what: &what,
            cores: &list::print(&asked),
            time: *time,
            save: arguments
                .save
                .then(|| canary::Save::new(arguments.force, &nics(arguments))),
            timeout: *arguments.wait.timeout,
        };
        return canary::run(context, &wish, &|| make(arguments, context));
    }
    let _lock = lock::take(context, &context.deadline(*arguments.wait.timeout))?;
    canary::keep_out(context.sys, &what)?;
    locked(arguments, context)
}

fn what(cores: &kbp_core_set) -> String {
    format!("cannot enable {}", list::phrase(cores))
}

fn nics(arguments: &cli::Enable) -> saved::Nics {
    saved::Nics {
        from: arguments.from.clone(),
        queues: arguments.queues,
    }
}

/// The same for a caller who holds the lock.
pub(super) fn locked(arguments: &cli::Enable, context: &Context<'_>) -> Result<Answer> {
    Ok(make(arguments, context)?.answer)
}

/// The same, with what undoes it.
fn make(arguments: &cli::Enable, context: &Context<'_>) -> Result<Made> {
    let sys = context.sys;
    let timeout = *arguments.wait.timeout;
    let settings = parse::read(&arguments.options)?;
    let asked = select::resolve(sys, &arguments.cores)?;
    let phrase = list::phrase(&asked);
    let what = what(&asked);
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
    let canary = arguments
        .canary
        .map(|time| canary::Report::new(*time, arguments.save));
    let nics = nics(arguments);
    let effect = |served: &mut saved::Served| {
        served.enable(&asked, &settings, arguments.force, &nics);
    };
    // What is on probation is saved when it is confirmed: a host that is cut off may be switched off
    // and on.
    if canary.is_some() && arguments.save {
        saving::check(sys, effect)?;
    }
    let save = arguments.save && canary.is_none();
    let before = Before::of(sys, &asked)?;
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
    let (changed, saved) = saving::change(sys, save, &asked, effect, || {
        device::enable(sys, &asked, flags, &settings)
    })
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
    let mut undo = Undo {
        cores: before,
        interrupts: None,
    };
    if let Some(brought) = brought {
        seen = brought.watch(context)?;
        let moved = brought.count();
        let (plan, done) = brought.parts();
        undo.interrupts = Some(done);
        text.push_str(&match moved {
            0 => format!("; {} go there already", plan.phrase()),
            _ => format!("; {} moved there", plan.phrase()),
        });
        (interrupts, notes) = (Some(plan.moves), plan.notes);
    }
    text.extend(canary.as_ref().map(canary::Report::phrase));
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
        canary,
    };
    let answer = Answer::new(&report, text, Exit::Ok);
    Ok(Made { answer, undo })
}
