// SPDX-License-Identifier: GPL-2.0
//! The data path: what runs on a `kbp/N` thread. Never sleeps but where the engine says so,
//! never fails, never calls the control path.

mod core;
mod platform;

pub(crate) use self::core::Core;

use crate::engine;
use crate::sys::{self, Poller};
use platform::ThisCore;

/// Serves `core` until the thread is asked to stop.
///
/// Context: the kbp/N thread of `core`, bottom halves on.
pub(crate) fn serve(core: u32, poller: Poller) {
    // A thread is only ever created for a core that is in the table.
    if let Some(entry) = sys::core(core) {
        engine::run(&ThisCore::new(poller), entry);
    }
}
