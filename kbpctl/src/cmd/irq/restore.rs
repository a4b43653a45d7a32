// SPDX-License-Identifier: GPL-2.0
//! `kbpctl irq restore`: interrupts may go again to the cores that they might before kbpctl moved
//! them, and NICs have their queues again.

use schemars::JsonSchema;
use serde::Serialize;

use crate::canary;
use crate::cli;
use crate::error::{Error, Exit, Result};
use crate::host::lock;
use crate::host::wait::Context;
use crate::nic::card::{self, Card};
use crate::output::{harmless, Answer};
use crate::steer::back::{self, Back, Queues, Restored, Sends};
use crate::steer::balancer;
use crate::steer::originals::{Nic, Originals};
use crate::sys::System;

#[derive(Serialize, JsonSchema)]
struct Report {
    schema: &'static str,
    channels: Vec<Queues>,
    restored: Vec<Restored>,
    transmit: Vec<Sends>,
    gone: Vec<String>,
    kept: Vec<String>,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::IrqRestore, context: &Context<'_>) -> Result<Answer> {
    let sys = context.sys;
    let _lock = lock::take(context, &context.deadline(*arguments.wait.timeout))?;
    canary::keep_out(sys, "cannot restore interrupts")?;
    let originals = Originals::read(sys)?;
    let (asked, mut stay) = split(sys, originals, &arguments.interfaces)?;
    // Nobody keeps any longer what is brought back, even when this ends in between.
    if !asked.wanted.is_empty() {
        let mut unwanted = asked.clone();
        unwanted.wanted.clear();
        stay.with(unwanted).store(sys)?;
    }
    let mut back = back::bring_back(sys, &asked);
    stay = stay.with(std::mem::take(&mut back.left));
    let allowed = allow_irqbalance(sys, &mut stay);
    stay.store(sys)?;
    allowed?;
    let mut failed = std::mem::take(&mut back.failed).into_iter();
    if let Some(first) = failed.next() {
        let error = failed.fold(first, |first, other| {
            first.noting(&format!("and {}: {}", other.error, other.cause))
        });
        return Err(match back.interrupts.is_empty() {
            true => error,
            false => error.noting(&format!("{} were moved back", back.interrupts.len())),
        });
    }
    let text = text(&back, &arguments.interfaces);
    let report = Report {
        schema: "kbp.irq-restore/1",
        channels: back.channels,
        restored: back.interrupts,
        transmit: back.transmit,
        gone: back.gone,
        kept: back.kept,
    };
    Ok(Answer::new(&report, text, Exit::Ok))
}

/// What is to be brought back, of the NICs below these interfaces, or without one of all; and what
/// stays.
fn split(
    sys: &dyn System,
    originals: Originals,
    interfaces: &[String],
) -> Result<(Originals, Originals)> {
    let mut cards: Vec<Card> = Vec::new();
    for interface in interfaces {
        let what = format!("cannot restore the interrupts of {}", harmless(interface));
        cards.extend(card::stack(sys, interface, &what)?);
    }
    let is_asked =
        |device: &str| interfaces.is_empty() || cards.iter().any(|card| card.device == device);
    let concerns = |nic: &Nic| is_asked(&nic.device);
    let (mut asked, mut stay) = (originals.clone(), originals);
    asked.told_irqbalance.clear();
    asked.interrupts.retain(|one| is_asked(&one.device));
    stay.interrupts.retain(|one| !is_asked(&one.device));
    asked.channels.retain(|one| concerns(&one.nic));
    stay.channels.retain(|one| !concerns(&one.nic));
    asked.transmit.retain(|one| concerns(&one.nic));
    stay.transmit.retain(|one| !concerns(&one.nic));
    asked.wanted.retain(|one| concerns(&one.nic));
    stay.wanted.retain(|one| !concerns(&one.nic));
    Ok((asked, stay))
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

fn text(back: &Back, interfaces: &[String]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for nic in &back.channels {
        lines.push(format!("{}: {} again", nic.interface, nic.channels));
    }
    for restored in &back.interrupts {
        lines.push(format!(
            "{} IRQ {} ({}): cores {} again",
            restored.interface, restored.irq, restored.vector, restored.affinity
        ));
    }
    for queue in &back.transmit {
        lines.push(format!(
            "{} {}: xps_cpus {} again",
            queue.interface, queue.queue, queue.xps_cpus
        ));
    }
    let gone = back.gone.iter();
    lines.extend(gone.map(|vector| format!("{vector}: gone, its driver freed it")));
    let kept = back.kept.iter();
    lines.extend(kept.map(|what| format!("{what}: its NIC is not here now; kept for later")));
    match (lines.is_empty(), interfaces.is_empty()) {
        (true, true) => "no interrupt was moved by kbpctl".to_owned(),
        (true, false) => format!(
            "no interrupt of {} was moved by kbpctl",
            interfaces.join(", ")
        ),
        (false, _) => lines.join("\n"),
    }
}
