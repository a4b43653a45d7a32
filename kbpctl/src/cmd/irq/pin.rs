// SPDX-License-Identifier: GPL-2.0
//! `kbpctl irq pin`: the receive interrupts of NICs go to these cores; all of them, or none.

use serde::Serialize;

use crate::cli;
use crate::cores::list;
use crate::cores::select;
use crate::error::{Exit, Result};
use crate::host::lock;
use crate::host::wait::Context;
use crate::output::Answer;
use crate::steer::moves;
use crate::steer::plan::Plan;
use crate::steer::seen::{Before, Seen};

#[derive(Serialize)]
struct Report {
    schema: &'static str,
    cores: String,
    changed: usize,
    interrupts: Vec<Pinned>,
    notes: Vec<String>,
    /// `None` in a dry run.
    verified: Option<Seen>,
}

/// An interrupt and its core.
#[derive(Serialize)]
pub(crate) struct Pinned {
    interface: String,
    irq: String,
    vector: String,
    core: u32,
}

impl Pinned {
    /// All of a plan.
    pub(crate) fn all(plan: &Plan) -> Vec<Pinned> {
        let pinned = plan.moves.iter().map(|step| Pinned {
            interface: step.interface.clone(),
            irq: step.irq.clone(),
            vector: step.vector.clone(),
            core: step.core,
        });
        pinned.collect()
    }
}

/// Runs the command.
pub(super) fn run(arguments: &cli::IrqPin, context: &Context<'_>) -> Result<Answer> {
    let sys = context.sys;
    let cores = select::resolve(sys, &arguments.cores)?;
    let _lock = lock::take(context, &context.deadline(*arguments.wait.timeout))?;
    let mut plan = Plan::new(sys, &arguments.interfaces, &cores, arguments.force)?;
    let before = Before::now(sys, &plan);
    let done = moves::carry_out(sys, &mut plan)?;
    let mut lines = vec![match done.count() {
        0 => format!("{}: already pinned", phrase(&plan)),
        _ => format!("{}: pinned to {}", phrase(&plan), list::phrase(&cores)),
    }];
    lines.extend(plan.notes.iter().map(|note| format!("note: {note}")));
    let seen = before.watch(context, &plan)?;
    lines.extend(seen.as_ref().map(Seen::phrase));
    let report = Report {
        schema: "kbp.irq-pin/1",
        cores: list::print(&cores),
        changed: done.count(),
        interrupts: Pinned::all(&plan),
        notes: plan.notes,
        verified: seen,
    };
    Ok(Answer::new(&report, lines.join("\n"), Exit::Ok))
}

/// "2 receive interrupts of eth0".
pub(crate) fn phrase(plan: &Plan) -> String {
    let mut interfaces: Vec<&str> = plan.moves.iter().map(|step| &*step.interface).collect();
    interfaces.dedup();
    let interfaces = interfaces.join(", ");
    match plan.moves.len() {
        1 => format!("1 receive interrupt of {interfaces}"),
        many => format!("{many} receive interrupts of {interfaces}"),
    }
}
