// SPDX-License-Identifier: GPL-2.0
//! Where a vector is by now.

use std::path::Path;

use super::originals::Original;
use crate::nic::card::Card;
use crate::nic::sysfs;
use crate::sys::System;

/// What became of a vector.
pub(crate) enum Place {
    Here {
        interface: String,
        irq: String,
    },
    /// Its device is here, and has it no more.
    Gone,
    /// Its device is not here: unplugged, or in another network namespace.
    Elsewhere,
}

/// The interface and the number of a vector, which may be others by now. While its interface is down a vector
/// may have no name: its number is the same, and so are the cores that it may go to.
pub(crate) fn of(sys: &dyn System, cards: &[Card], original: &Original) -> Place {
    let of_device = || cards.iter().filter(|card| card.device == original.device);
    let found = of_device().find_map(|card| {
        let mut interrupts = card.interrupts.iter();
        let found = interrupts.find(|interrupt| interrupt.vector == original.vector)?;
        Some((card.interface.clone(), found.irq.clone()))
    });
    if let Some((interface, irq)) = found {
        return Place::Here { interface, irq };
    }
    let mut asleep = of_device().filter(|card| {
        let folder = sysfs::device(sys, &card.interface).join("msi_irqs");
        let actions = format!("/sys/kernel/irq/{}/actions", original.irq);
        let actions = sys.read(Path::new(&actions));
        let is_free = actions.is_ok_and(|names| names.trim().is_empty());
        is_free && sys.exists(&folder.join(&original.irq))
    });
    match (asleep.next(), of_device().next()) {
        (Some(card), _) => Place::Here {
            interface: card.interface.clone(),
            irq: original.irq.clone(),
        },
        (None, Some(_)) => Place::Gone,
        (None, None) => Place::Elsewhere,
    }
}
