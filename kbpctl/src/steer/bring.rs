// SPDX-License-Identifier: GPL-2.0
//! The whole of it, for `irq pin` and `enable --from`: planned, changed, and looked after.

use kbp_uapi::kbp_core_set;

use super::done::Done;
use super::moves;
use super::originals::Wanted;
use super::plan::{Plan, Planned};
use super::requeue;
use super::seen::{Before, Seen};
use super::xps;
use crate::cli::Queues;
use crate::error::{Error, Result};
use crate::host::link_files;
use crate::host::wait::Context;
use crate::nic::card;
use crate::sys::System;

/// What is asked for.
pub(crate) struct Wish<'a> {
    pub(crate) interfaces: &'a [String],
    pub(crate) cores: &'a kbp_core_set,
    pub(crate) force: bool,
    pub(crate) queues: Queues,
}

/// Interrupts that were brought to cores.
pub(crate) struct Brought {
    pub(crate) plan: Plan,
    done: Done,
    before: Before,
}

/// Brings the receive interrupts of these interfaces to the cores, as [`Plan::new`] says; all of
/// them, or none. Before that the NICs get as many queues as are asked for: drivers place their
/// interrupts anew then. Afterwards the cores send by these queues, where that is asked for.
pub(crate) fn bring(sys: &dyn System, wish: &Wish<'_>) -> Result<Brought> {
    let plan = || Plan::new(sys, wish.interfaces, wish.cores, wish.force);
    // What cannot be is refused before anything is changed.
    let mut planned = plan()?;
    let mut done = Done::begin(sys)?;
    done.kept.follow(&card::nics(sys));
    let Queues { channels, xps } = wish.queues;
    if let Some(count) = channels {
        let changed = requeue::change(sys, &planned, count, &mut done)?;
        if !changed.is_empty() {
            planned = plan().map_err(|error| done.undo(sys, error))?;
            planned.notes.extend(changed);
        }
    }
    let before = Before::now(sys, &planned);
    let of_nic = |planned: &Planned| Wanted {
        nic: planned.nic.clone(),
        cores: planned.order.clone(),
        channels,
        xps,
    };
    let wanted = planned.nics.iter().map(of_nic).collect();
    moves::carry_out(sys, &mut planned, wanted, &mut done)?;
    if xps {
        let mut steps = Vec::new();
        for nic in &planned.nics {
            let of_nic = xps::steps(sys, nic);
            let interface = &nic.nic.interface;
            planned.notes.extend(of_nic.is_empty().then(|| {
                format!(
                    "{interface} sends by one queue, or this kernel has no XPS: there is no choice"
                )
            }));
            steps.extend(of_nic);
        }
        xps::carry_out(sys, steps, &mut done)?;
    }
    for nic in &planned.nics {
        planned
            .notes
            .extend(link_files::note(sys, &nic.nic.interface));
    }
    Ok(Brought {
        plan: planned,
        done,
        before,
    })
}

impl Brought {
    /// How much was changed: the rest was as it is to be.
    pub(crate) fn count(&self) -> usize {
        self.done.count
    }

    /// Brings back what was; the error says whether that worked.
    pub(crate) fn undo(&self, sys: &dyn System, error: Error) -> Error {
        self.done.undo(sys, error)
    }

    /// What was planned, and what takes it back.
    pub(crate) fn parts(self) -> (Plan, Done) {
        (self.plan, self.done)
    }

    /// Whether packets come there: [`Before::watch`].
    pub(crate) fn watch(&self, context: &Context<'_>) -> Result<Option<Seen>> {
        self.before.watch(context, &self.plan)
    }
}
