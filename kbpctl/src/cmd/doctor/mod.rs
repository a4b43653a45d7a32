// SPDX-License-Identifier: GPL-2.0
//! `kbpctl doctor`: what keeps packets from being received at once on this machine, and what cures
//! that.

mod noise;
mod text;

use std::time::Duration;

use kbp_uapi::{kbp_core_set, kbp_core_status};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli;
use crate::cores::list;
use crate::cores::select;
use crate::doctor::check::Check;
use crate::doctor::checks;
use crate::doctor::finding::{Finding, Verdict};
use crate::doctor::look::{self, Look, Origin};
use crate::error::{Error, Exit, Result};
use crate::host::wait::Context;
use crate::nic::card::{self, Card};
use crate::output::{self, harmless, Answer};
use crate::sys::System;

/// How long the machine is watched where something is counted.
const WATCHED: Duration = Duration::from_secs(1);

/// `kbp.doctor/1`.
#[derive(Serialize, JsonSchema)]
struct Report {
    schema: &'static str,
    cores: String,
    #[serde(skip)]
    set: kbp_core_set,
    chosen: Origin,
    /// 0: nothing was asked that is counted.
    watched_ns: u64,
    bad: usize,
    warnings: usize,
    hints: usize,
    unknown: usize,
    ok: usize,
    checks: Vec<Row>,
}

/// One check and what it found.
#[derive(Serialize, JsonSchema)]
struct Row {
    #[serde(flatten)]
    check: &'static Check,
    #[serde(flatten)]
    finding: Finding,
}

/// `kbp.doctor.explanation/1`.
#[derive(Serialize, JsonSchema)]
struct Explanation {
    schema: &'static str,
    #[serde(flatten)]
    check: &'static Check,
    explanation: &'static str,
}

/// Runs the command.
pub(crate) fn run(arguments: &cli::Doctor, context: &Context<'_>) -> Result<Answer> {
    if let Some(id) = &arguments.explain {
        return Ok(explain(check(id)?));
    }
    if let Some(time) = arguments.noise {
        let status = look::status(context.sys);
        let (cores, _) = cores(
            arguments,
            context.sys,
            status.as_deref(),
            &card::all(context.sys),
        )?;
        return noise::run(context.sys, arguments, &cores, status.as_deref(), *time);
    }
    let asked: Vec<&'static Check> = match arguments.only.is_empty() {
        true => checks::all().collect(),
        false => arguments
            .only
            .iter()
            .map(|id| check(id))
            .collect::<Result<_>>()?,
    };
    let report = report(arguments, context, &asked)?;
    let text = match arguments.fix_plan {
        true => text::plan(&report),
        false => text::of(&report, !arguments.only.is_empty()),
    };
    let exit = match report.bad {
        0 => Exit::Ok,
        _ => Exit::CheckFailed,
    };
    Ok(Answer::new(&report, text, exit))
}

/// The check of this name.
fn check(id: &str) -> Result<&'static Check> {
    checks::all().find(|check| check.id == id).ok_or_else(|| {
        let ids: Vec<&str> = checks::all().map(|check| check.id).collect();
        Error::new(
            Exit::Usage,
            format!("no check {}", harmless(id)),
            format!("the checks are {}", ids.join(", ")),
            "see kbpctl doctor --explain ID for one of them",
        )
    })
}

fn explain(check: &'static Check) -> Answer {
    let explanation = Explanation {
        schema: "kbp.doctor.explanation/1",
        check,
        explanation: check.explanation,
    };
    Answer::new(&explanation, text::explanation(check), Exit::Ok)
}

/// The cores that are meant, and whence that is known.
fn cores(
    arguments: &cli::Doctor,
    sys: &dyn System,
    status: Option<&[kbp_core_status]>,
    cards: &[Card],
) -> Result<(kbp_core_set, Origin)> {
    let (cores, chosen) = match &arguments.cores {
        Some(list) => (select::resolve(sys, list)?, Origin::Named),
        None => look::cores(sys, status, cards),
    };
    match cores.is_empty() {
        false => Ok((cores, chosen)),
        true => Err(Error::new(
            Exit::Failed,
            "no core to look at",
            "none is enabled or saved, and no NIC here has receive interrupts",
            "name the cores: kbpctl doctor --cores 2,3",
        )),
    }
}

fn report(
    arguments: &cli::Doctor,
    context: &Context<'_>,
    asked: &[&'static Check],
) -> Result<Report> {
    let sys = context.sys;
    let status = look::status(sys);
    let cards = card::all(sys);
    let (cores, chosen) = cores(arguments, sys, status.as_deref(), &cards)?;
    // Nobody waits for what is not asked.
    let counts = asked.iter().any(|check| check.counts());
    let look = Look::take(sys, cores, status, cards, counts.then_some(WATCHED));
    let row = |check: &&'static Check| Row {
        check,
        finding: check.find(&look),
    };
    let checks: Vec<Row> = asked.iter().map(row).collect();
    let count = |verdict: Verdict| {
        let such = checks.iter().filter(|row| row.finding.verdict == verdict);
        such.count()
    };
    Ok(Report {
        schema: "kbp.doctor/1",
        cores: list::print(&cores),
        set: cores,
        chosen,
        watched_ns: output::ns(look.watched()),
        bad: count(Verdict::Bad),
        warnings: count(Verdict::Warning),
        hints: count(Verdict::Hint),
        unknown: count(Verdict::Unknown),
        ok: count(Verdict::Ok),
        checks,
    })
}
