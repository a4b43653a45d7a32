// SPDX-License-Identifier: GPL-2.0
//! What makes a crate a module.

use core::cell::UnsafeCell;
use core::ffi::c_int;

use crate::error::Result;

/// The module itself, as its `init` gets it.
#[derive(Debug)]
pub struct ThisModule(());

/// A loaded module: made by `init`, dropped when it is removed.
pub trait Module: Sized + Sync + Send {
    /// Called at load.
    ///
    /// # Errors
    /// Whatever keeps the module from loading.
    fn init(module: &'static ThisModule) -> Result<Self>;
}

static THIS: ThisModule = ThisModule(());

/// Where the module's value is while it is loaded.
pub struct Slot<T>(UnsafeCell<Option<T>>);

// SAFETY: Only `load` and `unload` look inside, and the kernel runs a module's init and exit one
// after the other (invariant module-life).
unsafe impl<T: Send> Sync for Slot<T> {}

impl<T: Module> Slot<T> {
    /// For the macro `module!`.
    #[allow(
        clippy::new_without_default,
        reason = "only a static holds one, and a default is no const"
    )]
    pub const fn new() -> Self {
        Self(UnsafeCell::new(None))
    }

    /// # Safety
    ///
    /// Called by the kernel's init of this module, once.
    pub unsafe fn load(&self) -> c_int {
        match T::init(&THIS) {
            Ok(value) => {
                // SAFETY: module-life.
                unsafe { *self.0.get() = Some(value) };
                0
            }
            Err(error) => error.to_errno(),
        }
    }

    /// # Safety
    ///
    /// Called by the kernel's exit of this module, once, after a successful `load`.
    pub unsafe fn unload(&self) {
        // SAFETY: module-life.
        drop(unsafe { (*self.0.get()).take() });
    }
}

/// The text of a `const`, as the bytes of a `static`.
pub const fn bytes<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    let mut at = 0;
    while at < N {
        bytes[at] = text.as_bytes()[at];
        at += 1;
    }
    bytes
}

/// Declares the module, with the words of Rust-for-Linux's macro.
#[macro_export]
macro_rules! module {
    (
        type: $type:ty,
        name: $name:literal,
        authors: [$($author:literal),+ $(,)?],
        description: $description:literal,
        license: $license:literal $(,)?
    ) => {
        static KBP_MODULE: $crate::module::Slot<$type> = $crate::module::Slot::new();

        /// # Safety
        ///
        /// Called by `module_init()`.
        #[no_mangle]
        unsafe extern "C" fn kbp_rs_module_init() -> ::core::ffi::c_int {
            // SAFETY: As documented.
            unsafe { KBP_MODULE.load() }
        }

        /// # Safety
        ///
        /// Called by `module_exit()`.
        #[no_mangle]
        unsafe extern "C" fn kbp_rs_module_exit() {
            // SAFETY: As documented.
            unsafe { KBP_MODULE.unload() }
        }

        const KBP_MODINFO: &str = ::core::concat!(
            $("author=", $author, "\0",)+
            "description=", $description, "\0",
            "license=", $license, "\0",
        );

        #[no_mangle]
        #[link_section = ".modinfo"]
        static kbp_rs_modinfo: [u8; KBP_MODINFO.len()] = $crate::module::bytes(KBP_MODINFO);
    };
}
