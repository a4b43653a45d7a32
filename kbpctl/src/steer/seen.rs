// SPDX-License-Identifier: GPL-2.0
//! Whether packets really arrive where a plan brings them: what was asked of the kernel is one thing,
//! what comes is another.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::plan::{Move, Plan};
use crate::cores::device;
use crate::error::Result;
use crate::host::network;
use crate::host::wait::Context;
use crate::nic::interrupts::Counts;
use crate::sys::System;

/// How long to look. A NIC without traffic shows nothing for as long.
const PATIENCE: Duration = Duration::from_secs(1);

/// What had come at some moment.
pub(crate) struct Before {
    /// Interfaces by their ifindex.
    names: BTreeMap<i32, String>,
    interrupts: BTreeMap<String, u64>,
    packets: Packets,
}

/// What the poller of a core has received from an interface.
type Packets = BTreeMap<(u32, String), u64>;

/// What came since.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Seen {
    /// Queues that brought something to their cores, of so many.
    queues: usize,
    of: usize,
    interrupts: u64,
    /// As pollers count them: softirq, which serves for one in reserve, does not tell.
    packets: u64,
}

impl Before {
    pub(crate) fn now(sys: &dyn System, plan: &Plan) -> Before {
        let names = network::names(sys);
        Before {
            interrupts: interrupts(sys, plan),
            packets: packets(sys, plan, &names),
            names,
        }
    }

    /// Looks until each queue has brought something, but not for long. `None` in a dry run.
    pub(crate) fn watch(&self, context: &Context<'_>, plan: &Plan) -> Result<Option<Seen>> {
        let sys = context.sys;
        if sys.recorded().is_some() {
            return Ok(None);
        }
        let deadline = context.deadline(PATIENCE);
        let whole = context.poll(&deadline, "waiting for packets", || {
            let seen = self.since(sys, plan);
            Ok((seen.queues == seen.of).then_some(seen))
        })?;
        Ok(Some(whole.unwrap_or_else(|| self.since(sys, plan))))
    }

    fn since(&self, sys: &dyn System, plan: &Plan) -> Seen {
        let packets = packets(sys, plan, &self.names);
        let came = |key: &(u32, String)| {
            let before = self.packets.get(key).copied().unwrap_or_default();
            packets.get(key).map_or(0, |now| now.saturating_sub(before))
        };
        let counts = interrupts(sys, plan);
        let new = plan.moves.iter().map(|step| {
            let before = self.interrupts.get(&step.irq).copied();
            let now = counts.get(&step.irq).copied().unwrap_or_default();
            now.saturating_sub(before.unwrap_or_default())
        });
        let new: Vec<u64> = new.collect();
        let brought = |(step, new): &(&Move, &u64)| {
            **new > 0 || came(&(step.core, step.interface.clone())) > 0
        };
        Seen {
            queues: plan.moves.iter().zip(&new).filter(brought).count(),
            of: plan.moves.len(),
            interrupts: new.iter().sum(),
            packets: packets.keys().map(came).sum(),
        }
    }
}

impl Seen {
    /// In words.
    pub(crate) fn phrase(&self) -> String {
        let Seen {
            queues,
            of,
            interrupts,
            packets,
        } = self;
        let queues = match (queues, of) {
            (0, _) => {
                return "not verified yet: no packet came within a second; see kbpctl irq show"
                    .to_owned()
            }
            (1, 1) => "the queue".to_owned(),
            (queues, of) => format!("{queues} of {of} queues"),
        };
        let polled = match packets {
            0 => String::new(),
            packets => format!(", {packets} packets polled by KBP"),
        };
        format!("verified: {queues} brought packets there ({interrupts} interrupts{polled})")
    }
}

/// How often each of its interrupts has come to its core.
fn interrupts(sys: &dyn System, plan: &Plan) -> BTreeMap<String, u64> {
    let counts = Counts::now(sys);
    let on_its_core = |step: &Move| {
        let mut cores = counts.of(&step.irq);
        cores.find_map(|(core, count)| (core == step.core).then_some(count))
    };
    let count = |step: &Move| (step.irq.clone(), on_its_core(step).unwrap_or_default());
    plan.moves.iter().map(count).collect()
}

fn packets(sys: &dyn System, plan: &Plan, names: &BTreeMap<i32, String>) -> Packets {
    let mut packets = Packets::new();
    let cores: BTreeSet<u32> = plan.moves.iter().map(|step| step.core).collect();
    for core in cores {
        // Without KBP there is no poller.
        for napi in device::napis(sys, core).unwrap_or_default() {
            let Some(name) = names.get(&napi.ifindex) else {
                continue;
            };
            if plan.moves.iter().any(|step| step.interface == *name) {
                *packets.entry((core, name.clone())).or_default() += napi.packets;
            }
        }
    }
    packets
}
