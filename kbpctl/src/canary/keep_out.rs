// SPDX-License-Identifier: GPL-2.0
//! While a change waits, no other is made: undoing it would take back what came after it, too.

use super::note::{look, Look, Note};
use super::report::{phrase, State};
use crate::error::{Error, Exit, Result, NOTHING_CHANGED};
use crate::sys::System;

/// Refuses `what` while a change waits. A note of one that waits no more is said and taken away: what
/// that one left is where this command begins.
pub(crate) fn keep_out(sys: &dyn System, what: &str) -> Result<()> {
    let refused = |error: Error| Error {
        error: format!("{what}{NOTHING_CHANGED}"),
        cause: format!("{}: {}", error.error, error.cause),
        ..error
    };
    let note = match look(sys).map_err(refused)? {
        Look::Nothing => return Ok(()),
        Look::Lost(_) | Look::Half(_) => {
            if let Some(state) = State::now(sys) {
                sys.log(&state.phrase());
            }
            return Note::remove(sys);
        }
        Look::Waits(note) => note,
    };
    Err(Error::new(
        Exit::Failed,
        format!("{what}{NOTHING_CHANGED}"),
        format!(
            "a change of {} waits to be confirmed, and is undone in {} s",
            phrase(&note.cores),
            note.rest(sys).as_secs()
        ),
        format!(
            "keep it with kbpctl confirm, or wait; kill {} undoes it at once",
            note.process.pid
        ),
    ))
}
