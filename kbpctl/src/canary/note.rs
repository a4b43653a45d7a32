// SPDX-License-Identifier: GPL-2.0
//! The note of a change that waits: who undoes it, and when. A boot takes it away.

use std::io;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cli::Queues;
use crate::cores::saved::Nics;
use crate::error::{Error, Exit, Result};
use crate::host::processes::Process;
use crate::sys::System;

/// The file.
pub(crate) const FILE: &str = "/run/kbp/canary.json";
const SCHEMA: &str = "kbp.canary-note/1";

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    schema: String,
    /// Who undoes it.
    pub(crate) process: Process,
    /// When, by the clock that counts sleep.
    until: Duration,
    /// The cores of the change, as the kernel writes lists.
    pub(crate) cores: String,
    /// What `kbpctl confirm` is to save; `None`: nothing.
    pub(crate) save: Option<Save>,
    /// What could not be undone. Not empty: it was tried, and that process is gone.
    pub(crate) left: Vec<String>,
}

/// What of a command line `enable --save` saves beside what is served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Save {
    pub(crate) force: bool,
    from: Vec<String>,
    channels: Option<u32>,
    xps: bool,
}

/// What there is.
pub(crate) enum Look {
    Nothing,
    /// Undone soon.
    Waits(Note),
    /// The process that was to undo it is gone: nothing will be.
    Lost(Note),
    /// Undone, but for what is left.
    Half(Note),
}

impl Save {
    pub(crate) fn new(force: bool, nics: &Nics) -> Save {
        let Queues { channels, xps } = nics.queues;
        Save {
            force,
            from: nics.from.clone(),
            channels,
            xps,
        }
    }

    pub(crate) fn nics(&self) -> Nics {
        Nics {
            from: self.from.clone(),
            queues: Queues {
                channels: self.channels,
                xps: self.xps,
            },
        }
    }
}

impl Note {
    /// Of this process, which has so long.
    pub(super) fn new(
        sys: &dyn System,
        time: Duration,
        cores: &str,
        save: Option<Save>,
    ) -> Result<Note> {
        let failed = |error| Error::system("cannot tell when this process began", &error);
        let mut note = Note {
            schema: SCHEMA.to_owned(),
            process: Process::own(sys).map_err(failed)?,
            until: Duration::ZERO,
            cores: cores.to_owned(),
            save,
            left: Vec::new(),
        };
        note.begin(sys, time);
        Ok(note)
    }

    /// From now on it has so long.
    pub(super) fn begin(&mut self, sys: &dyn System, time: Duration) {
        self.until = sys.since_boot().saturating_add(time);
    }

    /// How long it still has.
    pub(crate) fn rest(&self, sys: &dyn System) -> Duration {
        self.until.saturating_sub(sys.since_boot())
    }

    /// The same of a change of which so much could not be undone.
    pub(super) fn leaving(self, left: Vec<String>) -> Note {
        Note { left, ..self }
    }

    pub(super) fn read(sys: &dyn System) -> Result<Option<Note>> {
        let what = || format!("cannot read {FILE}");
        let text = match sys.read(Path::new(FILE)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::system(what(), &error)),
        };
        let damaged = |cause: String| {
            let cure = "see kbpctl status and kbpctl irq show for what is changed, then move that \
                        file away";
            Error::new(Exit::Failed, what(), cause, cure)
        };
        let note: Note = serde_json::from_str(&text)
            .map_err(|error| damaged(format!("it is damaged, or of another kbpctl: {error}")))?;
        match note.schema == SCHEMA {
            true => Ok(Some(note)),
            false => Err(damaged(format!(
                "it was written by another kbpctl: its schema is {}, not {SCHEMA}",
                note.schema
            ))),
        }
    }

    pub(super) fn store(&self, sys: &dyn System) -> Result<()> {
        // Strings and numbers: nothing in it can fail.
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        let stored = sys.store(Path::new(FILE), &format!("{text}\n"));
        stored.map_err(|error| Error::system(format!("cannot write {FILE}"), &error))
    }

    /// Takes it away: nothing waits any more.
    pub(crate) fn remove(sys: &dyn System) -> Result<()> {
        let removed = sys.remove(Path::new(FILE));
        removed.map_err(|error| Error::system(format!("cannot remove {FILE}"), &error))
    }
}

/// Looks.
pub(crate) fn look(sys: &dyn System) -> Result<Look> {
    Ok(match Note::read(sys)? {
        None => Look::Nothing,
        Some(note) if !note.left.is_empty() => Look::Half(note),
        Some(note) if note.process.is_there(sys) => Look::Waits(note),
        Some(note) => Look::Lost(note),
    })
}
