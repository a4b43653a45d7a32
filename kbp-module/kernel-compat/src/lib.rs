// SPDX-License-Identifier: GPL-2.0
//! The crate `kernel` for kernels that were built without Rust: the part of Rust-for-Linux's crate
//! that `kbp.ko` uses, under the same names, so that its source is the same on every kernel.
//!
//! Nothing here knows a kernel version. What needs a C macro is in `module.c`.

#![no_std]
#![allow(unsafe_code, reason = "it stands between the module and C")]

pub mod error;
#[doc(hidden)]
pub mod module;
#[doc(hidden)]
pub mod print;

pub use module::{Module, ThisModule};

/// What a module's source files begin with.
pub mod prelude {
    pub use crate::error::{code::*, Error, Result};
    pub use crate::module::ThisModule;
    pub use crate::{module, pr_info, pr_warn};
}

/// Say where, then stop as BUG() does.
#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    print::emit(print::Level::Emergency, format_args!("{info}\n"));
    // SAFETY: Touches nothing; an instruction that is none is what ends every BUG().
    unsafe { core::arch::asm!("ud2", options(noreturn, nomem, nostack)) }
}
