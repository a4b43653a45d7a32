// SPDX-License-Identifier: GPL-2.0
//! The receive interrupts of NICs that came in an interval.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::grown::{grown_32, per_second};
use super::sample::Sample;
use crate::nic::card::{Card, Interrupt};

/// A NIC.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Nic {
    pub(crate) device: String,
    pub(crate) interrupts_per_s: Option<f64>,
}

/// How many came.
pub(super) struct Came {
    /// To each core that was online at both looks, where there is a NIC.
    pub(super) by_core: BTreeMap<u32, u64>,
    pub(super) nics: Vec<Nic>,
}

/// Those of a NIC that announce packets.
pub(super) fn receiving(card: &Card) -> impl Iterator<Item = &Interrupt> {
    card.interrupts.iter().filter(|one| one.receives())
}

impl Came {
    pub(super) fn between(before: &Sample, now: &Sample, length: Duration) -> Came {
        let mut by_core: BTreeMap<u32, u64> = BTreeMap::new();
        let mut nics = Vec::new();
        // Ports of one function show the same interrupts.
        let mut seen = BTreeSet::new();
        for card in &now.nics {
            let mut of_nic = None;
            for interrupt in receiving(card) {
                let came = came(&interrupt.irq, before, now);
                *of_nic.get_or_insert(0) += came.values().sum::<u64>();
                if !seen.insert(&interrupt.irq) {
                    continue;
                }
                for (core, count) in came {
                    *by_core.entry(core).or_default() += count;
                }
            }
            nics.extend(of_nic.map(|count| Nic {
                device: card.interface.clone(),
                interrupts_per_s: per_second(count, length),
            }));
        }
        Came { by_core, nics }
    }
}

/// How often one came to each core. The kernel keeps 32 bits, and begins anew when a driver requests it
/// again.
fn came(irq: &str, before: &Sample, now: &Sample) -> BTreeMap<u32, u64> {
    let was: BTreeMap<u32, u64> = before.counts.of(irq).collect();
    let grown = |(core, count): (u32, u64)| {
        let grown = grown_32(*was.get(&core)? as u32, count as u32)?;
        Some((core, grown))
    };
    now.counts.of(irq).filter_map(grown).collect()
}
