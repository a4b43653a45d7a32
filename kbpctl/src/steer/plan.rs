// SPDX-License-Identifier: GPL-2.0
//! Which interrupt goes to which core. Nothing is changed here.

use std::path::Path;

use kbp_uapi::kbp_core_set;

use crate::cores::list;
use crate::error::{Error, Exit, Result, NOTHING_CHANGED};
use crate::nic::affinity::{self, SET};
use crate::nic::card::{Card, Interrupt};
use crate::nic::interface;
use crate::nic::sysfs;
use crate::nic::why::{self, Wish};
use crate::sys::System;

/// Interrupts, and the core that each is to go to.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) moves: Vec<Move>,
    /// What an operator should know.
    pub(crate) notes: Vec<String>,
}

/// One interrupt.
#[derive(Clone, Debug)]
pub(crate) struct Move {
    pub(crate) interface: String,
    pub(crate) device: String,
    pub(crate) vector: String,
    pub(crate) irq: String,
    pub(crate) core: u32,
    /// The list of cores that it might go to before, as the kernel wrote it.
    pub(crate) before: String,
    /// Whether it goes there already, and nowhere else.
    pub(crate) is_there: bool,
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
        let mut plan = Plan {
            moves: Vec::new(),
            notes: Vec::new(),
        };
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
            for interrupt in card.interrupts.iter().filter(|one| one.receives()) {
                plan.add(sys, &card, interrupt, &mut order);
            }
        }
        plan.note_shares(sys, cores);
        match plan.moves.is_empty() {
            false => Ok(plan),
            true => Err(none_moves(&plan.notes)),
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
            is_there: interrupt.affinity.set == Some(list::set(&[core])),
            before: before.trim().to_owned(),
        });
    }

    /// Seed 000 measured what the way to another node's memory costs each packet.
    fn note_distance(&mut self, card: &Card, cores: &kbp_core_set, force: bool) -> Result<()> {
        let (Some(near), Some(node)) = (&card.near, card.node) else {
            return Ok(());
        };
        let mut far = kbp_core_set::default();
        for core in cores.iter().filter(|core| !near.contains(*core)) {
            far.insert(core);
        }
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
        let of = |core: u32| {
            self.moves
                .iter()
                .filter(move |step| step.core == core)
                .count()
        };
        let mut none = kbp_core_set::default();
        let mut several = kbp_core_set::default();
        let mut siblings = kbp_core_set::default();
        for core in cores.iter() {
            match of(core) {
                0 => none.insert(core),
                1 => false,
                _ => several.insert(core),
            };
            let path = format!("/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list");
            let text = sys.read(Path::new(&path)).unwrap_or_default();
            let twins = list::parse(&text).unwrap_or_default();
            if twins
                .iter()
                .any(|twin| twin != core && cores.contains(twin))
            {
                siblings.insert(core);
            }
        }
        let gets_none = format!(
            "no interrupt is left for {}: there are fewer receive queues than cores (ethtool -L)",
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
        let stack = interface::stack(sys, interface::find(sys, interface, &what)?);
        let below = stack.iter().map(|name| Card::read(sys, name));
        let below: Vec<Card> = below
            .filter(|card| card.interrupts.iter().any(Interrupt::receives))
            .collect();
        if below.is_empty() {
            return Err(why::not(sys, interface, &stack, &wish(what)));
        }
        let is_silent = |name: &&String| {
            let has_device = sys.exists(&sysfs::folder(name).join("device"));
            has_device && below.iter().all(|card| card.interface != **name)
        };
        silent.extend(stack.iter().filter(is_silent).cloned());
        let is_new = |card: &Card| cards.iter().all(|seen| seen.interface != card.interface);
        let new: Vec<Card> = below.into_iter().filter(is_new).collect();
        cards.extend(new);
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
