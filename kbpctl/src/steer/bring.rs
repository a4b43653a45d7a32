// SPDX-License-Identifier: GPL-2.0
//! The whole of it, for `irq pin` and `enable --from`: planned, moved, and looked after.

use kbp_uapi::kbp_core_set;

use super::moves::{self, Done};
use super::plan::Plan;
use super::seen::{Before, Seen};
use crate::error::{Error, Result};
use crate::host::wait::Context;
use crate::sys::System;

/// Interrupts that were brought to cores.
pub(crate) struct Brought {
    pub(crate) plan: Plan,
    done: Done,
    before: Before,
}

/// Brings the receive interrupts of these interfaces to the cores, as [`Plan::new`] says; all of them, or none.
pub(crate) fn bring(
    sys: &dyn System,
    interfaces: &[String],
    cores: &kbp_core_set,
    force: bool,
) -> Result<Brought> {
    let mut plan = Plan::new(sys, interfaces, cores, force)?;
    let before = Before::now(sys, &plan);
    let done = moves::carry_out(sys, &mut plan)?;
    Ok(Brought { plan, done, before })
}

impl Brought {
    /// How many were moved: the others were there.
    pub(crate) fn count(&self) -> usize {
        self.done.count()
    }

    /// Brings back what was; the error says whether that worked.
    pub(crate) fn undo(&self, sys: &dyn System, error: Error) -> Error {
        self.done.undo(sys, error)
    }

    /// Whether packets come there: [`Before::watch`].
    pub(crate) fn watch(&self, context: &Context<'_>) -> Result<Option<Seen>> {
        self.before.watch(context, &self.plan)
    }
}
