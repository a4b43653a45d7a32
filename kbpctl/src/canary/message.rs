// SPDX-License-Identifier: GPL-2.0
//! What the process that makes the change tells the command that began it.

use serde::{Deserialize, Serialize};

use super::report::TAKE_BACK;
use crate::error::{Error, Exit, Result};
use crate::output::Answer;

#[derive(Serialize, Deserialize)]
enum Message {
    Answer(Answer),
    Error(Error),
}

pub(super) fn write(outcome: Result<Answer>) -> Vec<u8> {
    let message = match outcome {
        Ok(answer) => Message::Answer(answer),
        Err(error) => Message::Error(error),
    };
    // Strings and numbers: nothing in it can fail.
    serde_json::to_vec(&message).unwrap_or_default()
}

pub(super) fn read(words: &[u8]) -> Result<Answer> {
    match serde_json::from_slice(words) {
        Ok(Message::Answer(answer)) => Ok(answer),
        Ok(Message::Error(error)) => Err(error),
        Err(_) => Err(Error::new(
            Exit::Failed,
            "the change may be half made",
            "the process that made it was killed before it was done",
            TAKE_BACK,
        )),
    }
}
