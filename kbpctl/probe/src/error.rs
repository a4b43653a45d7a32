// SPDX-License-Identifier: GPL-2.0
//! What can go wrong, in three parts: what did not happen, why, and the cure.

use std::io;

/// A failed measurement or reflector.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {why}; {cure}")]
pub struct Error {
    /// Whose fault it is.
    pub kind: Kind,
    /// What did not happen.
    pub what: String,
    /// Why: the value and the rule.
    pub why: String,
    /// What can be done.
    pub cure: String,
}

/// Sorts of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was asked for is impossible.
    Request,
    /// The system or the peer did not do its part.
    Failed,
    /// The caller lacks a privilege.
    Permission,
}

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What was asked for is impossible.
    pub(crate) fn request(
        what: impl Into<String>,
        why: impl Into<String>,
        cure: impl Into<String>,
    ) -> Error {
        Error::new(Kind::Request, what, why, cure)
    }

    /// It could not be done.
    pub(crate) fn failed(
        what: impl Into<String>,
        why: impl Into<String>,
        cure: impl Into<String>,
    ) -> Error {
        Error::new(Kind::Failed, what, why, cure)
    }

    /// A system call failed.
    pub(crate) fn system<E: Into<io::Error>>(
        what: impl Into<String>,
        cure: impl Into<String>,
    ) -> impl FnOnce(E) -> Error {
        let (what, cure) = (what.into(), cure.into());
        move |source| {
            let source = source.into();
            let kind = match source.kind() {
                io::ErrorKind::PermissionDenied => Kind::Permission,
                _ => Kind::Failed,
            };
            Error::new(kind, what, source.to_string(), cure)
        }
    }

    fn new(
        kind: Kind,
        what: impl Into<String>,
        why: impl Into<String>,
        cure: impl Into<String>,
    ) -> Error {
        Error {
            kind,
            what: what.into(),
            why: why.into(),
            cure: cure.into(),
        }
    }
}
