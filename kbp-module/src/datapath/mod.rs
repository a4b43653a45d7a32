// SPDX-License-Identifier: GPL-2.0
//! The data path: what runs on a `kbp/N` thread. Never sleeps but where the engine says so,
//! never fails, never calls the control path.

mod config;
mod entry;
mod counter;
mod napis;
mod platform;

pub(crate) use self::entry::Core;

use self::entry::Book;
use crate::engine::{self, Between, Orders, Policy, Wanted};
use crate::sys::{self, Poller};
use core::sync::atomic::{AtomicBool, Ordering};
use platform::ThisCore;

/// The system is going to sleep. Written by control.
pub(crate) static SUSPENDED: AtomicBool = AtomicBool::new(false);

/// Serves `core` until the thread is asked to stop or has lost the core.
///
/// Context: the kbp/N thread of `core`, bottom halves on.
pub(crate) fn serve(core: u32, poller: &Poller) {
    // A thread is only ever created for a core that is in the table.
    if let Some(entry) = sys::core(core) {
        let book = Book {
            number: core,
            core: entry,
        };
        let orders = OrdersOf {
            core: entry,
            poller,
        };
        engine::run(&ThisCore::new(poller), &book, &orders);
    }
}

/// What control wants of the calling thread.
struct OrdersOf<'a> {
    core: &'a Core,
    poller: &'a Poller,
}

impl Orders for OrdersOf<'_> {
    fn wanted(&self, between: &mut Between) -> Wanted {
        if self.poller.should_stop(between) {
            Wanted::Stop
        } else if SUSPENDED.load(Ordering::Relaxed) {
            Wanted::Pause
        } else {
            Wanted::Serve
        }
    }

    fn version(&self) -> u32 {
        self.core.config.version()
    }

    fn policy(&self) -> Policy {
        self.core.config.policy()
    }
}
