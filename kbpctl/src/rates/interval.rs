// SPDX-License-Identifier: GPL-2.0
//! The figures of an interval.

use std::collections::BTreeSet;

use kbp_uapi::kbp_core_set;
use schemars::JsonSchema;
use serde::Serialize;

use super::event::{self, Event};
use super::nic::{Came, Nic};
use super::one_core::Core;
use super::sample::Sample;
use crate::output;

/// What happened between two looks.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Interval {
    pub(crate) interval_ns: u64,
    /// In ascending order.
    pub(crate) cores: Vec<Core>,
    /// Those with receive interrupts.
    pub(crate) nics: Vec<Nic>,
    pub(crate) events: Vec<Event>,
}

impl Interval {
    /// Of `cores`; `None`: of those that KBP had at one of the two looks.
    pub(crate) fn between(before: &Sample, now: &Sample, cores: Option<&kbp_core_set>) -> Interval {
        let length = now.at.saturating_sub(before.at);
        let came = Came::between(before, now, length);
        let shown: BTreeSet<u32> = match cores {
            Some(cores) => cores.iter().collect(),
            None => before.on().chain(now.on()).collect(),
        };
        let is_shown = |event: &Event| match (cores, event.core) {
            (Some(cores), Some(core)) => cores.contains(core),
            _ => true,
        };
        let cores = shown
            .iter()
            .map(|core| Core::between(*core, before, now, length, &came));
        Interval {
            interval_ns: output::ns(length),
            cores: cores.collect(),
            nics: came.nics,
            events: event::between(before, now)
                .into_iter()
                .filter(is_shown)
                .collect(),
        }
    }

    /// What would be an event had anybody looked before.
    pub(crate) fn events_at_first(sample: &Sample) -> Vec<Event> {
        event::at_first(sample)
    }
}
