// SPDX-License-Identifier: GPL-2.0
//! `kbpctl irq pin`: the receive interrupts of NICs go to these cores; all of them, or none.

use schemars::JsonSchema;
use serde::Serialize;

use crate::canary;
use crate::cli;
use crate::cores::list;
use crate::cores::select;
use crate::error::{Exit, Result};
use crate::host::lock;
use crate::host::wait::Context;
use crate::output::Answer;
use crate::steer::bring::{bring, Wish};
use crate::steer::plan::Move;
use crate::steer::seen::Seen;

#[derive(Serialize, JsonSchema)]
struct Report {
    schema: &'static str,
    cores: String,
    changed: usize,
    interrupts: Vec<Move>,
    notes: Vec<String>,
    /// `None` in a dry run.
    verified: Option<Seen>,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::IrqPin, context: &Context<'_>) -> Result<Answer> {
    let sys = context.sys;
    let cores = select::resolve(sys, &arguments.cores)?;
    let _lock = lock::take(context, &context.deadline(*arguments.wait.timeout))?;
    canary::keep_out(sys, "cannot move interrupts")?;
    let wish = Wish {
        interfaces: &arguments.interfaces,
        cores: &cores,
        force: arguments.force,
        queues: arguments.queues,
    };
    let brought = bring(sys, &wish)?;
    let seen = brought.watch(context)?;
    let (changed, plan) = (brought.count(), brought.plan);
    let mut lines = vec![match changed {
        0 => format!("{}: already pinned", plan.phrase()),
        _ => format!("{}: pinned to {}", plan.phrase(), list::phrase(&cores)),
    }];
    lines.extend(plan.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(seen.as_ref().map(Seen::phrase));
    let report = Report {
        schema: "kbp.irq-pin/1",
        cores: list::print(&cores),
        changed,
        interrupts: plan.moves,
        notes: plan.notes,
        verified: seen,
    };
    Ok(Answer::new(&report, lines.join("\n"), Exit::Ok))
}
