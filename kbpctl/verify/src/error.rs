// SPDX-License-Identifier: GPL-2.0
//! Why a kernel image could not be read.

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
            Error::NotAKernel(_) => "name a bzImage (vmlinuz) or an uncompressed vmlinux",
            Error::Packing(_) => "unpack it and name the uncompressed vmlinux",
            Error::Damaged(_) => "install the kernel's package again",
            Error::Table { .. } => "report the kernel, if it is a distribution's",
        }
    }
}
