// SPDX-License-Identifier: GPL-2.0
//! The engine's traits, carried out on the machine.

use kbp_engine::{
    Between, BottomHalves, Budget, CoreState, CycleReport, Gap, Held, Ledger, Order, Orders,
    Platform, Policy, PolledNapi, Spin, Spun, Taken, Woken, YieldReason,
};
use shuttle::thread;

use crate::state::Context;
use crate::Machine;

impl BottomHalves for Machine {
    fn hold_bottom_halves(&self, _held: &Held) {
        self.hold();
    }

    fn release_bottom_halves(&self, _held: &Held) {
        self.release();
    }
}

impl Platform for Machine {
    fn now_ns(&self) -> u64 {
        self.unseen(|s| {
            s.now_ns += 1;
            s.ghost.last_read_ns = s.now_ns;
            s.now_ns
        })
    }

    fn budget(&self) -> Budget {
        Budget::DEFAULT
    }

    fn take_list(&self, _held: &Held) -> Taken {
        Machine::take_list(self)
    }

    fn poll_next(&self, _held: &Held, hold: bool) -> Option<PolledNapi> {
        Machine::poll_next(self, hold)
    }

    fn count_squeeze(&self, _held: &Held) {}

    fn left_over(&self, _held: &Held) -> u32 {
        self.unseen(|s| s.thread.list.len() as u32)
    }

    fn give_back(&self, _held: &Held) -> u32 {
        Machine::give_back(self)
    }

    fn take_core(&self, _between: &mut Between) {
        self.gate_take();
    }

    fn give_core(&self, _between: &mut Between) {
        self.gate_give();
    }

    fn rescued_ns(&self) -> Option<u64> {
        self.unseen(|s| (s.gate.rescued && self.model.undoes).then_some(s.now_ns))
    }

    fn hooks_in_effect(&self, _between: &mut Between) -> bool {
        Machine::hooks_in_effect(self, Context::Poller)
    }

    fn others_waiting(&self) -> bool {
        false
    }

    fn is_rationed(&self) -> bool {
        false
    }

    fn be_ordinary(&self, _between: &mut Between) {}

    fn be_as_wanted(&self, _between: &mut Between) {}

    fn must_reschedule(&self) -> bool {
        false
    }

    fn quiescent_state(&self, _between: &mut Between) {}

    fn sleep_until_work(&self, _between: &mut Between, _limit_ns: u64) -> Woken {
        Woken::by(Machine::sleep_until_work(self))
    }

    fn post_sentry(&self, _between: &mut Between) -> bool {
        self.sentry_begin()
    }

    fn stand_sentry(&self, _between: &mut Between, _limit_ns: u64) -> Woken {
        Woken::by(Machine::stand_sentry(self))
    }

    fn sleep_firmly(&self, _between: &mut Between, ns: u64) {
        Machine::sleep_firmly(self, ns);
    }

    fn pass_scheduler(&self, _between: &mut Between) {
        thread::yield_now();
    }

    fn spin_until_work(&self, _between: &mut Between, spin: Spin) -> Spun {
        let empty = self.atomic(|s| s.list.is_empty());
        let end_ns = self.unseen(|s| {
            s.now_ns += self.model.relax_ns;
            s.now_ns
        });
        thread::yield_now();
        Spun {
            empty_ns: empty.then_some(spin.now_ns),
            end_ns,
            ..Spun::default()
        }
    }

    fn patch_pending(&self) -> bool {
        self.atomic(|s| s.patch_pending)
    }

    fn join_patch(&self, _between: &mut Between) {
        self.atomic(|s| {
            assert!(!s.gate.owned, "joins a transition while it owns the core");
            s.patch_pending = false;
        });
    }
}

impl Orders for Machine {
    fn current(&self, _between: &mut Between) -> Order {
        if self.should_stop() {
            Order::Stop
        } else if self.unseen(|s| s.suspended) {
            Order::Pause
        } else {
            Order::Serve
        }
    }

    fn version(&self) -> u32 {
        self.unseen(|s| s.version)
    }

    fn policy(&self) -> Policy {
        self.unseen(|s| s.policy)
    }
}

impl Ledger for Machine {
    fn state(&self, state: CoreState, reason: YieldReason) {
        self.unseen(|s| {
            let before = s.ghost.life.replace(state).unwrap_or(CoreState::Starting);
            assert!(before.may_become(state), "life: {before:?} -> {state:?}");
            let serves = matches!(state, CoreState::Polling | CoreState::Sleeping);
            let owned = s.gate.owned || s.ghost.shut_from_outside;
            assert!(!serves || owned, "life-owner: {state:?} without the core");
            let yielded = state == CoreState::Yielded;
            assert!(!yielded || !s.gate.owned, "life-owner: yielded");
            let is_true = reason != YieldReason::Rescue || s.gate.rescued;
            assert!(is_true, "stop: reported as a rescue");
            s.ghost.yields += u32::from(yielded);
        });
    }

    fn polled(&self, napi: &PolledNapi, delay_ns: u64) {
        self.unseen(|s| s.delay_reported(napi.napi_id as usize - 1, delay_ns));
    }

    fn cycle(&self, _report: &CycleReport, _gap: Gap) {}

    fn window(&self, _away_ns: u64, _woken: Woken) {}

    fn slept(&self, _away_ns: u64, _woken: Woken, _spin_ns: u64) {}

    fn yielded(&self, _away_ns: u64) {}

    fn waits_to_retry(&self, _retry_ns: Option<u64>) {}

    fn retried(&self, _away_ns: u64) {}

    fn released(&self) {}

    fn policy(&self, _policy: &Policy) {}

    fn quiescent_state(&self) {}
}
