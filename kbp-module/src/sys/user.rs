// SPDX-License-Identifier: GPL-2.0
//! Whole values from and to user memory.

use super::shim;
use crate::uapi::{kbp_change, kbp_core_status, kbp_info, kbp_napi_status};
use core::ffi::c_ulong;
use core::mem::MaybeUninit;
use kernel::error::to_result;
use kernel::prelude::*;

/// Types for which every bit pattern is a value and which have no padding.
///
/// # Safety
///
/// Exactly that.
pub(crate) unsafe trait Plain: Copy {}

// SAFETY: Only integers and arrays of them, laid out without gaps: the uapi crate's header test has
// the C compiler look for gaps, and compares every offset and size with its own.
unsafe impl Plain for kbp_info {}
// SAFETY: As above.
unsafe impl Plain for kbp_change {}
// SAFETY: As above.
unsafe impl Plain for kbp_core_status {}
// SAFETY: As above.
unsafe impl Plain for kbp_napi_status {}

/// A value in the calling task's memory.
#[derive(Clone, Copy)]
pub(crate) struct UserValue {
    address: usize,
}

impl UserValue {
    /// The value that an ioctl's argument points to.
    pub(crate) fn at(address: usize) -> Self {
        Self { address }
    }

    /// Reads it. Context: process context, may sleep.
    pub(crate) fn read<T: Plain>(self) -> Result<T> {
        let mut value = MaybeUninit::<T>::uninit();
        let to = value.as_mut_ptr().cast();
        // SAFETY: `to` has room for a `T`; the shim copies with fault handling.
        to_result(unsafe {
            shim::kbp_copy_from_user(to, self.address as c_ulong, size_of::<T>())
        })?;
        // SAFETY: All bytes were written, and any bytes are a `T` (`Plain`).
        Ok(unsafe { value.assume_init() })
    }

    /// Writes it. Context: process context, may sleep.
    pub(crate) fn write<T: Plain>(self, value: &T) -> Result {
        let from = ptr_of(value);
        // SAFETY: `from` is a whole `T` without padding (`Plain`), so no kernel memory leaks.
        to_result(unsafe { shim::kbp_copy_to_user(self.address as c_ulong, from, size_of::<T>()) })
    }
}

fn ptr_of<T>(value: &T) -> *const core::ffi::c_void {
    core::ptr::from_ref(value).cast()
}
