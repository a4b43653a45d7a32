// SPDX-License-Identifier: GPL-2.0
//! A core and its kernel in a few plain values, so that a poller can be run step by step.
//! Time moves only when somebody spends it.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use kbp_engine::engine::{
    CoreState, CycleReport, Ledger, Platform, PolledNapi, Woken, YieldReason,
};

/// What a script lets happen before the `n`-th look at the stop flag.
pub(crate) type Script = Box<dyn Fn(u64, &World)>;

/// Two ticks at 250 Hz.
const TICKS_NS: u64 = 8_000_000;

/// The world of one poller.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) now_ns: Cell<u64>,
    /// NAPIs on the core's list: how many polls each still wants.
    pub(crate) list: RefCell<VecDeque<u32>>,
    taken: RefCell<VecDeque<u32>>,
    repoll: RefCell<VecDeque<u32>>,
    pub(crate) guard_depth: Cell<u32>,
    pub(crate) owned: Cell<bool>,
    pub(crate) net_rx_pending: Cell<bool>,
    pub(crate) others_waiting: Cell<bool>,
    pub(crate) patch_pending: Cell<bool>,
    pub(crate) stop: Cell<bool>,
    pub(crate) poll_cost_ns: Cell<u64>,
    pub(crate) clock_steps_back_ns: Cell<u64>,
    pub(crate) looks: Cell<u64>,
    pub(crate) polled: Cell<u64>,
    pub(crate) served_by_softirq: Cell<u64>,
    pub(crate) slept_ns: Cell<u64>,
    pub(crate) states: RefCell<Vec<CoreState>>,
    pub(crate) reports: RefCell<Vec<CycleReport>>,
    pub(crate) quiescent_at: RefCell<Vec<u64>>,
    pub(crate) script: RefCell<Option<Script>>,
}

impl World {
    /// A driver schedules a NAPI that wants `polls` polls.
    pub(crate) fn schedule(&self, polls: u32) {
        self.list.borrow_mut().push_back(polls);
    }

    fn spend(&self, ns: u64) {
        self.now_ns.set(self.now_ns.get() + ns);
    }

    fn must_be_guarded(&self) {
        assert_eq!(self.guard_depth.get(), 1, "outside the guard");
    }

    fn must_be_free(&self) {
        assert_eq!(self.guard_depth.get(), 0, "inside the guard");
    }
}

impl Platform for World {
    fn now_ns(&self) -> u64 {
        self.spend(10);
        self.now_ns.get()
    }

    fn hold_bottom_halves(&self) {
        self.must_be_free();
        self.guard_depth.set(1);
    }

    fn release_bottom_halves(&self) {
        self.must_be_guarded();
        self.guard_depth.set(0);
        assert!(
            self.taken.borrow().is_empty(),
            "a NAPI left the guard with the poller"
        );
    }

    fn take_list(&self) -> u32 {
        self.must_be_guarded();
        self.taken.borrow_mut().append(&mut self.list.borrow_mut());
        u32::from(self.net_rx_pending.replace(false))
    }

    fn poll_next(&self) -> Option<PolledNapi> {
        self.must_be_guarded();
        let wants = self.taken.borrow_mut().pop_front()?;
        self.spend(self.poll_cost_ns.get());
        let back_ns = self.clock_steps_back_ns.take();
        self.now_ns.set(self.now_ns.get() - back_ns);
        self.polled.set(self.polled.get() + 1);
        if wants > 1 {
            self.repoll.borrow_mut().push_back(wants - 1);
        }
        Some(PolledNapi {
            packets: if wants > 1 { 64 } else { 1 },
        })
    }

    fn has_more(&self) -> bool {
        self.must_be_guarded();
        !self.taken.borrow().is_empty()
    }

    fn give_back(&self) -> u32 {
        self.must_be_guarded();
        let mut list = self.list.borrow_mut();
        let newly = std::mem::take(&mut *list);
        list.append(&mut self.taken.borrow_mut());
        list.extend(newly);
        list.append(&mut self.repoll.borrow_mut());
        u32::from(self.net_rx_pending.replace(false))
    }

    fn take_core(&self) {
        self.must_be_free();
        self.owned.set(true);
    }

    fn give_core(&self) {
        self.must_be_free();
        self.owned.set(false);
        let mut list = self.list.borrow_mut();
        self.served_by_softirq
            .set(self.served_by_softirq.get() + list.len() as u64);
        list.clear();
    }

    fn others_waiting(&self) -> bool {
        self.others_waiting.get()
    }

    fn quiescent_state(&self) {
        self.must_be_free();
        self.quiescent_at.borrow_mut().push(self.now_ns.get());
    }

    fn sleep_until_work(&self) -> Woken {
        self.must_be_free();
        if !self.list.borrow().is_empty() {
            return Woken::ByWork;
        }
        self.sleep_firmly(TICKS_NS);
        Woken::ByTimer
    }

    fn sleep_firmly(&self, ns: u64) {
        self.must_be_free();
        self.spend(ns);
        self.slept_ns.set(self.slept_ns.get() + ns);
    }

    fn pass_scheduler(&self) {
        self.must_be_free();
    }

    fn relax(&self) {
        self.must_be_free();
        self.spend(1_000);
    }

    fn patch_pending(&self) -> bool {
        self.must_be_free();
        self.patch_pending.get()
    }

    fn join_patch(&self) {
        self.must_be_free();
        assert!(
            !self.owned.get(),
            "joins a transition while it owns the core"
        );
        self.patch_pending.set(false);
    }

    fn stop_requested(&self) -> bool {
        self.must_be_free();
        let look = self.looks.get();
        self.looks.set(look + 1);
        if let Some(script) = &*self.script.borrow() {
            script(look, self);
        }
        self.stop.get()
    }
}

impl Ledger for World {
    fn state(&self, state: CoreState, _reason: YieldReason) {
        let mut states = self.states.borrow_mut();
        let before = states.last().copied().unwrap_or(CoreState::Starting);
        assert!(before.may_become(state), "{before:?} -> {state:?}");
        let serves = matches!(state, CoreState::Polling | CoreState::Sleeping);
        assert!(
            !serves || self.owned.get(),
            "life-owner: {state:?} without the core"
        );
        assert!(
            state != CoreState::Yielded || !self.owned.get(),
            "life-owner: yielded"
        );
        states.push(state);
    }

    fn cycle(&self, report: &CycleReport, _gap_ns: u64) {
        self.reports.borrow_mut().push(*report);
    }

    fn window(&self, _woken: Woken) {}

    fn quiescent_state(&self) {}
}
