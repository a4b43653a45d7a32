// SPDX-License-Identifier: GPL-2.0
//! How NICs were before kbpctl changed them, and how they are to be: `/run/kbp/irq.json`, which a
//! boot takes away.
//!
//! Interrupts are known by their device and the name of their vector: numbers are given to others
//! when a driver frees its interrupts.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Exit, Result, NOTHING_CHANGED};
use crate::nic::card::Card;
use crate::sys::channels::Counts;
use crate::sys::System;

/// The file.
pub(crate) const FILE: &str = "/run/kbp/irq.json";
const SCHEMA: &str = "kbp.irq-originals/2";
/// The first one had interrupts alone, which are still read.
const SCHEMAS: [&str; 2] = ["kbp.irq-originals/1", SCHEMA];

/// What the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Originals {
    schema: String,
    pub(crate) interrupts: Vec<Original>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) channels: Vec<Channels>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) transmit: Vec<Transmit>,
    /// What was asked for, and is to stay.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) wanted: Vec<Wanted>,
    /// The numbers of those that irqbalance was told to leave alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) told_irqbalance: Vec<u32>,
}

/// Where one interrupt might go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Original {
    /// The PCI function, or the interface.
    pub(crate) device: String,
    pub(crate) vector: String,
    /// Its number when that was kept.
    pub(crate) irq: String,
    /// The list, as the kernel wrote it.
    pub(crate) affinity: String,
}

/// A NIC: the interface may get another name, and a device may have several.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nic {
    pub(crate) device: String,
    pub(crate) interface: String,
}

/// How many queues a NIC used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Channels {
    pub(crate) nic: Nic,
    pub(crate) counts: Counts,
}

/// Which cores sent by a transmit queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Transmit {
    pub(crate) nic: Nic,
    pub(crate) queue: String,
    /// The mask, as the kernel wrote it.
    pub(crate) xps_cpus: String,
}

/// How a NIC is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    pub(crate) nic: Nic,
    /// Its receive interrupts go to these in turn.
    pub(crate) cores: Vec<u32>,
    /// `None`: as many as there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channels: Option<u32>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) xps: bool,
}

impl Nic {
    pub(crate) fn of(card: &Card) -> Nic {
        Nic {
            device: card.device.clone(),
            interface: card.interface.clone(),
        }
    }

    /// It among these: by both names, or where none has both, by its device, which has one
    /// interface then.
    pub(crate) fn among<'a>(&self, cards: &'a [Card]) -> Option<&'a Card> {
        let of_device = || cards.iter().filter(|card| card.device == self.device);
        let mut same = of_device().filter(|card| card.interface == self.interface);
        same.next().or_else(|| match of_device().count() {
            1 => of_device().next(),
            _ => None,
        })
    }
}

impl Originals {
    /// What was kept; nothing where nothing was moved. A file that cannot be understood is never
    /// overwritten.
    pub(crate) fn read(sys: &dyn System) -> Result<Originals> {
        let what = || format!("cannot read {FILE}{NOTHING_CHANGED}");
        let text = match sys.read(Path::new(FILE)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Error::system(what(), &error)),
        };
        let cure = "see where the interrupts are to go (kbpctl irq show), and move that file away";
        let refuse = |cause: String| Error::new(Exit::Failed, what(), cause, cure);
        let damaged = |error: serde_json::Error| refuse(format!("it is damaged: {error}"));
        let document: serde_json::Value = serde_json::from_str(&text).map_err(damaged)?;
        let schema = document["schema"].as_str().unwrap_or_default();
        if !schema.is_empty() && !SCHEMAS.contains(&schema) {
            return Err(refuse(format!(
                "it was written by another kbpctl: its schema is {schema}, not {SCHEMA}"
            )));
        }
        serde_json::from_value(document).map_err(damaged)
    }

    /// Interfaces may have got other names since.
    pub(crate) fn follow(&mut self, cards: &[Card]) {
        let channels = self.channels.iter_mut().map(|kept| &mut kept.nic);
        let transmit = self.transmit.iter_mut().map(|kept| &mut kept.nic);
        let wanted = self.wanted.iter_mut().map(|kept| &mut kept.nic);
        for nic in channels.chain(transmit).chain(wanted) {
            if let Some(card) = nic.among(cards) {
                nic.interface.clone_from(&card.interface);
            }
        }
    }

    /// Keeps one that is not kept yet: what counts is what was before all changes. A vector with
    /// another number is another one: its driver has requested it anew, and the kernel placed it.
    pub(crate) fn keep(&mut self, original: Original) {
        match self.find(&original.device, &original.vector) {
            Some(kept) if kept.irq == original.irq => {}
            Some(kept) => *kept = original,
            None => self.interrupts.push(original),
        }
    }

    /// The vectors of a NIC were requested anew because kbpctl asked for it: they are the same
    /// ones.
    pub(crate) fn renumber(&mut self, card: &Card) {
        for interrupt in &card.interrupts {
            if let Some(kept) = self.find(&card.device, &interrupt.vector) {
                kept.irq.clone_from(&interrupt.irq);
            }
        }
    }

    fn find(&mut self, device: &str, vector: &str) -> Option<&mut Original> {
        let mut kept = self.interrupts.iter_mut();
        kept.find(|kept| (&*kept.device, &*kept.vector) == (device, vector))
    }

    /// Keeps how many queues a NIC used before all changes.
    pub(crate) fn keep_channels(&mut self, nic: Nic, counts: Counts) {
        if self.channels.iter().all(|kept| kept.nic != nic) {
            self.channels.push(Channels { nic, counts });
        }
    }

    /// Keeps which cores sent by a queue before all changes.
    pub(crate) fn keep_transmit(&mut self, transmit: Transmit) {
        let is_kept = |kept: &Transmit| kept.nic == transmit.nic && kept.queue == transmit.queue;
        if !self.transmit.iter().any(is_kept) {
            self.transmit.push(transmit);
        }
    }

    /// Keeps how a NIC is to be from now on.
    pub(crate) fn want(&mut self, wanted: Wanted) {
        match self.wanted.iter_mut().find(|old| old.nic == wanted.nic) {
            Some(old) => *old = wanted,
            None => self.wanted.push(wanted),
        }
    }

    /// Keeps which interrupts irqbalance is told to leave alone.
    pub(crate) fn tell(&mut self, irqs: &[u32]) {
        for irq in irqs {
            if !self.told_irqbalance.contains(irq) {
                self.told_irqbalance.push(*irq);
            }
        }
    }

    /// These and those.
    pub(crate) fn with(&self, more: Originals) -> Originals {
        let mut all = self.clone();
        all.interrupts.extend(more.interrupts);
        all.channels.extend(more.channels);
        all.transmit.extend(more.transmit);
        all.wanted.extend(more.wanted);
        all.told_irqbalance.extend(more.told_irqbalance);
        all
    }

    /// Writes the file; without anything to keep there is none.
    pub(crate) fn store(&self, sys: &dyn System) -> Result<()> {
        let path = Path::new(FILE);
        let nothing = Originals {
            schema: self.schema.clone(),
            ..Originals::default()
        };
        let stored = match *self == nothing {
            true => sys.remove(path),
            false => {
                let written = Originals {
                    schema: SCHEMA.to_owned(),
                    ..self.clone()
                };
                // Strings and numbers: nothing in it can fail.
                let text = serde_json::to_string_pretty(&written).unwrap_or_default();
                sys.store(path, &format!("{text}\n"))
            }
        };
        stored.map_err(|error| Error::system(format!("cannot write {FILE}"), &error))
    }
}
