// SPDX-License-Identifier: GPL-2.0
//! Giving NICs another number of queues. A driver that changes it places its interrupts anew, also
//! those that kbpctl does not move, and chooses the cores that send by each queue: all of that is
//! kept before.

use super::channels::{set, wanted};
use super::done::Done;
use super::originals::{Nic, Original, Transmit};
use super::plan::Plan;
use super::xps;
use crate::error::Result;
use crate::nic::affinity::{self, SET};
use crate::nic::card::{Card, Interrupt};
use crate::sys::channels::Counts;
use crate::sys::System;

/// What of a NIC a driver may set anew with the number of its queues.
type Settings = (Vec<Original>, Vec<Transmit>);

/// Has each NIC of the plan use so many receive queues; what was changed. All are asked before the
/// first is changed.
pub(crate) fn change(
    sys: &dyn System,
    plan: &Plan,
    count: u32,
    done: &mut Done,
) -> Result<Vec<String>> {
    let mut changes: Vec<(Card, Counts, Counts, Settings)> = Vec::new();
    for planned in &plan.nics {
        let interface = &planned.nic.interface;
        let Some((now, wanted)) = wanted(sys, interface, count)? else {
            continue;
        };
        let card = Card::read(sys, interface);
        let (interrupts, transmit) = (interrupts(sys, &card), xps::now(sys, &planned.nic));
        changes.push((card, now, wanted, (interrupts, transmit)));
    }
    done.keep(sys, |kept| {
        for (card, now, _, (interrupts, transmit)) in &changes {
            kept.keep_channels(Nic::of(card), *now);
            for interrupt in interrupts {
                kept.keep(interrupt.clone());
            }
            for queue in transmit {
                kept.keep_transmit(queue.clone());
            }
        }
    })?;
    let mut changed = Vec::new();
    for (card, now, wanted, (interrupts, transmit)) in changes {
        done.changed.keep_channels(Nic::of(&card), now);
        done.changed.interrupts.extend(interrupts);
        done.changed.transmit.extend(transmit);
        set(sys, &card.interface, &wanted).map_err(|error| done.undo(sys, error))?;
        done.count += 1;
        changed.push(format!(
            "{} has {wanted} now, and had {now}",
            card.interface
        ));
        // A driver may have requested its vectors anew.
        let card = Card::read(sys, &card.interface);
        done.kept.renumber(&card);
        done.changed.renumber(&card);
    }
    Ok(changed)
}

/// Where all interrupts of a NIC may go, but for those that the kernel places.
fn interrupts(sys: &dyn System, card: &Card) -> Vec<Original> {
    let movable = card.interrupts.iter().filter(|one| !one.affinity.fixed);
    let original = |one: &Interrupt| {
        let affinity = sys.read(&affinity::file_of(&one.irq, SET)).ok()?;
        Some(Original {
            device: card.device.clone(),
            vector: one.vector.clone(),
            irq: one.irq.clone(),
            affinity: affinity.trim().to_owned(),
        })
    };
    movable.filter_map(original).collect()
}
