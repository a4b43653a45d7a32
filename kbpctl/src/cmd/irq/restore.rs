// SPDX-License-Identifier: GPL-2.0
//! `kbpctl irq restore`: interrupts may go again to the cores that they might before kbpctl moved
//! them.

use std::path::Path;

use serde::Serialize;

use crate::cli;
use crate::cores::list;
use crate::error::{Error, Exit, Result};
use crate::host::lock;
use crate::host::wait::Context;
use crate::nic::card::Card;
use crate::nic::interface;
use crate::output::{harmless, Answer};
use crate::steer::balancer;
use crate::steer::moves;
use crate::steer::originals::{Original, Originals};
use crate::sys::System;

#[derive(Serialize)]
struct Report {
    schema: &'static str,
    restored: Vec<Restored>,
    /// Vectors that are there no more: a driver that requests them again gives them its own cores.
    gone: Vec<String>,
}

#[derive(Serialize)]
struct Restored {
    interface: String,
    irq: String,
    vector: String,
    affinity: String,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::IrqRestore, context: &Context<'_>) -> Result<Answer> {
    let sys = context.sys;
    let _lock = lock::take(context, &context.deadline(*arguments.wait.timeout))?;
    let mut originals = Originals::read(sys)?;
    let cards = cards(sys, &arguments.interfaces)?;
    let concerns = |original: &&Original| {
        let is_named = cards.iter().any(|card| card.device == original.device);
        arguments.interfaces.is_empty() || is_named
    };
    let mut report = Report {
        schema: "kbp.irq-restore/1",
        restored: Vec::new(),
        gone: Vec::new(),
    };
    let mut failed = Vec::new();
    let asked: Vec<Original> = originals
        .interrupts
        .iter()
        .filter(concerns)
        .cloned()
        .collect();
    for original in asked {
        let Some((interface, irq)) = place(&cards, &original) else {
            report.gone.push(harmless(&original.vector));
            originals.interrupts.retain(|kept| *kept != original);
            continue;
        };
        match moves::go_back(sys, &original, &irq) {
            Ok(()) => {
                originals.interrupts.retain(|kept| *kept != original);
                report.restored.push(Restored {
                    interface,
                    irq,
                    vector: original.vector,
                    affinity: original.affinity,
                });
            }
            Err(error) => failed.push((irq, original, error)),
        }
    }
    let allowed = allow_irqbalance(sys, &report, &mut originals);
    originals.store(sys)?;
    allowed?;
    if let Some((irq, original, error)) = failed.into_iter().next() {
        let what = format!(
            "cannot move IRQ {irq} ({}) back to {}",
            original.vector,
            cores(&original)
        );
        return Err(Error::system(what, &error).noting("the others were moved back"));
    }
    let text = text(&report);
    Ok(Answer::new(&report, text, Exit::Ok))
}

/// irqbalance may have those again; once nothing is left to restore, all that it was told of.
fn allow_irqbalance(sys: &dyn System, report: &Report, originals: &mut Originals) -> Result<()> {
    let is_back = |irq: &u32| {
        let number = irq.to_string();
        originals.interrupts.is_empty() || report.restored.iter().any(|back| back.irq == number)
    };
    let (back, stay): (Vec<u32>, Vec<u32>) = originals
        .told_irqbalance
        .iter()
        .partition(|irq| is_back(irq));
    let what = "irqbalance still leaves interrupts alone that were moved back";
    balancer::allow(sys, &back).map_err(|error| {
        Error::system(what, &error).curing("restart irqbalance: it forgets what it was told")
    })?;
    originals.told_irqbalance = stay;
    Ok(())
}

/// The NICs below these interfaces; without one, all.
fn cards(sys: &dyn System, interfaces: &[String]) -> Result<Vec<Card>> {
    let mut names = Vec::new();
    for interface in interfaces {
        let what = format!("cannot restore the interrupts of {}", harmless(interface));
        names.extend(interface::stack(
            sys,
            interface::find(sys, interface, &what)?,
        ));
    }
    if interfaces.is_empty() {
        names = sys.list(Path::new("/sys/class/net")).unwrap_or_default();
    }
    Ok(names.iter().map(|name| Card::read(sys, name)).collect())
}

/// The interface and the number of a vector, which may be others by now.
fn place(cards: &[Card], original: &Original) -> Option<(String, String)> {
    let mut of_device = cards.iter().filter(|card| card.device == original.device);
    of_device.find_map(|card| {
        let mut interrupts = card.interrupts.iter();
        let found = interrupts.find(|interrupt| interrupt.vector == original.vector)?;
        Some((card.interface.clone(), found.irq.clone()))
    })
}

fn cores(original: &Original) -> String {
    match list::parse(&original.affinity) {
        Ok(cores) => list::phrase(&cores),
        Err(_) => format!("cores {}", harmless(&original.affinity)),
    }
}

fn text(report: &Report) -> String {
    let mut lines: Vec<String> = Vec::new();
    for restored in &report.restored {
        lines.push(format!(
            "{} IRQ {} ({}): cores {} again",
            restored.interface, restored.irq, restored.vector, restored.affinity
        ));
    }
    let gone = report.gone.iter();
    lines.extend(gone.map(|vector| format!("{vector}: gone, its driver freed it")));
    match lines.is_empty() {
        true => "no interrupt was moved by kbpctl".to_owned(),
        false => lines.join("\n"),
    }
}
