// SPDX-License-Identifier: GPL-2.0
//! A change on probation: a process of its own makes it, holds what undoes it, and does so when the
//! time is over and nobody has confirmed it. An operator whom the change cuts off waits, and is back.
//!
//! Invariant `note-decides`: `/run/kbp/canary.json` names that process. Whoever holds the lock of kbpctl
//! and finds the note has the last word: `confirm` takes it away, the process undoes the change and
//! takes it away. So nothing is undone that is confirmed, and nothing of both happens.

mod alone;
mod keep_out;
mod made;
mod message;
mod note;
mod report;

pub(crate) use alone::{run, Wish};
pub(crate) use keep_out::keep_out;
pub(crate) use made::{Made, Undo};
pub(crate) use note::{look, Look, Note, Save};
pub(crate) use report::{lost, phrase, Report, State, TAKE_BACK};
