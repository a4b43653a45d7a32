// SPDX-License-Identifier: GPL-2.0
//! The engine's [`Platform`], carried out by the shim.

use crate::engine::{Between, Held, Platform, PolledNapi, Taken, Woken};
use crate::sys::Poller;

/// The core of the calling `kbp/N` thread.
pub(crate) struct ThisCore<'a> {
    poller: &'a Poller,
}

impl<'a> ThisCore<'a> {
    pub(crate) fn new(poller: &'a Poller) -> Self {
        Self { poller }
    }
}

impl Platform for ThisCore<'_> {
    fn now_ns(&self) -> u64 {
        self.poller.now_ns()
    }

    fn hold_bottom_halves(&self, held: &Held) {
        self.poller.hold(held);
    }

    fn release_bottom_halves(&self, held: &Held) {
        self.poller.release(held);
    }

    fn take_list(&self, held: &Held) -> Taken {
        self.poller.take_list(held)
    }

    fn poll_next(&self, held: &Held, hold: bool) -> Option<PolledNapi> {
        self.poller.poll_next(held, hold)
    }

    fn has_more(&self, held: &Held) -> bool {
        self.poller.has_more(held)
    }

    fn give_back(&self, held: &Held) -> u32 {
        self.poller.give_back(held)
    }

    fn take_core(&self, between: &mut Between) {
        self.poller.take_core(between);
    }

    fn give_core(&self, between: &mut Between) {
        self.poller.give_core(between);
    }

    fn hooks_in_effect(&self, between: &mut Between) -> bool {
        self.poller.hooks_in_effect(between)
    }

    fn others_waiting(&self) -> bool {
        self.poller.others_waiting()
    }

    fn is_rationed(&self) -> bool {
        self.poller.is_rationed()
    }

    fn be_ordinary(&self, between: &mut Between) {
        self.poller.be_ordinary(between);
    }

    fn be_as_wanted(&self, between: &mut Between) {
        self.poller.be_as_wanted(between);
    }

    fn must_reschedule(&self) -> bool {
        self.poller.must_reschedule()
    }

    fn quiescent_state(&self, between: &mut Between) {
        self.poller.quiescent_state(between);
    }

    fn sleep_until_work(&self, between: &mut Between, limit_ns: u64) -> Woken {
        if self.poller.sleep_until_work(between, limit_ns) {
            Woken::ByWork
        } else {
            Woken::ByTimer
        }
    }

    fn sleep_firmly(&self, between: &mut Between, ns: u64) {
        self.poller.sleep_firmly(between, ns);
    }

    fn pass_scheduler(&self, between: &mut Between) {
        self.poller.pass_scheduler(between);
    }

    fn relax(&self) {
        self.poller.relax();
    }

    fn patch_pending(&self) -> bool {
        self.poller.patch_pending()
    }

    fn join_patch(&self, between: &mut Between) {
        self.poller.patch_join(between);
    }
}
