// SPDX-License-Identifier: GPL-2.0
//! `kbpctl irq restore`: interrupts may go again to the cores that they might before kbpctl moved
//! them.

use std::io;
use std::path::Path;

use serde::Serialize;

use crate::cli;
use crate::cores::list;
use crate::error::{Error, Exit, Result};
use crate::host::lock;
use crate::host::wait::Context;
use crate::nic::card::{self, Card};
use crate::nic::sysfs;
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
    /// Vectors whose NIC is not here now.
    kept: Vec<String>,
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
        kept: Vec::new(),
    };
    let mut failed = Vec::new();
    let asked: Vec<Original> = originals
        .interrupts
        .iter()
        .filter(concerns)
        .cloned()
        .collect();
    for original in asked {
        match place(sys, &cards, &original) {
            Place::Here { interface, irq } => match moves::go_back(sys, &original, &irq) {
                Ok(()) => {
                    originals.interrupts.retain(|kept| *kept != original);
                    report.restored.push(Restored {
                        interface,
                        irq,
                        vector: original.vector,
                        affinity: original.affinity,
                    });
                }
                Err(error) => failed.push(refused(&irq, &original, &error)),
            },
            Place::Gone => {
                report.gone.push(harmless(&original.vector));
                originals.interrupts.retain(|kept| *kept != original);
            }
            Place::Elsewhere => report.kept.push(harmless(&original.vector)),
        }
    }
    let allowed = allow_irqbalance(sys, &mut originals);
    originals.store(sys)?;
    allowed?;
    let mut failed = failed.into_iter();
    if let Some(first) = failed.next() {
        let error = failed.fold(first, |first, other| {
            first.noting(&format!("and {}: {}", other.error, other.cause))
        });
        return Err(match report.restored.is_empty() {
            true => error,
            false => error.noting(&format!("{} were moved back", report.restored.len())),
        });
    }
    let text = text(&report, &arguments.interfaces);
    Ok(Answer::new(&report, text, Exit::Ok))
}

fn refused(irq: &str, original: &Original, error: &io::Error) -> Error {
    let cores = cores(original);
    let what = format!(
        "cannot move IRQ {irq} ({}) back to {cores}",
        original.vector
    );
    moves::explain(what, &cores, error)
}

/// irqbalance may have those again of which nothing is left to restore.
fn allow_irqbalance(sys: &dyn System, originals: &mut Originals) -> Result<()> {
    let stays = |irq: &u32| {
        let number = irq.to_string();
        originals.interrupts.iter().any(|kept| kept.irq == number)
    };
    let (stay, back): (Vec<u32>, Vec<u32>) =
        originals.told_irqbalance.iter().partition(|irq| stays(irq));
    let what = "irqbalance still leaves interrupts alone that were moved back";
    balancer::allow(sys, &back).map_err(|error| {
        Error::system(what, &error).curing("restart irqbalance: it forgets what it was told")
    })?;
    originals.told_irqbalance = stay;
    Ok(())
}

/// The NICs below these interfaces; without one, all.
fn cards(sys: &dyn System, interfaces: &[String]) -> Result<Vec<Card>> {
    let mut cards = Vec::new();
    for interface in interfaces {
        let what = format!("cannot restore the interrupts of {}", harmless(interface));
        cards.extend(card::stack(sys, interface, &what)?);
    }
    if interfaces.is_empty() {
        // Those of which no interrupt is requested, too.
        let names = sys.list(Path::new("/sys/class/net")).unwrap_or_default();
        cards.extend(names.iter().map(|name| Card::read(sys, name)));
    }
    Ok(cards)
}

/// What became of a vector.
enum Place {
    Here {
        interface: String,
        irq: String,
    },
    /// Its device is here, and has it no more.
    Gone,
    /// Its device is not here: unplugged, or in another network namespace.
    Elsewhere,
}

/// The interface and the number of a vector, which may be others by now. While its interface is down a vector
/// may have no name: its number is the same, and so are the cores that it may go to.
fn place(sys: &dyn System, cards: &[Card], original: &Original) -> Place {
    let of_device = || cards.iter().filter(|card| card.device == original.device);
    let found = of_device().find_map(|card| {
        let mut interrupts = card.interrupts.iter();
        let found = interrupts.find(|interrupt| interrupt.vector == original.vector)?;
        Some((card.interface.clone(), found.irq.clone()))
    });
    if let Some((interface, irq)) = found {
        return Place::Here { interface, irq };
    }
    let mut asleep = of_device().filter(|card| {
        let folder = sysfs::device(sys, &card.interface).join("msi_irqs");
        let actions = format!("/sys/kernel/irq/{}/actions", original.irq);
        let actions = sys.read(Path::new(&actions));
        let is_free = actions.is_ok_and(|names| names.trim().is_empty());
        is_free && sys.exists(&folder.join(&original.irq))
    });
    match (asleep.next(), of_device().next()) {
        (Some(card), _) => Place::Here {
            interface: card.interface.clone(),
            irq: original.irq.clone(),
        },
        (None, Some(_)) => Place::Gone,
        (None, None) => Place::Elsewhere,
    }
}

fn cores(original: &Original) -> String {
    match list::parse(&original.affinity) {
        Ok(cores) => list::phrase(&cores),
        Err(_) => format!("cores {}", harmless(&original.affinity)),
    }
}

fn text(report: &Report, interfaces: &[String]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for restored in &report.restored {
        lines.push(format!(
            "{} IRQ {} ({}): cores {} again",
            restored.interface, restored.irq, restored.vector, restored.affinity
        ));
    }
    let gone = report.gone.iter();
    lines.extend(gone.map(|vector| format!("{vector}: gone, its driver freed it")));
    let kept = report.kept.iter();
    lines.extend(kept.map(|vector| format!("{vector}: its NIC is not here now; kept for later")));
    match (lines.is_empty(), interfaces.is_empty()) {
        (true, true) => "no interrupt was moved by kbpctl".to_owned(),
        (true, false) => format!(
            "no interrupt of {} was moved by kbpctl",
            interfaces.join(", ")
        ),
        (false, _) => lines.join("\n"),
    }
}
