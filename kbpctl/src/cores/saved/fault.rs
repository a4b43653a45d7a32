// SPDX-License-Identifier: GPL-2.0
//! What is wrong in a file of the saved state: where, which value, which rule, what to write instead.

use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use crate::error::{Error, Exit, Result};

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub(crate) struct Place {
    pub(crate) file: PathBuf,
    /// `None`: it is about the whole file.
    pub(crate) line: Option<usize>,
}

impl Display for Place {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        match self.line {
            Some(line) => write!(formatter, "{file}:{line}"),
            None => write!(formatter, "{file}"),
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) place: Place,
    /// The value and the rule.
    pub(crate) cause: String,
    pub(crate) cure: String,
    exit: Exit,
}

impl Fault {
    /// What a line says cannot be used.
    pub(super) fn new(file: &Path, line: usize, cause: String, cure: &str) -> Fault {
        Fault {
            place: Place {
                file: file.to_owned(),
                line: Some(line),
            },
            cause,
            cure: cure.to_owned(),
            exit: Exit::Usage,
        }
    }

    /// A file or a folder cannot be read.
    pub(super) fn unreadable(path: &Path, error: Error) -> Fault {
        Fault {
            place: Place {
                file: path.to_owned(),
                line: None,
            },
            cause: error.cause,
            cure: error.cure,
            exit: error.exit,
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        let file = fault.place.file.display();
        let (what, cause) = match fault.place.line {
            Some(line) => (
                format!("cannot use {file}"),
                format!("line {line}: {}", fault.cause),
            ),
            None => (format!("cannot read {file}"), fault.cause),
        };
        Error::new(fault.exit, what, cause, fault.cure)
    }
}

/// Refuses where there are faults: with the first of them, and a word of the others.
pub(super) fn none(faults: Vec<Fault>) -> Result<()> {
    let others = faults.len().saturating_sub(1);
    match faults.into_iter().next().map(Error::from) {
        None => Ok(()),
        Some(first) if others == 0 => Err(first),
        Some(first) => Err(first.noting(&format!("kbpctl config check names {others} more"))),
    }
}
