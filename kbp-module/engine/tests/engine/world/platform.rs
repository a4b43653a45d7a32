// SPDX-License-Identifier: GPL-2.0
//! The acts of a poller, carried out on plain values.

use std::mem::take;

use kbp_engine::{
    Between, BottomHalves, Budget, Held, Platform, PolledNapi, Spin, Spun, Taken, Woken,
};

use super::World;

/// A tick at 250 Hz.
const TICK_NS: u64 = 4_000_000;
/// Packets of a poll that used up its weight.
const WEIGHT: u32 = 64;

/// A timer wheel knows nothing smaller.
fn whole_ticks(ns: u64) -> u64 {
    ns.div_ceil(TICK_NS) * TICK_NS
}

impl World {
    fn must_be_guarded(&self) {
        assert_eq!(self.guard_depth.get(), 1, "outside the guard");
    }

    pub(super) fn must_be_free(&self) {
        assert_eq!(self.guard_depth.get(), 0, "inside the guard");
    }

    /// RCU and livepatch have seen the poller.
    fn was_quiescent(&self, from_ns: u64) {
        let unquiet_ns = from_ns.saturating_sub(self.quiet_since_ns.get());
        self.longest_unquiet_ns
            .set(self.longest_unquiet_ns.get().max(unquiet_ns));
        self.quiet_since_ns.set(self.now_ns.get());
    }

    fn pass_through(&self) {
        self.must_be_free();
        self.must_reschedule.set(false);
        self.was_quiescent(self.now_ns.get());
    }

    /// Whether the poller may leave the core, which clears the kernel's flag. Not while there is work.
    fn may_leave(&self) -> bool {
        if !self.list.borrow().is_empty() || !self.owned.get() || self.net_rx_pending.get() {
            self.pass_through();
            return false;
        }
        assert!(
            self.napis.borrow().iter().all(|napi| !napi.held),
            "leaves the core while a NAPI is held"
        );
        self.in_net_rx_action.set(false);
        true
    }

    /// Away for `ns`, until control calls or `enough`.
    fn sleep(&self, ns: u64, enough: impl Fn() -> bool) {
        self.must_be_free();
        let begin_ns = self.now_ns.get();
        let end_ns = begin_ns + ns;
        let mut over = self.nudged.get() || enough();
        while !over {
            if !self.next_event_by(end_ns) {
                self.now_ns.set(end_ns);
                break;
            }
            over = self.nudged.get() || enough();
        }
        let away_ns = self.now_ns.get() - begin_ns;
        self.slept_ns.set(self.slept_ns.get() + away_ns);
        let wants_ns = self.reader_wants_ns.get().saturating_sub(away_ns);
        self.reader_wants_ns.set(wants_ns);
        self.was_quiescent(begin_ns);
    }
}

impl BottomHalves for World {
    fn hold_bottom_halves(&self, _held: &Held) {
        self.must_be_free();
        self.guard_depth.set(1);
    }

    fn release_bottom_halves(&self, _held: &Held) {
        self.must_be_guarded();
        assert!(
            self.taken.borrow().is_empty() && self.repoll.borrow().is_empty(),
            "a NAPI left the guard with the poller"
        );
        self.guard_depth.set(0);
        self.run_softirq();
    }
}

/// Looks at the list in a spin.
const LOOKS: u64 = 4;

impl Platform for World {
    fn now_ns(&self) -> u64 {
        self.spend(10);
        self.now_ns.get()
    }

    fn budget(&self) -> Budget {
        self.budget.get()
    }

    fn take_list(&self, _held: &Held) -> Taken {
        self.must_be_guarded();
        let called_ns = self.called_ns.take();
        self.took_owned.set(self.owned.get());
        if !self.owned.get() {
            return Taken {
                lost: true,
                absorbed: 0,
                called_ns,
                preempted: self.preempted.get(),
            };
        }
        self.in_net_rx_action.set(true);
        self.taken.borrow_mut().append(&mut self.list.borrow_mut());
        Taken {
            lost: false,
            absorbed: u32::from(self.net_rx_pending.replace(false)),
            called_ns,
            preempted: self.preempted.get(),
        }
    }

    fn poll_next(&self, _held: &Held, hold: bool) -> Option<PolledNapi> {
        self.must_be_guarded();
        assert!(
            self.took_owned.get(),
            "closed-gate: polled without the core"
        );
        let index = self.taken.borrow_mut().pop_front()?;
        let begin_ns = self.now_ns.get();
        let (was_held, is_held, wants) = {
            let mut napis = self.napis.borrow_mut();
            let napi = &mut napis[index];
            assert!(napi.scheduled, "NAPI {index} is nobody's");
            napi.waited_ns = napi
                .waits_since_ns
                .take()
                .map(|since_ns| begin_ns.saturating_sub(since_ns));
            let (was_held, is_held) = (napi.held, hold && napi.holdable);
            if !is_held {
                self.note_release(napi);
            } else if !was_held {
                (napi.held, napi.held_since_ns) = (true, begin_ns);
            }
            (was_held, is_held, take(&mut napi.wants))
        };
        self.spend(self.poll_cost_ns.get());
        self.now_ns
            .set(self.now_ns.get() - self.clock_steps_back_ns.take());
        self.polled.set(self.polled.get() + u64::from(wants > 0));
        if wants > 0 {
            let wants_ns = self.reader_wants_ns.get() + self.reader_cost_ns.get();
            self.reader_wants_ns.set(wants_ns);
            let most_ns = self.reader_wanted_most_ns.get().max(wants_ns);
            self.reader_wanted_most_ns.set(most_ns);
        }
        let exhausted = wants > 1;
        self.end_poll(index, wants.saturating_sub(1), is_held);
        Some(PolledNapi {
            packets: if exhausted { WEIGHT } else { wants },
            napi_id: index as u32 + 1,
            backlog: !self.napis.borrow()[index].holdable,
            exhausted,
            was_held,
            is_held,
            ..PolledNapi::default()
        })
    }

