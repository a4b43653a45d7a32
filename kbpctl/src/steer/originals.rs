// SPDX-License-Identifier: GPL-2.0
//! Where interrupts went before kbpctl moved them: `/run/kbp/irq.json`, which a boot takes away.
//!
//! They are known by their device and the name of their vector: numbers are given to others when a
//! driver frees its interrupts.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Exit, Result, NOTHING_CHANGED};
use crate::sys::System;

/// The file.
pub(crate) const FILE: &str = "/run/kbp/irq.json";
const SCHEMA: &str = "kbp.irq-originals/1";

/// What the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Originals {
    schema: String,
    pub(crate) interrupts: Vec<Original>,
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
        let originals: Originals = serde_json::from_str(&text)
            .map_err(|error| refuse(format!("it is damaged: {error}")))?;
        match originals.schema == SCHEMA {
            true => Ok(originals),
            false => Err(refuse(format!(
                "it was written by another kbpctl: its schema is {}, not {SCHEMA}",
                originals.schema
            ))),
        }
    }

    /// Keeps one that is not kept yet: what counts is what was before all changes. A vector with another
    /// number is another one: its driver has requested it anew, and the kernel placed it.
    pub(crate) fn keep(&mut self, original: Original) {
        let is_of_it =
            |kept: &Original| (&kept.device, &kept.vector) == (&original.device, &original.vector);
        match self.interrupts.iter_mut().find(|kept| is_of_it(kept)) {
            Some(kept) if kept.irq == original.irq => {}
            Some(kept) => *kept = original,
            None => self.interrupts.push(original),
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

    /// Writes the file; without anything to keep there is none.
    pub(crate) fn store(&self, sys: &dyn System) -> Result<()> {
        let path = Path::new(FILE);
        let is_empty = self.interrupts.is_empty() && self.told_irqbalance.is_empty();
        let stored = match is_empty {
            true => sys.remove(path),
            false => {
                let written = Originals {
                    schema: SCHEMA.to_owned(),
                    interrupts: self.interrupts.clone(),
                    told_irqbalance: self.told_irqbalance.clone(),
                };
                // Strings alone: nothing in it can fail.
                let text = serde_json::to_string_pretty(&written).unwrap_or_default();
                sys.store(path, &format!("{text}\n"))
            }
        };
        stored.map_err(|error| Error::system(format!("cannot write {FILE}"), &error))
    }
}
