// SPDX-License-Identifier: GPL-2.0
//! What can go wrong, each in one line.

use std::io;
use std::path::Path;

/// A failure of a workload, a measurement or a report.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A system call or a file failed.
    #[error("{what}: {source}")]
    Io {
        /// What was tried, with the file's name.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
    /// The guest could not be booted or followed.
    #[error(transparent)]
    Vm(#[from] kbp_vm::Error),
    /// What `kbpctl bench` does, too, failed.
    #[error(transparent)]
    Load(#[from] kbp_probe::Error),
    /// The user wanted it to end.
    #[error("interrupted")]
    Interrupted,
    /// Anything else; the text holds the value, the rule and the cure.
    #[error("{0}")]
    Other(String),
}

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error about one file.
    pub(crate) fn at<'a, E: Into<io::Error>>(
        verb: &'a str,
        path: &'a Path,
    ) -> impl FnOnce(E) -> Error + 'a {
        move |source| Error::doing(format!("cannot {verb} {}", path.display()))(source)
    }

    /// An error about something that is not a file.
    pub fn doing<E: Into<io::Error>>(what: impl Into<String>) -> impl FnOnce(E) -> Error {
        let what = what.into();
        move |source| Error::Io {
            what,
            source: source.into(),
        }
    }
}
