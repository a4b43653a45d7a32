// SPDX-License-Identifier: GPL-2.0
//! The data path: what runs on a `kbp/N` thread. Never sleeps but where the engine says so,
//! never fails, never calls the control path.

mod config;
mod counter;
mod entry;
mod napis;
mod outside;

pub(crate) use entry::Core;

use crate::engine::{self, Between, Order, Orders, Policy};
use crate::sys::{self, Poller};
use core::sync::atomic::{AtomicBool, Ordering};
use entry::CoreLedger;

/// The system is going to sleep. Written by control.
pub(crate) static SUSPENDED: AtomicBool = AtomicBool::new(false);

/// Serves `core` until the thread is asked to stop.
///
/// Context: the kbp/N thread of `core`, bottom halves on.
pub(crate) fn serve(core: u32, poller: &Poller) {
    // A thread is only ever created for a core that is in the table.
    if let Some(entry) = sys::core(core) {
        let ledger = CoreLedger {
            number: core,
            core: entry,
        };
        let orders = CoreOrders {
            core: entry,
            poller,
        };
        engine::run(poller, &ledger, &orders);
    }
}

/// What control wants of the calling thread.
struct CoreOrders<'a> {
    core: &'a Core,
    poller: &'a Poller,
}

impl Orders for CoreOrders<'_> {
    fn current(&self, between: &mut Between) -> Order {
        if self.poller.should_stop(between) {
            Order::Stop
        } else if SUSPENDED.load(Ordering::Relaxed) {
            Order::Pause
        } else {
            Order::Serve
        }
    }

    fn version(&self) -> u32 {
        self.core.config.version()
    }

    fn policy(&self) -> Policy {
        self.core.config.policy()
    }
}
