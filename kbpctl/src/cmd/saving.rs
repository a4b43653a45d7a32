// SPDX-License-Identifier: GPL-2.0
//! A change of cores, and where it was asked for the saving of it: both, or neither.

use kbp_uapi::kbp_core_set;

use crate::cores::before::Before;
use crate::cores::saved::{Plan, Report, Served};
use crate::error::Result;
use crate::sys::System;

/// Refuses what could not be saved once `effect` has come.
pub(super) fn check(sys: &dyn System, effect: impl FnOnce(&mut Served)) -> Result<()> {
    plan(sys, effect).map(drop)
}

/// Saves what is served, with this effect.
pub(super) fn save(sys: &dyn System, effect: impl FnOnce(&mut Served)) -> Result<Report> {
    plan(sys, effect)?.carry_out(sys)
}

fn plan(sys: &dyn System, effect: impl FnOnce(&mut Served)) -> Result<Plan> {
    let mut served = Served::now(sys)?;
    effect(&mut served);
    Plan::new(sys, served)
}

/// Runs `change`, which changes `cores`; with `save`, what is served once `effect` has come is saved,
/// and the change is undone where that fails. Answers what `change` does.
pub(super) fn change(
    sys: &dyn System,
    save: bool,
    cores: &kbp_core_set,
    effect: impl FnOnce(&mut Served),
    change: impl FnOnce() -> Result<u32>,
) -> Result<(u32, Option<Report>)> {
    if !save {
        return Ok((change()?, None));
    }
    let plan = plan(sys, effect)?;
    let before = Before::of(sys, cores)?;
    let changed = change().map_err(|error| error.noting("nothing was saved"))?;
    match plan.carry_out(sys) {
        Ok(report) => Ok((changed, Some(report))),
        Err(error) => Err(before.restore(sys, error)),
    }
}
