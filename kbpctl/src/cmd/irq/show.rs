// SPDX-License-Identifier: GPL-2.0
//! `kbpctl irq show`: each NIC, its interrupts, and who serves the cores they go to. It reads only.

use kbp_uapi::kbp_core_set;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli;
use crate::cores::device;
use crate::cores::list;
use crate::error::{Error, Exit, Result};
use crate::nic::card::{self, Card, Interrupt};
use crate::nic::interrupts::Counts;
use crate::nic::vectors::Role;
use crate::output::{harmless, Answer};
use crate::sys::System;

#[derive(Serialize, JsonSchema)]
struct Report {
    schema: &'static str,
    nics: Vec<Nic>,
}

#[derive(Serialize, JsonSchema)]
struct Nic {
    interface: String,
    driver: Option<String>,
    device: String,
    numa_node: Option<u32>,
    numa_cores: Option<String>,
    receive_queues: usize,
    interrupts: Vec<Row>,
}

#[derive(Serialize, JsonSchema)]
struct Row {
    irq: String,
    vector: String,
    role: Role,
    queue: Option<u32>,
    #[serde(skip)]
    queue_name: String,
    /// The cores that it may go to, and those where it takes effect.
    affinity: Option<String>,
    effective_affinity: Option<String>,
    /// The cores that it will come to.
    cores: String,
    pending: bool,
    fixed_by_kernel: bool,
    count: u64,
    /// `None`: it cannot be told.
    served_by: Option<String>,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::IrqShow, sys: &dyn System) -> Result<Answer> {
    let counts = Counts::now(sys);
    let served = served(sys);
    let nic = |card: Card| {
        let shown = |interrupt: &&Interrupt| arguments.all || interrupt.receives();
        let rows = card.interrupts.iter().filter(shown);
        Nic {
            interrupts: rows
                .map(|interrupt| row(interrupt, &counts, served.as_ref()))
                .collect(),
            interface: card.interface,
            driver: card.driver,
            device: card.device,
            numa_node: card.node,
            numa_cores: card.near.as_ref().map(list::print),
            receive_queues: card.queues,
        }
    };
    let cards = cards(sys, &arguments.interfaces)?.into_iter();
    let nics: Vec<Nic> = cards.map(nic).collect();
    if nics.is_empty() {
        return Err(Error::new(
            Exit::Failed,
            "cannot show interrupts of NICs",
            "no interface here has message-signalled interrupts",
            "see /proc/interrupts",
        ));
    }
    let text: Vec<String> = nics.iter().map(text).collect();
    let report = Report {
        schema: "kbp.irq/1",
        nics,
    };
    Ok(Answer::new(&report, text.join("\n\n"), Exit::Ok))
}

/// The NICs below these interfaces; without one, every NIC.
fn cards(sys: &dyn System, interfaces: &[String]) -> Result<Vec<Card>> {
    if interfaces.is_empty() {
        return Ok(card::all(sys));
    }
    let mut cards: Vec<Card> = Vec::new();
    for interface in interfaces {
        let what = format!("cannot show the interrupts of {}", harmless(interface));
        let mut below = card::stack(sys, interface, &what)?;
        below.retain(|card| !card.interrupts.is_empty());
        if below.is_empty() {
            return Err(Error::new(
                Exit::Failed,
                what,
                "neither it nor what it stands on has message-signalled interrupts in use",
                "bring it up, or see /proc/interrupts",
            ));
        }
        card::add(&mut cards, below);
    }
    Ok(cards)
}

/// The cores that a poller serves; `None` where kbp.ko cannot be asked.
fn served(sys: &dyn System) -> Option<kbp_core_set> {
    match device::info(sys).ok()? {
        Some(info) => device::served(sys, &info).ok(),
        None => Some(kbp_core_set::default()),
    }
}

fn row(interrupt: &Interrupt, counts: &Counts, served: Option<&kbp_core_set>) -> Row {
    let affinity = &interrupt.affinity;
    let by = |served: &kbp_core_set| {
        let name = |core: u32| match served.contains(core) {
            true => format!("kbp/{core}"),
            false => "softirq".to_owned(),
        };
        let mut names: Vec<String> = affinity.comes_to.iter().map(name).collect();
        names.dedup();
        names.join(" ")
    };
    Row {
        irq: interrupt.irq.clone(),
        vector: interrupt.vector.clone(),
        role: interrupt.role,
        queue: interrupt.queue,
        queue_name: interrupt.queue_name(),
        affinity: affinity.set.as_ref().map(list::print),
        effective_affinity: affinity.effective.as_ref().map(list::print),
        cores: list::print(&affinity.comes_to),
        pending: affinity.is_pending(),
        fixed_by_kernel: affinity.fixed,
        count: counts.total(&interrupt.irq),
        served_by: served.map(by).filter(|_| interrupt.receives()),
    }
}

fn text(nic: &Nic) -> String {
    let mut head = vec![nic.interface.clone()];
    head.extend(nic.driver.clone());
    head.extend((nic.device != nic.interface).then(|| nic.device.clone()));
    head.push(match (nic.numa_node, &nic.numa_cores) {
        (Some(node), Some(cores)) => format!("NUMA node {node} (cores {cores})"),
        _ => "NUMA node unknown".to_owned(),
    });
    head.push(match nic.receive_queues {
        1 => "1 receive queue".to_owned(),
        queues => format!("{queues} receive queues"),
    });
    let longest = nic.interrupts.iter().map(|row| row.vector.chars().count());
    let width = longest.max().unwrap_or_default().max("vector".len());
    let line = |[irq, vector, queue, set, now, count, by]: [&str; 7]| {
        let line =
            format!("{irq:>5} {vector:<width$} {queue:<5} {set:<9} {now:<5} {count:>11}  {by}");
        line.trim_end().to_owned()
    };
    let mut lines = vec![head.join("  ")];
    lines.push(line([
        "irq",
        "vector",
        "queue",
        "may go to",
        "goes",
        "interrupts",
        "served by",
    ]));
    for row in &nic.interrupts {
        lines.push(line([
            &row.irq,
            &harmless(&row.vector),
            &row.queue_name,
            row.affinity.as_deref().unwrap_or("?"),
            row.effective_affinity.as_deref().unwrap_or("?"),
            &row.count.to_string(),
            match &row.served_by {
                Some(by) => by,
                None if row.role.receives() => "?",
                None => "",
            },
        ]));
        lines.extend(remarks(row).map(|remark| format!("      {remark}")));
    }
    lines.join("\n")
}

/// What the columns do not say.
fn remarks(row: &Row) -> impl Iterator<Item = String> {
    let pending = row
        .pending
        .then(|| format!("moves to core {} with its next interrupt", row.cores));
    let fixed = row
        .fixed_by_kernel
        .then(|| "the kernel places it (managed), nobody can move it".to_owned());
    let unknown = (row.role == Role::Unknown).then(|| {
        "no driver known here names a vector so; it counts as one that receives".to_owned()
    });
    [pending, fixed, unknown].into_iter().flatten()
}
