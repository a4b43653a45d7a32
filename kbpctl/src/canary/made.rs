// SPDX-License-Identifier: GPL-2.0
//! A change that was made, and what undoes it.

use crate::cores::before::Before;
use crate::error::Error;
use crate::output::Answer;
use crate::steer::done::Done;
use crate::sys::System;

/// A change.
pub(crate) struct Made {
    pub(crate) answer: Answer,
    pub(crate) undo: Undo,
}

/// What undoes it.
pub(crate) struct Undo {
    pub(crate) cores: Before,
    pub(crate) interrupts: Option<Done>,
}

impl Undo {
    /// Takes it back, the last step first; what is left of it. May be tried again.
    pub(super) fn carry_out(&self, sys: &dyn System) -> Vec<String> {
        let mut left = self.cores.take_back(sys);
        if let Some(interrupts) = &self.interrupts {
            left.extend(interrupts.take_back(sys));
        }
        left
    }

    /// Takes it back because of an error, which then says whether that worked.
    pub(super) fn because_of(&self, sys: &dyn System, error: Error) -> Error {
        let left = self.carry_out(sys);
        match left.is_empty() {
            true => error.noting("the change was undone"),
            false => error.noting(&format!("undoing failed too: {}", left.join("; "))),
        }
    }
}
