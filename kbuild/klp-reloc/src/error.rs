// SPDX-License-Identifier: GPL-2.0
//! What can be wrong with an input, one line each: the value, the rule and the cure.

/// Why an input was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A line of a symbol list or of a Module.symvers file cannot be read.
    #[error("{file}:{line}: {reason}")]
    Line {
        /// Name of the file, as the caller gave it.
        file: String,
        /// Line number, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The file is not an object this crate works on.
    #[error("not an ELF64 x86-64 relocatable object: {0}; give the .ko that Kbuild linked, uncompressed")]
    NotAModule(String),
    /// The file is cut short or contradicts itself.
    #[error("damaged or odd ELF file: {0}; build the module again")]
    Damaged(String),
    /// A signature covers the bytes that would change.
    #[error("the module is signed, which a rewrite would break: rewrite first, sign afterwards")]
    Signed,
    /// The kernel only accepts livepatch relocations in a module that says so.
    #[error(".modinfo lacks livepatch=Y: add MODULE_INFO(livepatch, \"Y\") to the module")]
    NoLivepatchMark,
    /// A listed name is not undefined in the module.
    #[error("symbol {0} is defined in the module itself: rename it or take it off the list")]
    Defined(String),
    /// A weak symbol loads unresolved and its call goes to address 0.
    #[error("symbol {0} is weak and would load as address 0: declare it without __weak")]
    Weak(String),
    /// A listed name is undefined with a binding the loader does not resolve.
    #[error(
        "symbol {name} has binding {binding}, which must be GLOBAL: declare it plainly as extern"
    )]
    Binding {
        /// The symbol.
        name: String,
        /// Its `STB_*` value.
        binding: u8,
    },
    /// The livepatch name is written in the source instead of in the list.
    #[error("symbol {0} is undefined: declare the plain name and put it on the list")]
    AsmLabel(String),
    /// Livepatch and plain uses of listed symbols are mixed.
    #[error("partly rewritten ({0}): build the module again, then rewrite it once")]
    Partly(String),
    /// The module was rewritten with another list.
    #[error("symbol {0} was rewritten with another list: build the module again, then rewrite it")]
    OtherList(String),
}

impl Error {
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Error::Damaged(what.into())
    }
}
