// SPDX-License-Identifier: GPL-2.0
//! Why a kernel image could not be read.

use std::io;

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The file is not a kernel image of this architecture.
    #[error("it is no kernel image for x86-64: {0}")]
    NotAKernel(String),
    /// The image is packed in a way that is not known here.
    #[error("it is packed with {0}, not with gzip, xz, zstd or lz4")]
    Packing(String),
    /// The file is damaged.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// A configuration without content.
    #[error("it names no option that is on (CONFIG_SMP=y)")]
    NoOptions,
    /// The file itself cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// A table of the kernel was not found or makes no sense.
    #[error("{table}: {reason}")]
    Table {
        /// Which table.
        table: &'static str,
        /// What was looked for, and what was found.
        reason: String,
    },
}

/// The result of reading.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn table(table: &'static str, reason: impl Into<String>) -> Error {
        Error::Table {
            table,
            reason: reason.into(),
        }
    }

    /// What can be done about it.
    pub fn cure(&self) -> &'static str {
        match self {
            Error::NotAKernel(_) => "name a bzImage (vmlinuz), a vmlinux or a unified kernel image",
            Error::Packing(_) => "unpack it and name the uncompressed vmlinux",
            Error::Damaged(_) => "install the kernel's package again",
            Error::NoOptions => "name the configuration that the kernel was built with",
            Error::Unreadable(_) => "see that it is a whole file on a disk that works",
            Error::Table { .. } => "report the kernel, if it is a distribution's",
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Error {
        if error.raw_os_error().is_some() {
            return Error::Unreadable(error.to_string());
        }
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return Error::Damaged("it ends too early".into());
        }
        // What unpacks says what is wrong in our words.
        error
            .downcast::<Error>()
            .unwrap_or_else(|error| Error::Damaged(error.to_string()))
    }
}
