// SPDX-License-Identifier: GPL-2.0
//! Which interrupt goes to which core. Nothing is changed here.

use std::path::Path;

use kbp_uapi::kbp_core_set;
use schemars::JsonSchema;
use serde::Serialize;

use super::originals::Nic;
use crate::cores::list;
use crate::error::{Error, Exit, Result, NOTHING_CHANGED};
use crate::nic::affinity::{self, SET};
use crate::nic::card::{self, Card, Interrupt};
use crate::nic::sysfs;
use crate::nic::why::{self, Wish};
use crate::sys::System;

/// Interrupts, and the core that each is to go to.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) moves: Vec<Move>,
    /// The NICs whose interrupts these are.
    pub(crate) nics: Vec<Planned>,
    /// What an operator should know.
    pub(crate) notes: Vec<String>,
}

/// One interrupt, as reports show it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Move {
    pub(crate) interface: String,
    pub(crate) irq: String,
    pub(crate) vector: String,
    pub(crate) core: u32,
    #[serde(skip)]
    pub(crate) device: String,
    /// The list of cores that it might go to before, as the kernel wrote it.
    #[serde(skip)]
    pub(crate) before: String,
    /// Whether it goes there already, and nowhere else.
    #[serde(skip)]
    pub(crate) is_there: bool,
}

/// One NIC.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) nic: Nic,
    /// Its receive interrupts go to these in turn.
    pub(crate) order: Vec<u32>,
    /// The core of each receive queue, also of one whose interrupt stays where it is.
    pub(crate) receives_at: Vec<u32>,
}

impl Plan {
    /// Each receive interrupt of these interfaces to one of the cores, in turn: the first queue to
    /// the first core. With `force` also to cores of another NUMA node.
    pub(crate) fn new(
        sys: &dyn System,
        interfaces: &[String],
        cores: &kbp_core_set,
        force: bool,
    ) -> Result<Plan> {
        online(sys, cores)?;
        let mut plan = Plan::default();
        let mut order: Vec<u32> = cores.iter().collect();
        let (cards, silent) = cards(sys, interfaces)?;
        plan.notes.extend(
            silent.iter().map(|name| {
                format!("{name} has no receive interrupt yet, and none of its is moved")
            }),
        );
        for card in cards {
            plan.note_distance(&card, cores, force)?;
            // Those of the NIC's own node first.
            let is_far = |core: &u32| card.near.as_ref().is_some_and(|near| !near.contains(*core));
            order.sort_by_key(is_far);
            plan.take(sys, &card, &mut order);
        }
        plan.note_shares(sys, cores);
        match plan.moves.is_empty() {
            false => Ok(plan),
            true => Err(none_moves(&plan.notes)),
        }
    }

    /// The receive interrupts of one NIC, to these cores in turn.
    pub(crate) fn take(&mut self, sys: &dyn System, card: &Card, order: &mut [u32]) {
        let mut planned = Planned {
            nic: Nic::of(card),
            order: order.to_vec(),
            receives_at: Vec::new(),
        };
        for interrupt in card.interrupts.iter().filter(|one| one.receives()) {
            self.add(sys, card, interrupt, order);
            let mut moves = self.moves.iter();
            let step = moves.find(|step| step.irq == interrupt.irq);
            let stays_at = || interrupt.affinity.comes_to.iter().next();
            planned
                .receives_at
                .extend(step.map(|step| step.core).or_else(stays_at));
        }
        self.nics.push(planned);
    }

    /// "2 receive interrupts of eth0".
    pub(crate) fn phrase(&self) -> String {
        let mut interfaces: Vec<&str> = self.moves.iter().map(|step| &*step.interface).collect();
        interfaces.dedup();
        let interfaces = interfaces.join(", ");
        match self.moves.len() {
            1 => format!("1 receive interrupt of {interfaces}"),
            many => format!("{many} receive interrupts of {interfaces}"),
        }
    }

    fn add(&mut self, sys: &dyn System, card: &Card, interrupt: &Interrupt, order: &mut [u32]) {
        // Ports of one PCI function may have their vectors together.
        if self.moves.iter().any(|step| step.irq == interrupt.irq) {
            return;
        }
        if interrupt.affinity.fixed {
            self.notes.push(stays(&interrupt.irq, &interrupt.vector));
            return;
        }
        let before = sys.read(&affinity::file_of(&interrupt.irq, SET));
        let Ok(before) = before else {
            let (irq, vector) = (&interrupt.irq, &interrupt.vector);
            self.notes
                .push(format!("IRQ {irq} ({vector}) is gone: its driver freed it"));
            return;
        };
        let core = order[0];
        order.rotate_left(1);
        self.moves.push(Move {
            interface: card.interface.clone(),
            device: card.device.clone(),
            vector: interrupt.vector.clone(),
            irq: interrupt.irq.clone(),
            core,
            is_there: interrupt.affinity.set == Some(list::set([core])),
            before: before.trim().to_owned(),
        });
    }

