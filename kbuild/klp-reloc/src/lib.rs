// SPDX-License-Identifier: GPL-2.0
//! Livepatch relocations for a finished kernel module.
//!
//! A kernel module cannot name a function that the kernel does not export: modpost and the module
//! loader both refuse it. The livepatch loader can, for symbols and relocations marked as its own.
//! This crate makes those marks on a `.ko` that Kbuild has finished:
//!
//! 1. [`symvers`] writes the lines that let modpost accept the listed names, and only those.
//! 2. [`rewrite`] turns the listed undefined symbols of the module into livepatch symbols and moves
//!    their relocations into `.klp.rela.vmlinux.*` sections.
//! 3. [`check`] refuses a module that would fail to load or would be unsafe once loaded.
//!
//! Everything here is a pure function from bytes to bytes. No input makes it panic.
//!
//! ```
//! use klp_reloc::{symvers, SymbolList, Symvers};
//!
//! let list = SymbolList::parse("__napi_poll\nwake_up_process # exported\n", "klp.syms")?;
//! let kernel = Symvers::parse("0x1\twake_up_process\tvmlinux\tEXPORT_SYMBOL\t\n", "Module.symvers")?;
//! assert_eq!(symvers(&list, &kernel), "0x00000000\t__napi_poll\tvmlinux\tEXPORT_SYMBOL_GPL\t\n");
//! # Ok::<(), klp_reloc::Error>(())
//! ```

mod check;
mod elf;
mod error;
mod list;
mod names;
mod rewrite;
mod symvers;

pub use check::{check, Rules, Violation};
pub use error::Error;
pub use list::{Entry, SymbolList};
pub use rewrite::{rewrite, Moved, Outcome, Rewritten};
pub use symvers::{symvers, Symvers};
