// SPDX-License-Identifier: GPL-2.0
//! What can go wrong on the host side, each in one line with its cure.

use std::io;
use std::path::{Path, PathBuf};

/// A failure of the host side. What happens inside the guest is a [`crate::Verdict`] instead.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The kernel was never fetched.
    #[error("kernel '{name}' is not in {}: run `make kernel KERNEL={name}`", cache.display())]
    NoKernel {
        /// What was asked for: a suite or a release.
        name: String,
        /// The cache that was searched.
        cache: PathBuf,
    },
    /// A program of the host is missing.
    #[error("'{program}' is not on this machine: run `apt-get install {package}`")]
    NoProgram {
        /// The program.
        program: &'static str,
        /// The Debian package that has it.
        package: &'static str,
    },
    /// Open vSwitch with DPDK is not there or does not run here.
    #[error("Open vSwitch with DPDK cannot be used: {0}")]
    NoSwitch(String),
    /// A file could not be read, written or made.
    #[error("{what}: {source}")]
    Io {
        /// What was tried, with the file's name.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
    /// Anything else; the text holds the value, the rule and the cure.
    #[error("{0}")]
    Other(String),
}

/// The result of everything here that can fail on the host.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error about one file.
    pub(crate) fn at<'a>(verb: &'a str, path: &'a Path) -> impl FnOnce(io::Error) -> Error + 'a {
        move |source| Error::Io {
            what: format!("cannot {verb} {}", path.display()),
            source,
        }
    }

    /// Whatever kept a switch from being there: who can do without one asks for nothing more.
    pub(crate) fn of_switch(self) -> Error {
        match self {
            Error::NoSwitch(_) => self,
            other => Error::NoSwitch(other.to_string()),
        }
    }

    /// An error about something that is not a file.
    pub(crate) fn doing(what: impl Into<String>) -> impl FnOnce(io::Error) -> Error {
        let what = what.into();
        move |source| Error::Io { what, source }
    }
}
