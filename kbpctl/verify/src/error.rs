// SPDX-License-Identifier: GPL-2.0
//! Why a kernel image could not be read.

/// What is wrong with a file, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The file is not a kernel image.
    #[error("{0}: name a bzImage (vmlinuz) or an uncompressed vmlinux of x86-64")]
    NotAKernel(String),
    /// The image is packed in a way that is not known here.
    #[error(
        "the image is packed with {0}, not gzip, xz, zstd or lz4: name the uncompressed vmlinux"
    )]
    Packing(String),
    /// The file is damaged.
    #[error("{0}: the file is damaged; install the kernel's package again")]
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
}
