// SPDX-License-Identifier: GPL-2.0
//! One NIC: what it is, and each of its interrupts.

use std::path::Path;

use kbp_uapi::kbp_core_set;

use super::affinity::Affinity;
use super::interface;
use super::sysfs;
use super::vectors::{self, Role, Vector};
use crate::cores::list;
use crate::error::Result;
use crate::sys::System;

/// A NIC.
pub(crate) struct Card {
    /// The name of its interface.
    pub(crate) interface: String,
    pub(crate) driver: Option<String>,
    /// What stays its name when the interface gets another one: the address of its PCI function,
    /// or where there is none the interface's name.
    pub(crate) device: String,
    /// The NUMA node that it is attached to, where the machine tells.
    pub(crate) node: Option<u32>,
    /// The cores of that node.
    pub(crate) near: Option<kbp_core_set>,
    /// How many queues receive.
    pub(crate) queues: usize,
    pub(crate) interrupts: Vec<Interrupt>,
}

/// One of its interrupts.
pub(crate) struct Interrupt {
    pub(crate) irq: String,
    pub(crate) vector: String,
    pub(crate) role: Role,
    /// The queue that it announces packets of.
    pub(crate) queue: Option<u32>,
    pub(crate) affinity: Affinity,
}

impl Interrupt {
    /// Whether it announces packets.
    pub(crate) fn receives(&self) -> bool {
        self.role.receives()
    }

    /// `rx-0`; `rx?-0` where its name does not tell that it receives.
    pub(crate) fn queue_name(&self) -> String {
        match self.queue {
            Some(queue) => format!("{}-{queue}", self.role.word()),
            None => self.role.word().to_owned(),
        }
    }
}

/// Every NIC that has interrupts.
pub(crate) fn all(sys: &dyn System) -> Vec<Card> {
    let mut cards = nics(sys);
    cards.retain(|card| !card.interrupts.is_empty());
    cards
}

/// Every NIC, also those of which no interrupt is requested.
pub(crate) fn nics(sys: &dyn System) -> Vec<Card> {
    let names = sys.list(Path::new("/sys/class/net")).unwrap_or_default();
    // A host of containers has hundreds that are none.
    let nics = names.iter().filter(|name| sysfs::has_device(sys, name));
    nics.map(|name| Card::read(sys, name)).collect()
}

/// This interface and all that it stands on, NICs or not; without it there is no doing `what`.
pub(crate) fn stack(sys: &dyn System, interface: &str, what: &str) -> Result<Vec<Card>> {
    let stack = interface::stack(sys, interface::find(sys, interface, what)?);
    Ok(stack.iter().map(|name| Card::read(sys, name)).collect())
}

/// Adds those that are not among them yet: bonds and VLANs may lead to the same NIC.
pub(crate) fn add(cards: &mut Vec<Card>, more: Vec<Card>) {
    for card in more {
        if cards.iter().all(|seen| seen.interface != card.interface) {
            cards.push(card);
        }
    }
}

impl Card {
    /// The NIC with this interface. Interrupts that receive come first, by their queues.
    pub(crate) fn read(sys: &dyn System, interface: &str) -> Card {
        let device = sysfs::device(sys, interface);
        let node = sys.read(&device.join("numa_node")).ok();
        // -1: nobody knows.
        let node = node.and_then(|text| text.trim().parse().ok());
        let near = sys.read(&device.join("local_cpulist")).ok();
        let near = near.filter(|_| node.is_some());
        let word = |folder: &Path, key: &str| {
            let text = sys.read(&folder.join("uevent")).ok()?;
            let mut values = text.lines().filter_map(|line| line.strip_prefix(key));
            values.next().map(str::to_owned)
        };
        let own = sysfs::folder(interface).join("device");
        let queues = sysfs::receive_queues(sys, interface);
        Card {
            interface: interface.to_owned(),
            driver: word(&own, "DRIVER="),
            device: word(&device, "PCI_SLOT_NAME=").unwrap_or_else(|| interface.to_owned()),
            node,
            near: near.and_then(|text| list::parse(&text).ok()),
            queues,
            interrupts: interrupts(sys, interface, queues),
        }
    }
}

fn interrupts(sys: &dyn System, interface: &str, queues: usize) -> Vec<Interrupt> {
    let vectors = sysfs::requested(sys, interface);
    let roles = vectors::roles(interface, queues, &vectors);
    let mut vectors: Vec<(Vector, Role)> = vectors.into_iter().zip(roles).collect();
    let by_number = |(vector, role): &(Vector, Role)| {
        let irq: u32 = vector.irq.parse().unwrap_or(u32::MAX);
        (
            !role.receives(),
            *role == Role::Other,
            vectors::number(&vector.name),
            irq,
        )
    };
    vectors.sort_by_key(by_number);
    let mut receiving = 0;
    let interrupt = |(vector, role): (Vector, Role)| {
        let affinity = Affinity::read(sys, &vector.irq);
        // Drivers number them in the order of their queues; some do not begin with 0.
        let receives = role.receives();
        let queue = receives.then_some(receiving);
        receiving += u32::from(receives);
        Interrupt {
            irq: vector.irq,
            vector: vector.name,
            role,
            queue,
            affinity,
        }
    };
    vectors.into_iter().map(interrupt).collect()
}
