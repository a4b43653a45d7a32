// SPDX-License-Identifier: GPL-2.0
//! What an act has changed, to be undone when something after it fails.

use super::back;
use super::balancer;
use super::originals::{Original, Originals};
use crate::error::{Error, Result};
use crate::sys::System;

/// What was done so far.
#[derive(Debug)]
pub(crate) struct Done {
    /// The file as it was.
    before: Originals,
    /// The file as it is to be.
    pub(crate) kept: Originals,
    /// What was changed, as it was.
    pub(crate) changed: Originals,
    /// How many NICs, interrupts and queues were changed.
    pub(crate) count: usize,
    /// Those that irqbalance was told to leave alone.
    pub(crate) told: Vec<u32>,
}

impl Done {
    /// Nothing yet.
    pub(crate) fn begin(sys: &dyn System) -> Result<Done> {
        let before = Originals::read(sys)?;
        Ok(Done {
            kept: before.clone(),
            before,
            changed: Originals::default(),
            count: 0,
            told: Vec::new(),
        })
    }

    /// Keeps something more, and writes that down: before what it tells of is changed.
    pub(crate) fn keep(
        &mut self,
        sys: &dyn System,
        add: impl FnOnce(&mut Originals),
    ) -> Result<()> {
        let last = self.kept.clone();
        add(&mut self.kept);
        match self.kept == last {
            true => Ok(()),
            false => self.kept.store(sys),
        }
    }

    /// Does not keep these, unless they were kept before.
    pub(crate) fn forget(
        &mut self,
        sys: &dyn System,
        is_one: impl Fn(&Original) -> bool,
    ) -> Result<()> {
        let before = self.before.interrupts.clone();
        self.keep(sys, |kept| {
            let stays = |one: &Original| !is_one(one) || before.contains(one);
            kept.interrupts.retain(stays);
        })
    }

    /// Brings back what was; the error says whether that worked.
    pub(crate) fn undo(&self, sys: &dyn System, error: Error) -> Error {
        if sys.recorded().is_some() {
            return error;
        }
        let left = self.take_back(sys);
        match left.is_empty() {
            true if self.count == 0 => error,
            true => error.noting("the interrupts were moved back"),
            false => error.noting(&format!("moving back failed too: {}", left.join("; "))),
        }
    }

    /// Brings back what was; what could not be.
    pub(crate) fn take_back(&self, sys: &dyn System) -> Vec<String> {
        let mut left = Vec::new();
        if let Err(second) = balancer::allow(sys, &self.told) {
            left.push(format!("irqbalance still leaves them alone: {second}"));
        }
        let back = back::bring_back(sys, &self.changed);
        let failed = back.failed.iter();
        left.extend(failed.map(|second| format!("{}: {}", second.error, second.cause)));
        if left.is_empty() {
            if let Err(second) = self.before.store(sys) {
                left.push(second.to_string());
            }
        }
        left
    }
}
