// SPDX-License-Identifier: GPL-2.0
//! Bringing back what was. The number of queues comes first: a driver that changes it places its
//! interrupts anew, and chooses the cores that send by each queue.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::channels;
use super::originals::{Channels, Nic, Original, Originals, Transmit};
use super::place::{self, Place};
use super::write::{explain, write};
use crate::cores::list;
use crate::error::{Error, Result};
use crate::nic::affinity::{self, SET};
use crate::nic::card::{self, Card};
use crate::nic::transmit;
use crate::output::harmless;
use crate::sys::System;

/// What became of it.
#[derive(Default)]
pub(crate) struct Back {
    pub(crate) channels: Vec<Queues>,
    pub(crate) interrupts: Vec<Restored>,
    pub(crate) transmit: Vec<Sends>,
    /// Vectors that are there no more: a driver that requests them again gives them its own cores.
    pub(crate) gone: Vec<String>,
    /// What belongs to a NIC that is not here now.
    pub(crate) kept: Vec<String>,
    pub(crate) failed: Vec<Error>,
    /// What is still to be brought back.
    pub(crate) left: Originals,
}

/// A NIC that has as many queues as before.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Queues {
    pub(crate) interface: String,
    pub(crate) channels: String,
}

/// An interrupt that may go where it might before.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Restored {
    pub(crate) interface: String,
    pub(crate) irq: String,
    pub(crate) vector: String,
    pub(crate) affinity: String,
}

/// A transmit queue by which those cores send that did before.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Sends {
    pub(crate) interface: String,
    pub(crate) queue: String,
    pub(crate) xps_cpus: String,
}

/// Brings all of it back, as far as that goes.
pub(crate) fn bring_back(sys: &dyn System, asked: &Originals) -> Back {
    let mut back = Back::default();
    let cards = card::nics(sys);
    for kept in &asked.channels {
        back.channels(sys, &cards, kept);
    }
    // Those of now.
    let cards = card::nics(sys);
    for kept in &asked.interrupts {
        back.interrupt(sys, &cards, kept);
    }
    for kept in &asked.transmit {
        back.transmit(sys, &cards, kept);
    }
    back
}

impl Back {
    fn channels(&mut self, sys: &dyn System, cards: &[Card], kept: &Channels) {
        let Some(card) = self.nic(cards, &kept.nic, "the number of queues") else {
            self.left.channels.push(kept.clone());
            return;
        };
        match channels::set(sys, &card.interface, &kept.counts) {
            Ok(()) => self.channels.push(Queues {
                interface: card.interface.clone(),
                channels: kept.counts.to_string(),
            }),
            Err(error) => {
                self.failed.push(error);
                self.left.channels.push(kept.clone());
            }
        }
    }

    fn interrupt(&mut self, sys: &dyn System, cards: &[Card], kept: &Original) {
        match place::of(sys, cards, kept) {
            Place::Here { interface, irq } => match go_back(sys, kept, &irq) {
                Ok(()) => self.interrupts.push(Restored {
                    interface,
                    irq,
                    vector: kept.vector.clone(),
                    affinity: kept.affinity.clone(),
                }),
                Err(error) => {
                    self.failed.push(error);
                    self.left.interrupts.push(kept.clone());
                }
            },
            Place::Gone => self.gone.push(harmless(&kept.vector)),
            Place::Elsewhere => {
                self.kept.push(harmless(&kept.vector));
                self.left.interrupts.push(kept.clone());
            }
        }
    }

    fn transmit(&mut self, sys: &dyn System, cards: &[Card], kept: &Transmit) {
        let Some(card) = self.nic(cards, &kept.nic, &kept.queue) else {
            self.left.transmit.push(kept.clone());
            return;
        };
        match send_again(sys, &card.interface, kept) {
            Ok(true) => self.transmit.push(Sends {
                interface: card.interface.clone(),
                queue: kept.queue.clone(),
                xps_cpus: kept.xps_cpus.clone(),
            }),
            // A queue that is not in use has no cores.
            Ok(false) => {}
            Err(error) => {
                self.failed.push(error);
                self.left.transmit.push(kept.clone());
            }
        }
    }

    fn nic<'a>(&mut self, cards: &'a [Card], nic: &Nic, of_it: &str) -> Option<&'a Card> {
        let found = nic.among(cards);
        if found.is_none() {
            let what = format!("{} of {}", of_it, nic.interface);
            self.kept.push(harmless(&what));
        }
        found
    }
}

/// Lets an interrupt go where it might before. One that may is not written.
fn go_back(sys: &dyn System, original: &Original, irq: &str) -> Result<()> {
    let now = sys.read(&affinity::file_of(irq, SET));
    let back = now.and_then(|now| match now.trim() == original.affinity {
        true => Ok(()),
        false => write(sys, irq, &original.affinity),
    });
    back.map_err(|error| {
        let cores = match list::parse(&original.affinity) {
            Ok(cores) => list::phrase(&cores),
            Err(_) => format!("cores {}", harmless(&original.affinity)),
        };
        let vector = &original.vector;
        let what = format!("cannot move IRQ {irq} ({vector}) back to {cores}");
        explain(what, &cores, &error)
    })
}

/// Lets those cores send by a queue that did before; `false`: it is not in use.
fn send_again(sys: &dyn System, interface: &str, kept: &Transmit) -> Result<bool> {
    let file = transmit::file_of(interface, &kept.queue);
    let written = match sys.read(&file) {
        Ok(now) if now.trim() == kept.xps_cpus => Ok(()),
        Ok(_) => sys.write(&file, &kept.xps_cpus),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => Err(error),
    };
    written.map(|()| true).map_err(|error| {
        let what = format!(
            "cannot have the cores that did send by {} of {interface}",
            kept.queue
        );
        Error::system(what, &error)
    })
}
