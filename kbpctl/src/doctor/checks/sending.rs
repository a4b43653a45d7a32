// SPDX-License-Identifier: GPL-2.0
//! By which queue a core sends.

use std::collections::BTreeMap;
use std::path::PathBuf;

use kbp_uapi::kbp_core_set;

use crate::cores::list;
use crate::cores::mask;
use crate::doctor::check::{Ask, Check, Group};
use crate::doctor::finding::{some, Finding};
use crate::doctor::look::Look;
use crate::nic::card::Card;
use crate::nic::transmit;

pub(super) const ALL: [Check; 1] = [Check {
    id: "xps",
    group: Group::Network,
    question: "do the cores send by the queue that they receive from?",
    explanation: "A core that sends by another core's queue has its answers acknowledged there. \
                      Read from xps_cpus of each transmit queue.",
    ask: Ask::Now(xps),
}];

fn xps(look: &Look<'_>) -> Finding {
    let mut known = 0;
    let mut astray: Vec<Astray<'_>> = Vec::new();
    for (card, one) in look.feeding() {
        let (Some(queue), Some(core)) = (one.queue, one.affinity.comes_to.iter().next()) else {
            continue;
        };
        let sends = |queue: &str| look.cores_of_mask(transmit::file_of(&card.interface, queue));
        let own = format!("tx-{queue}");
        let Some(cores) = sends(&own) else {
            continue;
        };
        known += 1;
        if cores.contains(core) {
            continue;
        }
        let mut others = transmit::queues(look.sys, &card.interface).into_iter();
        let by = others.find(|queue| sends(queue).is_some_and(|cores| cores.contains(core)));
        astray.extend(by.map(|by| Astray {
            card,
            core,
            own,
            by,
        }));
    }
    let named: Vec<String> = astray.iter().map(Astray::phrase).collect();
    match (known, named.is_empty()) {
        (0, _) => {
            Finding::ok("there is nothing to choose: no NIC here maps cores to transmit queues")
        }
        (_, true) => Finding::ok("each sends by its own queue, or any"),
        (_, false) => Finding::hint(some(&named), "another core finishes what this one sends")
            .cured_by("enable --from with --xps does it from the beginning")
            .run_all(led_back(look, &astray)),
    }
}

/// A core that sends by a queue that another core receives from.
struct Astray<'a> {
    card: &'a Card,
    core: u32,
    /// The queue that it should send by.
    own: String,
    by: String,
}

impl Astray<'_> {
    fn phrase(&self) -> String {
        let Astray {
            card,
            core,
            own,
            by,
        } = self;
        format!("core {core} sends by {} {by}, not {own}", card.interface)
    }
}

/// `kbpctl irq pin --xps`, where all that a NIC receives comes to these cores already: it would bring
/// the rest here, too. Else what is to be written to the queues.
fn led_back(look: &Look<'_>, astray: &[Astray<'_>]) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut queues: BTreeMap<PathBuf, kbp_core_set> = BTreeMap::new();
    for one in astray {
        let interface = &one.card.interface;
        if let Some(cores) = receives_at(look, one.card) {
            let cores = list::print(&cores);
            commands.push(format!("kbpctl irq pin {interface} --cores {cores} --xps"));
            continue;
        }
        for (queue, sends) in [(&one.own, true), (&one.by, false)] {
            let file = transmit::file_of(interface, queue);
            let now = queues.remove(&file).or_else(|| look.cores_of_mask(&file));
            let others = now.unwrap_or_default();
            let others = others.iter().filter(|core| *core != one.core);
            let cores = list::set(others.chain(sends.then_some(one.core)));
            queues.insert(file, cores);
        }
    }
    commands.dedup();
    let writes = queues.iter();
    commands.extend(
        writes.map(|(file, cores)| format!("echo {} > {}", mask::print(cores), file.display())),
    );
    commands
}

/// The cores that receive from a NIC, where they are all among those that are looked at.
fn receives_at(look: &Look<'_>, card: &Card) -> Option<kbp_core_set> {
    let receiving = card.interrupts.iter().filter(|one| one.receives());
    let cores = list::set(receiving.flat_map(|one| one.affinity.comes_to.iter()));
    let is_whole = cores.iter().all(|core| look.cores.contains(core));
    is_whole.then_some(cores)
}