    /// Seed 000 measured what the way to another node's memory costs each packet.
    fn note_distance(&mut self, card: &Card, cores: &kbp_core_set, force: bool) -> Result<()> {
        let (Some(near), Some(node)) = (&card.near, card.node) else {
            return Ok(());
        };
        let far = list::set(cores.iter().filter(|core| !near.contains(*core)));
        if far.is_empty() {
            return Ok(());
        }
        let interface = &card.interface;
        let cause = format!(
            "{} and {interface}, which is at NUMA node {node}, are far from each other: each \
             packet would cross",
            list::phrase(&far)
        );
        if force {
            self.notes.push(cause);
            return Ok(());
        }
        let cure = format!(
            "name cores of that node ({}), or add --force",
            list::print(near)
        );
        Err(Error::new(
            Exit::Failed,
            what(std::slice::from_ref(interface)),
            cause,
            cure,
        ))
    }

    /// Cores without an interrupt, cores with several, cores that share one body.
    fn note_shares(&mut self, sys: &dyn System, cores: &kbp_core_set) {
        let of = |core: &u32| self.moves.iter().filter(|step| step.core == *core).count();
        let has_twin = |core: &u32| {
            let path = format!("/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list");
            let text = sys.read(Path::new(&path)).unwrap_or_default();
            let twins = list::parse(&text).unwrap_or_default();
            let mut others = cores.iter().filter(|other| other != core);
            others.any(|other| twins.contains(other))
        };
        let none = list::set(cores.iter().filter(|core| of(core) == 0));
        let several = list::set(cores.iter().filter(|core| of(core) > 1));
        let siblings = list::set(cores.iter().filter(has_twin));
        let gets_none = format!(
            "no interrupt is left for {}: there are fewer receive queues than cores (--channels)",
            list::phrase(&none)
        );
        let shares = format!(
            "several queues share {}: there are more receive queues than cores",
            list::phrase(&several)
        );
        let twins = format!(
            "{} are threads of the same physical cores, and take each other's time",
            list::phrase(&siblings)
        );
        for (set, note) in [(none, gets_none), (several, shares), (siblings, twins)] {
            if !set.is_empty() && !self.moves.is_empty() {
                self.notes.push(note);
            }
        }
    }
}

/// Of an interrupt that the kernel places.
pub(super) fn stays(irq: &str, vector: &str) -> String {
    format!("the kernel places IRQ {irq} ({vector}) itself: it stays where it is")
}

/// Not one of the interrupts can be moved.
pub(super) fn none_moves(notes: &[String]) -> Error {
    Error::new(
        Exit::Failed,
        format!("cannot move these interrupts{NOTHING_CHANGED}"),
        notes.join("; "),
        "serve the cores that they go to (kbpctl enable --cores irq-of:INTERFACE)",
    )
}

/// What cannot be done.
fn what(interfaces: &[String]) -> String {
    format!(
        "cannot move the interrupts of {}{NOTHING_CHANGED}",
        interfaces.join(", ")
    )
}

/// An interrupt that goes to an offline core goes anywhere.
fn online(sys: &dyn System, cores: &kbp_core_set) -> Result<()> {
    let text = sys.read(Path::new("/sys/devices/system/cpu/online"));
    let text = text.unwrap_or_default();
    let Ok(online) = list::parse(&text) else {
        // The kernel will say.
        return Ok(());
    };
    match cores.iter().find(|core| !online.contains(*core)) {
        None => Ok(()),
        Some(core) => Err(Error::new(
            Exit::Failed,
            format!("cannot move interrupts to core {core}{NOTHING_CHANGED}"),
            format!("it is not online; online are {}", text.trim()),
            format!("echo 1 > /sys/devices/system/cpu/cpu{core}/online, or name another core"),
        )),
    }
}

/// Whether these interfaces, and all NICs below them, are there and have receive interrupts.
pub(crate) fn are_complete(sys: &dyn System, interfaces: &[String]) -> Result<()> {
    let (_, silent) = cards(sys, interfaces)?;
    match silent.first() {
        None => Ok(()),
        Some(name) => Err(Error::new(
            Exit::Failed,
            what(interfaces),
            format!("{name} has no receive interrupt"),
            format!("bring it up (ip link set {name} up)"),
        )),
    }
}

/// The NICs below these interfaces that have interrupts which receive, each once; and those below them that
/// have none.
fn cards(sys: &dyn System, interfaces: &[String]) -> Result<(Vec<Card>, Vec<String>)> {
    let (mut cards, mut silent): (Vec<Card>, Vec<String>) = (Vec::new(), Vec::new());
    for interface in interfaces {
        let what = what(std::slice::from_ref(interface));
        let below = card::stack(sys, interface, &what)?;
        let stack: Vec<String> = below.iter().map(|card| card.interface.clone()).collect();
        let receives = |card: &Card| card.interrupts.iter().any(Interrupt::receives);
        let (below, others): (Vec<Card>, Vec<Card>) = below.into_iter().partition(receives);
        if below.is_empty() {
            return Err(why::not(sys, interface, &stack, &wish(what)));
        }
        let names = others.into_iter().map(|card| card.interface);
        silent.extend(names.filter(|name| sysfs::has_device(sys, name)));
        card::add(&mut cards, below);
    }
    Ok((cards, silent))
}

fn wish(what: String) -> Wish {
    Wish {
        what,
        instead: "serve the cores that its packets come to",
        line: |irq, _| format!("move it by hand: echo 2 > /proc/irq/{irq}/smp_affinity_list"),
    }
}
