// SPDX-License-Identifier: GPL-2.0
//! Looks at the machine again and again.

use std::time::Duration;

use kbp_uapi as abi;
use kbp_uapi::{kbp_core_set, kbp_info};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli;
use crate::cores::device;
use crate::cores::select;
use crate::error::Result;
use crate::output;
use crate::rates::event::Event;
use crate::rates::interval::Interval;
use crate::rates::sample::Sample;
use crate::sys::System;

/// The document, `kbp.top/1`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(super) struct Report {
    schema: &'static str,
    /// Since the command began.
    elapsed_ns: u64,
    pub(super) active_cores: u32,
    pub(super) hooks_live: bool,
    pub(super) suspended: bool,
    #[serde(flatten)]
    pub(super) interval: Interval,
}

/// Where it looks, and what it saw last.
pub(super) struct Watch<'a> {
    pub(super) sys: &'a dyn System,
    cores: Option<kbp_core_set>,
    began: Duration,
    last: Sample,
}

impl<'a> Watch<'a> {
    /// The first look. Without the module there is nothing to see.
    pub(super) fn begin(arguments: &cli::Top, sys: &'a dyn System) -> Result<Watch<'a>> {
        let info = loaded(sys)?;
        let cores = arguments.cores.as_deref();
        Ok(Watch {
            cores: cores.map(|list| select::resolve(sys, list)).transpose()?,
            began: sys.now(),
            last: Sample::take(sys, &info)?,
            sys,
        })
    }

    /// What happened since the last look.
    pub(super) fn look(&mut self) -> Result<Report> {
        let now = Sample::take(self.sys, &loaded(self.sys)?)?;
        let before = std::mem::replace(&mut self.last, now);
        let elapsed = self.sys.now().saturating_sub(self.began);
        let flag = |flag: u32| self.last.info.flags & flag != 0;
        Ok(Report {
            schema: "kbp.top/1",
            elapsed_ns: output::ns(elapsed),
            active_cores: self.last.info.active_cores,
            hooks_live: flag(abi::KBP_INFO_HOOKS_LIVE),
            suspended: flag(abi::KBP_INFO_SUSPENDED),
            interval: Interval::between(&before, &self.last, self.cores.as_ref()),
        })
    }

    /// What was so when it began.
    pub(super) fn at_first(&self) -> Vec<Event> {
        Interval::events_at_first(&self.last)
    }
}

fn loaded(sys: &dyn System) -> Result<kbp_info> {
    device::required(sys, "there is nothing to watch")
}
