// SPDX-License-Identifier: GPL-2.0
//! Moving interrupts: all of them, or none.

use std::io;

use nix::libc;

use super::balancer::{self, Balancer};
use super::done::Done;
use super::originals::{Original, Wanted};
use super::plan::{none_moves, stays, Move, Plan};
use super::write::{explain, write};
use crate::error::{Error, Result};
use crate::nic::affinity::{self, SET};
use crate::sys::System;

/// Carries the plan out. Where each interrupt went is kept before the first is moved, and how the
/// NICs are to be from now on. What the kernel does not let go is no part of the plan any more.
pub(crate) fn carry_out(
    sys: &dyn System,
    plan: &mut Plan,
    wanted: Vec<Wanted>,
    done: &mut Done,
) -> Result<()> {
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
    let stored = done.keep(sys, |kept| {
        kept.tell(&news);
        // Also of those that are there by chance: others may move them before they are pinned again.
        for step in &plan.moves {
            kept.keep(original(step));
        }
        for wanted in wanted {
            kept.want(wanted);
        }
    });
    stored.map_err(|error| done.undo(sys, error))?;
    // Before they are moved, or it moves them again.
    if let Some(balancer) = balancer.filter(|_| !news.is_empty()) {
        // Even where it says no it may have taken some.
        done.told = news;
        plan.notes.push(match balancer.ban(sys, &done.told) {
            Ok(()) => "irqbalance was told to leave them alone, until it ends".to_owned(),
            Err(error) => cannot_tell(&error.to_string()),
        });
    }
    // Until it was told it may have moved what was there when this was planned.
    let is_due = |step: &&Move| !step.is_there || has_left(sys, step);
    let moves: Vec<Move> = plan.moves.iter().filter(is_due).cloned().collect();
    let mut fixed = Vec::new();
    for step in &moves {
        match write(sys, &step.irq, &step.core.to_string()) {
            Ok(()) => {
                done.changed.keep(original(step));
                done.count += 1;
            }
            Err(error) if is_fixed(&error) => fixed.push(step),
            Err(error) => return Err(done.undo(sys, refused(step, &error))),
        }
    }
    if fixed.is_empty() {
        return Ok(());
    }
    // What stayed needs no way back.
    let stored = done.forget(sys, |original| {
        fixed.iter().any(|step| step.irq == original.irq)
    });
    stored.map_err(|error| done.undo(sys, error))?;
    plan.moves
        .retain(|step| fixed.iter().all(|fixed| fixed.irq != step.irq));
    let stay = fixed.iter().map(|step| stays(&step.irq, &step.vector));
    match plan.moves.is_empty() {
        true => Err(done.undo(sys, none_moves(&stay.collect::<Vec<_>>()))),
        false => {
            plan.notes.extend(stay);
            Ok(())
        }
    }
}

fn has_left(sys: &dyn System, step: &Move) -> bool {
    let cores = sys.read(&affinity::file_of(&step.irq, SET));
    cores.is_ok_and(|cores| cores.trim() != step.core.to_string())
}

fn original(step: &Move) -> Original {
    Original {
        device: step.device.clone(),
        vector: step.vector.clone(),
        irq: step.irq.clone(),
        affinity: step.before.clone(),
    }
}

fn cannot_tell(why: &str) -> String {
    format!(
        "irqbalance runs and may move them again within ten seconds; it could not be told: {why}"
    )
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
