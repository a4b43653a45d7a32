// SPDX-License-Identifier: GPL-2.0
//! What can go wrong, for people (one line: value, rule, cure) and for scripts (exit code).

use std::io;

use serde::{Deserialize, Serialize};

use crate::cure;

/// The exit codes of kbpctl; docs/kbpctl.md has the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub(crate) enum Exit {
    Ok = 0,
    /// The command failed and what it had begun was undone.
    Failed = 1,
    /// The command line is wrong.
    Usage = 2,
    /// KBP is not loaded, no core is enabled, or nothing waits to be confirmed.
    NotActive = 3,
    /// This kernel or this module cannot do it.
    Unsupported = 4,
    /// A check came to a bad result.
    CheckFailed = 5,
    /// A wait ran out and what had begun was undone.
    TimedOut = 6,
    /// The caller lacks a capability.
    Permission = 7,
}

/// What ends the words of an error whose command did nothing.
pub(crate) const NOTHING_CHANGED: &str = "; nothing was changed";

/// A failed command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{error}: {cause}; {cure}")]
pub(crate) struct Error {
    /// The exit code.
    pub(crate) exit: Exit,
    /// What did not happen.
    pub(crate) error: String,
    /// Why: the value and the rule.
    pub(crate) cause: String,
    /// What the operator can do.
    pub(crate) cure: String,
}

/// The result of everything here.
pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error from its four parts.
    pub(crate) fn new(
        exit: Exit,
        error: impl Into<String>,
        cause: impl Into<String>,
        cure: impl Into<String>,
    ) -> Error {
        Error {
            exit,
            error: error.into(),
            cause: cause.into(),
            cure: cure.into(),
        }
    }

    /// The error of a system call that nothing more can be said about.
    pub(crate) fn system(error: impl Into<String>, cause: &io::Error) -> Error {
        let exit = match cause.kind() {
            io::ErrorKind::PermissionDenied => Exit::Permission,
            _ => Exit::Failed,
        };
        Error::new(exit, error, cause.to_string(), cure::of(cause))
    }

    /// For a terminal: three lines, as a person reads them.
    pub(crate) fn lines(&self) -> String {
        let Error {
            error, cause, cure, ..
        } = self;
        format!("error: {error}\n  why: {cause}\n  try: {cure}")
    }

    /// The same error of a step that others came before: they did change something.
    #[must_use]
    pub(crate) fn after(mut self, done: &str) -> Error {
        self.error = self.error.replace(NOTHING_CHANGED, "");
        self.noting(done)
    }

    /// The same error with a better cure.
    #[must_use]
    pub(crate) fn curing(mut self, cure: &str) -> Error {
        self.cure = cure.to_owned();
        self
    }

    /// The same error with a better cure where it is what was named that is at fault.
    #[must_use]
    pub(crate) fn curing_the_input(self, cure: &str) -> Error {
        match self.exit {
            Exit::Permission => self,
            _ => self.curing(cure),
        }
    }

    /// The same error, with `note` added to its cause.
    #[must_use]
    pub(crate) fn noting(mut self, note: &str) -> Error {
        self.cause = format!("{}; {note}", self.cause);
        self
    }
}

impl From<kbp_probe::Error> for Error {
    fn from(error: kbp_probe::Error) -> Error {
        let exit = match error.kind {
            kbp_probe::ErrorKind::Request => Exit::Usage,
            kbp_probe::ErrorKind::Failed => Exit::Failed,
            kbp_probe::ErrorKind::Permission => Exit::Permission,
        };
        Error::new(exit, error.what, error.why, error.cure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_a_terminal_an_error_has_three_lines() {
        let error = Error::new(Exit::Failed, "cannot do it", "it is Monday", "wait a day");
        assert_eq!(error.to_string(), "cannot do it: it is Monday; wait a day");
        let lines = "error: cannot do it\n  why: it is Monday\n  try: wait a day";
        assert_eq!(error.lines(), lines);
    }
}
