// SPDX-License-Identifier: GPL-2.0
//! The table of cores: one entry for every core the system can have, made once at load.

use super::{core_limit, shim};
use crate::datapath::Core;
use crate::uapi::kbp_core_config;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering};
use kernel::prelude::*;

static TABLE: AtomicPtr<Core> = AtomicPtr::new(ptr::null_mut());
static COUNT: AtomicU32 = AtomicU32::new(0);

/// Owns the table; dropping it frees it.
pub(crate) struct CoreTable(());

impl CoreTable {
    /// Makes the table. Called once, first thing at load (invariant table-life).
    pub(crate) fn publish() -> Result<Self> {
        let count = core_limit();
        // SAFETY: Plain allocation in process context.
        let table = unsafe { shim::kbp_table_alloc(count as usize, size_of::<Core>()) };
        if table.is_null() {
            return Err(ENOMEM);
        }
        // A zeroed `Core` is a valid one: atomics with the value 0.
        TABLE.store(table.cast(), Ordering::Relaxed);
        COUNT.store(count, Ordering::Release);
        for core in cores() {
            core.config.set(&kbp_core_config::default());
        }
        Ok(Self(()))
    }
}

impl Drop for CoreTable {
    fn drop(&mut self) {
        COUNT.store(0, Ordering::Relaxed);
        let table = TABLE.swap(ptr::null_mut(), Ordering::Relaxed);
        // SAFETY: From `kbp_table_alloc`; no thread, device or hook is left that could hold a
        // reference (invariant table-life).
        unsafe { shim::kbp_table_free(table.cast()) }
    }
}

/// All cores, ascending from core 0.
pub(crate) fn cores() -> &'static [Core] {
    let count = COUNT.load(Ordering::Acquire) as usize;
    if count == 0 {
        return &[];
    }
    // SAFETY: COUNT is not 0, so TABLE points to that many zero-initialised entries, which live
    // as long as anything that can call this (invariant table-life).
    unsafe { core::slice::from_raw_parts(TABLE.load(Ordering::Relaxed), count) }
}

/// One core; `None` when the system can never have it.
pub(crate) fn core(number: u32) -> Option<&'static Core> {
    cores().get(number as usize)
}
