// SPDX-License-Identifier: GPL-2.0
//! A change that waits, in documents and in words.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::note::{look, Look, Note};
use crate::cores::list;
use crate::error::Error;
use crate::output::ns;
use crate::sys::System;

/// What cures a change that nobody undoes.
pub(crate) const TAKE_BACK: &str =
    "see kbpctl status and kbpctl irq show; kbpctl disable and kbpctl irq restore take it back";

/// In the answer of the command that made it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Canary")]
pub(crate) struct Report {
    /// It is undone after so long, unless it is confirmed.
    undone_in_ns: u64,
    /// Whether kbpctl confirm saves what is served.
    saves: bool,
}

impl Report {
    pub(crate) fn new(time: Duration, saves: bool) -> Report {
        Report {
            undone_in_ns: ns(time),
            saves,
        }
    }

    /// For the end of a line.
    pub(crate) fn phrase(&self) -> String {
        let saved = if self.saves { ", which saves it" } else { "" };
        let time = Duration::from_nanos(self.undone_in_ns);
        format!(
            "; undone in {} unless kbpctl confirm comes first{saved}",
            humantime::format_duration(time)
        )
    }
}

/// In the status.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CanaryState")]
pub(crate) struct State {
    state: Word,
    /// The cores of the change; `None`: the note cannot be read.
    cores: Option<String>,
    /// The process that undoes it, or was to.
    pid: Option<i32>,
    /// `None`: not at all.
    undone_in_ns: Option<u64>,
    /// Whether kbpctl confirm saves what is served.
    saves: bool,
    /// What could not be undone, or why the note cannot be read.
    left: Vec<String>,
}

#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Word {
    /// Undone soon, unless it is confirmed.
    Waits,
    /// The process that was to undo it is gone: nothing will be.
    Lost,
    /// Undone, but for what is left.
    Half,
    /// The note cannot be read.
    Unknown,
}

impl State {
    /// `None`: nothing waits.
    pub(crate) fn now(sys: &dyn System) -> Option<State> {
        match look(sys) {
            Ok(Look::Nothing) => None,
            Ok(Look::Waits(note)) => Some(State {
                undone_in_ns: Some(ns(note.rest(sys))),
                ..State::of(Word::Waits, note)
            }),
            Ok(Look::Lost(note)) => Some(State::of(Word::Lost, note)),
            Ok(Look::Half(note)) => Some(State::of(Word::Half, note)),
            Err(Error { error, cause, .. }) => Some(State {
                state: Word::Unknown,
                cores: None,
                pid: None,
                undone_in_ns: None,
                saves: false,
                left: vec![format!("{error}: {cause}")],
            }),
        }
    }

    fn of(state: Word, note: Note) -> State {
        State {
            state,
            pid: Some(note.process.pid),
            undone_in_ns: None,
            saves: note.save.is_some(),
            cores: Some(note.cores),
            left: note.left,
        }
    }

    /// In words.
    pub(crate) fn phrase(&self) -> String {
        let cores = self.cores.as_deref().map_or_else(String::new, phrase);
        let pid = self.pid.unwrap_or_default();
        let left = self.left.join("; ");
        match (self.state, self.undone_in_ns) {
            (Word::Waits, in_ns) => format!(
                "undone in {} s unless kbpctl confirm (kill {pid}: at once)",
                Duration::from_nanos(in_ns.unwrap_or_default()).as_secs()
            ),
            (Word::Lost, _) => lost(&cores, pid),
            (Word::Half, _) => {
                format!("the change of {cores} was not confirmed, and undone but for this: {left}")
            }
            (Word::Unknown, _) => left,
        }
    }
}

/// Of a change whose process is gone.
pub(crate) fn lost(cores: &str, pid: i32) -> String {
    format!(
        "nothing will be undone: the process that waited (pid {pid}) is gone; the change of {cores} \
         stays"
    )
}

/// The cores of a note.
pub(crate) fn phrase(cores: &str) -> String {
    let set = list::parse(cores);
    set.map_or_else(|_| cores.to_owned(), |set| list::phrase(&set))
}
