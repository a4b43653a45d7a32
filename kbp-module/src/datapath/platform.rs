// SPDX-License-Identifier: GPL-2.0
//! The engine's [`Platform`], carried out by the shim.

use crate::engine::{Platform, PolledNapi, Woken};
use crate::sys::Poller;

/// The core of the calling `kbp/N` thread.
pub(crate) struct ThisCore {
    poller: Poller,
}

impl ThisCore {
    pub(crate) fn new(poller: Poller) -> Self {
        Self { poller }
    }
}

impl Platform for ThisCore {
    fn now_ns(&self) -> u64 {
        self.poller.now_ns()
    }

    fn hold_bottom_halves(&self) {
        self.poller.hold();
    }

    fn release_bottom_halves(&self) {
        self.poller.release();
    }

    fn take_list(&self) -> u32 {
        self.poller.take_list()
    }

    fn poll_next(&self) -> Option<PolledNapi> {
        self.poller
            .poll_next()
            .map(|packets| PolledNapi { packets })
    }

    fn has_more(&self) -> bool {
        self.poller.has_more()
    }

    fn give_back(&self) -> u32 {
        self.poller.give_back()
    }

    fn take_core(&self) {
        self.poller.take_core();
    }

    fn give_core(&self) {
        self.poller.give_core();
    }

    fn others_waiting(&self) -> bool {
        self.poller.others_waiting()
    }

    fn quiescent_state(&self) {
        self.poller.quiescent_state();
    }

    fn sleep_until_work(&self) -> Woken {
        if self.poller.sleep_until_work() {
            Woken::ByWork
        } else {
            Woken::ByTimer
        }
    }

    fn sleep_firmly(&self, ns: u64) {
        self.poller.sleep_firmly(ns);
    }

    fn pass_scheduler(&self) {
        self.poller.pass_scheduler();
    }

    fn relax(&self) {
        self.poller.relax();
    }

    fn patch_pending(&self) -> bool {
        self.poller.patch_pending()
    }

    fn join_patch(&self) {
        self.poller.patch_join();
    }

    fn stop_requested(&self) -> bool {
        self.poller.should_stop()
    }
}
