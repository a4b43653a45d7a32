// SPDX-License-Identifier: GPL-2.0
//! The poller's orders, and what it reports.

use kbp_engine::{
    Between, CoreState, CycleReport, Gap, Ledger, Order, Orders, Policy, PolledNapi, Woken,
    YieldReason,
};

use super::{Away, World};

impl Orders for World {
    fn current(&self, _between: &mut Between) -> Order {
        self.must_be_free();
        let look = self.looks.get();
        self.looks.set(look + 1);
        assert!(look < 20_000_000, "the story does not end");
        if let Some(script) = &*self.script.borrow() {
            script(look, self);
        }
        self.nudged.set(false);
        if self.stop.get() {
            Order::Stop
        } else if self.suspended.get() {
            Order::Pause
        } else {
            Order::Serve
        }
    }

    fn version(&self) -> u32 {
        self.version.get()
    }

    fn policy(&self) -> Policy {
        self.policy.get()
    }
}

impl Ledger for World {
    fn state(&self, state: CoreState, reason: YieldReason) {
        let mut states = self.states.borrow_mut();
        let before = states.last().map_or(CoreState::Starting, |(_, s, _)| *s);
        assert!(before.may_become(state), "{before:?} -> {state:?}");
        let serves = matches!(state, CoreState::Polling | CoreState::Sleeping);
        let owned = self.owned.get() || self.shut_from_outside.get();
        assert!(!serves || owned, "life-owner: {state:?} without the core");
        if state == CoreState::Yielded {
            assert!(!self.owned.get(), "life-owner: yielded");
            assert!(reason != YieldReason::None, "yielded for nothing");
            self.assert_released();
        }
        states.push((self.now_ns.get(), state, reason));
    }

    fn polled(&self, napi: &PolledNapi, delay_ns: u64) {
        let index = napi.napi_id as usize - 1;
        // What it had waited for when its poll began; the poll itself has renewed it.
        let Some(waited_ns) = self.napis.borrow()[index].waited_ns else {
            return;
        };
        let excess_ns = delay_ns as i64 - waited_ns as i64;
        self.least_excess_ns
            .set(self.least_excess_ns.get().min(excess_ns));
        self.longest_excess_ns
            .set(self.longest_excess_ns.get().max(excess_ns));
    }

    fn cycle(&self, report: &CycleReport, gap: Gap) {
        let blind_ns = self.longest_blind_ns.get().max(gap.blind_ns);
        self.longest_blind_ns.set(blind_ns);
        assert!(!report.lost, "a lost cycle was counted");
        self.reports.borrow_mut().push(*report);
    }

    fn window(&self, away_ns: u64, woken: Woken) {
        self.windows.borrow_mut().push(Away {
            end_ns: self.now_ns.get(),
            ns: away_ns,
            woken,
            spin_ns: 0,
        });
    }

    fn slept(&self, away_ns: u64, woken: Woken, spin_ns: u64) {
        self.sleeps.borrow_mut().push(Away {
            end_ns: self.now_ns.get(),
            ns: away_ns,
            woken,
            spin_ns,
        });
    }

    fn yielded(&self, _away_ns: u64) {}

    fn waits_to_retry(&self, retry_ns: Option<u64>) {
        self.retry_ns.set(retry_ns);
    }

    fn retried(&self, away_ns: u64) {
        self.retries_ns.borrow_mut().push(away_ns);
    }

    fn released(&self) {
        self.releases.set(self.releases.get() + 1);
    }

    fn policy(&self, policy: &Policy) {
        let cycles = self.reports.borrow().len();
        self.followed.borrow_mut().push((cycles, *policy));
    }

    fn quiescent_state(&self) {}
}