    fn count_squeeze(&self, _held: &Held) {
        self.must_be_guarded();
        self.squeezes.set(self.squeezes.get() + 1);
    }

    fn left_over(&self, _held: &Held) -> u32 {
        self.must_be_guarded();
        self.taken.borrow().len() as u32
    }

    fn give_back(&self, _held: &Held) -> u32 {
        self.must_be_guarded();
        let mut list = self.list.borrow_mut();
        let newly = take(&mut *list);
        list.append(&mut self.taken.borrow_mut());
        list.extend(newly);
        list.append(&mut self.repoll.borrow_mut());
        if self.owned.get() {
            return u32::from(self.net_rx_pending.replace(false));
        }
        self.net_rx_pending
            .set(self.net_rx_pending.get() || !list.is_empty());
        0
    }

    fn take_core(&self, _between: &mut Between) {
        self.must_be_free();
        assert!(
            !self.hooks_untried.get(),
            "took a core without a try of the hooks"
        );
        self.begun.set(true);
        self.owned.set(true);
        self.rescued_ns.set(None);
        self.called_ns.set(None);
        self.quiet_since_ns.set(self.now_ns.get());
    }

    fn give_core(&self, _between: &mut Between) {
        self.must_be_free();
        self.shut();
    }

    fn rescued_ns(&self) -> Option<u64> {
        self.rescued_ns.get()
    }

    fn hooks_in_effect(&self, _between: &mut Between) -> bool {
        self.must_be_free();
        self.hooks_untried.set(false);
        self.hooks.get()
    }

    fn others_waiting(&self) -> bool {
        self.others_waiting.get() || self.reader_wants_ns.get() > 0
    }

    fn is_rationed(&self) -> bool {
        self.rationed.get()
    }

    fn be_ordinary(&self, _between: &mut Between) {
        self.must_be_free();
        assert_eq!(self.ordinary_since_ns.get(), None, "it is one");
        self.ordinary_since_ns.set(Some(self.now_ns.get()));
    }

    fn be_as_wanted(&self, _between: &mut Between) {
        self.must_be_free();
        let since_ns = self.ordinary_since_ns.take().expect("it is as wanted");
        let ns = self.now_ns.get() - since_ns;
        self.ordinary_ns.set(self.ordinary_ns.get() + ns);
        if self.others_waiting.get() {
            let beside_ns = self.now_ns.get() - self.others_since_ns.get().max(since_ns);
            let longest_ns = self.longest_ordinary_beside_task_ns.get().max(beside_ns);
            self.longest_ordinary_beside_task_ns.set(longest_ns);
        }
    }

    fn must_reschedule(&self) -> bool {
        self.must_reschedule.get()
    }

    fn quiescent_state(&self, _between: &mut Between) {
        self.must_be_free();
        self.was_quiescent(self.now_ns.get());
    }

    fn sleep_until_work(&self, _between: &mut Between, limit_ns: u64) -> Woken {
        if !self.may_leave() {
            return Woken::ByWork;
        }
        self.asleep.set(true);
        self.sleep(whole_ticks(limit_ns), || self.called_ns.get().is_some());
        self.asleep.set(false);
        Woken::by(self.called_ns.get().is_some())
    }

    fn post_sentry(&self, _between: &mut Between) -> bool {
        self.must_be_free();
        let owned = self.owned.replace(false);
        if owned {
            self.sentry.set(true);
            self.in_net_rx_action.set(false);
            self.raise_net_rx();
            self.called_ns.set(None);
        }
        owned
    }

    fn stand_sentry(&self, _between: &mut Between, limit_ns: u64) -> Woken {
        self.must_be_free();
        self.sleep(whole_ticks(limit_ns), || !self.sentry.get());
        self.owned.set(true);
        Woken::by(!self.sentry.replace(false))
    }

    fn sleep_firmly(&self, _between: &mut Between, ns: u64) {
        assert_eq!(
            self.ordinary_since_ns.get(),
            None,
            "not as control wants it"
        );
        self.sleep(ns, || false);
    }

    fn pass_scheduler(&self, _between: &mut Between) {
        self.pass_through();
    }

    fn spin_until_work(&self, _between: &mut Between, spin: Spin) -> Spun {
        self.must_be_free();
        assert!(spin.now_ns <= self.now_ns.get());
        let spin_ns = self.relax_ns.get().min(spin.limit_ns).max(1);
        self.longest_spin_ns
            .set(self.longest_spin_ns.get().max(spin_ns));
        let look_ns = spin_ns.div_ceil(LOOKS);
        let mut spun = Spun {
            end_ns: spin.now_ns,
            longest_ns: look_ns,
            ..Spun::default()
        };
        if !self.list.borrow().is_empty() {
            // A cycle takes no time here, so one must pass before the next.
            self.spend(spin_ns);
        }
        while spun.looks_ns < spin_ns && self.list.borrow().is_empty() {
            spun.empty_ns = Some(spun.end_ns);
            self.spend(look_ns);
            spun.end_ns = self.now_ns.get();
            spun.looks += 1;
            spun.looks_ns += look_ns;
        }
        spun
    }

    fn patch_pending(&self) -> bool {
        self.must_be_free();
        self.spend(1);
        self.patch_pending.get()
    }

    fn join_patch(&self, _between: &mut Between) {
        self.must_be_free();
        assert!(
            !self.owned.get(),
            "joins a transition while it owns the core"
        );
        self.joins.set(self.joins.get() + 1);
        self.end_patch();
    }
}
