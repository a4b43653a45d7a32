// SPDX-License-Identifier: GPL-2.0
//! Moving interrupts: all of them, or none.

use std::io;

use nix::libc;

use super::balancer::{self, Balancer};
use super::originals::{Original, Originals};
use super::plan::{none_moves, stays, Move, Plan};
use crate::error::{Error, Exit, Result};
use crate::nic::affinity::{self, SET};
use crate::sys::System;

/// What was done, to be undone when something after it fails.
#[derive(Debug)]
pub(crate) struct Done {
    /// Interrupts that were written, by number, and the list before.
    written: Vec<(String, String)>,
    before: Originals,
    /// Those that irqbalance was told to leave alone.
    told: Vec<u32>,
}

impl Done {
    /// How many were moved.
    pub(crate) fn count(&self) -> usize {
        self.written.len()
    }

    /// Brings back what was; the error says whether that worked.
    pub(crate) fn undo(&self, sys: &dyn System, error: Error) -> Error {
        if sys.recorded().is_some() {
            return error;
        }
        let mut left = Vec::new();
        if let Err(second) = balancer::allow(sys, &self.told) {
            left.push(format!("irqbalance still leaves them alone: {second}"));
        }
        for (irq, before) in self.written.iter().rev() {
            if let Err(second) = write(sys, irq, before) {
                left.push(format!("IRQ {irq} stays moved: {second}"));
            }
        }
        if left.is_empty() {
            if let Err(second) = self.before.store(sys) {
                left.push(second.to_string());
            }
        }
        match left.is_empty() {
            true if self.written.is_empty() => error,
            true => error.noting("the interrupts were moved back"),
            false => error.noting(&format!("moving back failed too: {}", left.join("; "))),
        }
    }
}

/// Carries the plan out. Where each interrupt went is kept before the first is moved. What the kernel does not
/// let go is no part of the plan any more.
pub(crate) fn carry_out(sys: &dyn System, plan: &mut Plan) -> Result<Done> {
    let mut done = Done {
        before: Originals::read(sys)?,
        written: Vec::new(),
        told: Vec::new(),
    };
    let moves: Vec<Move> = plan
        .moves
        .iter()
        .filter(|step| !step.is_there)
        .cloned()
        .collect();
    let mut originals = done.before.clone();
    // Also of those that are there already: one that was restarted has forgotten them.
    let all = plan.moves.iter().filter_map(|step| step.irq.parse().ok());
    let (balancer, news) = match balancer::find(sys) {
        Balancer::Absent => (None, Vec::new()),
        Balancer::Deaf(why) => {
            plan.notes.push(cannot_tell(&why));
            (None, Vec::new())
        }
        Balancer::Listens(listener) => {
            let news = listener.news(all);
            (Some(listener), news)
        }
    };
    originals.tell(&news);
    // Also of those that are there by chance: others may move them before they are pinned again.
    for step in &plan.moves {
        originals.keep(Original {
            device: step.device.clone(),
            vector: step.vector.clone(),
            irq: step.irq.clone(),
            affinity: step.before.clone(),
        });
    }
    if originals != done.before {
        originals.store(sys)?;
    }
    // Before they are moved, or it moves them again.
    if let Some(balancer) = balancer.filter(|_| !news.is_empty()) {
        // Even where it says no it may have taken some.
        done.told = news;
        plan.notes.push(match balancer.ban(sys, &done.told) {
            Ok(()) => "irqbalance was told to leave them alone, until it ends".to_owned(),
            Err(error) => cannot_tell(&error.to_string()),
        });
    }
    let mut fixed = Vec::new();
    for step in &moves {
        match write(sys, &step.irq, &step.core.to_string()) {
            Ok(()) => done.written.push((step.irq.clone(), step.before.clone())),
            Err(error) if is_fixed(&error) => fixed.push(step),
            Err(error) => return Err(done.undo(sys, refused(step, &error))),
        }
    }
    if fixed.is_empty() {
        return Ok(done);
    }
    // What stayed needs no way back.
    originals.interrupts.retain(|original| {
        let is_fixed = fixed.iter().any(|step| step.irq == original.irq);
        !is_fixed || done.before.interrupts.contains(original)
    });
    originals.store(sys)?;
    plan.moves
        .retain(|step| fixed.iter().all(|fixed| fixed.irq != step.irq));
    let stay = fixed.iter().map(|step| stays(&step.irq, &step.vector));
    match plan.moves.is_empty() {
        true => Err(done.undo(sys, none_moves(&stay.collect::<Vec<_>>()))),
        false => {
            plan.notes.extend(stay);
            Ok(done)
        }
    }
}

fn cannot_tell(why: &str) -> String {
    format!(
        "irqbalance runs and may move them again within ten seconds; it could not be told: {why}"
    )
}

/// Lets an interrupt go where it might before. One that may is not written.
pub(crate) fn go_back(sys: &dyn System, original: &Original, irq: &str) -> io::Result<()> {
    let now = sys.read(&affinity::file_of(irq, SET))?;
    match now.trim() == original.affinity {
        true => Ok(()),
        false => write(sys, irq, &original.affinity),
    }
}

fn write(sys: &dyn System, irq: &str, cores: &str) -> io::Result<()> {
    sys.write(&affinity::file_of(irq, SET), cores)
}

/// A managed interrupt: the kernel's own placing. Newer kernels say so by the file's permissions.
fn is_fixed(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EPERM | libc::EIO))
}

fn refused(step: &Move, error: &io::Error) -> Error {
    let cores = format!("core {}", step.core);
    let what = format!("cannot move IRQ {} ({}) to {cores}", step.irq, step.vector);
    explain(what, &cores, error)
}

/// Why an interrupt cannot go to these cores.
pub(crate) fn explain(what: String, cores: &str, error: &io::Error) -> Error {
    let (cause, cure) = match error.raw_os_error() {
        Some(libc::EINVAL) => (
            format!("nothing of {cores} is online"),
            "see /sys/devices/system/cpu/online; bring one of them online, or name others"
                .to_owned(),
        ),
        Some(libc::ERANGE | libc::EOVERFLOW) => (
            format!("this machine has no {cores}"),
            "name a core that is online".to_owned(),
        ),
        Some(libc::ENOSPC) => (
            format!("{cores} has no interrupt vector left"),
            "name another core, or use fewer queues (ethtool -L)".to_owned(),
        ),
        Some(libc::ENOENT) => (
            "its driver freed it meanwhile".to_owned(),
            "run the command again".to_owned(),
        ),
        _ => return Error::system(what, error),
    };
    Error::new(Exit::Failed, what, cause, cure)
}
