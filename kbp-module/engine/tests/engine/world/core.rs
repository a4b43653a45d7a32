// SPDX-License-Identifier: GPL-2.0
//! The core: time, interrupts, softirq, and what happens to it from outside.

use kbp_engine::Budget;

use super::{Event, Napi, World};

impl World {
    /// A driver schedules a NAPI of its own that wants `polls` polls; its number.
    pub(crate) fn schedule(&self, polls: u32) -> usize {
        let index = self.add_napi(true);
        self.arrive(index, polls);
        index
    }

    /// The same for `count` NAPIs.
    pub(crate) fn schedule_all(&self, count: usize, polls: u32) {
        (0..count).for_each(|_| {
            self.schedule(polls);
        });
    }

    /// An idle NAPI; its number.
    pub(crate) fn add_napi(&self, holdable: bool) -> usize {
        let mut napis = self.napis.borrow_mut();
        napis.push(Napi::idle(holdable));
        napis.len() - 1
    }

    /// Packets for `polls` polls arrive; the interrupt, if it is on, schedules the NAPI.
    pub(crate) fn arrive(&self, index: usize, polls: u32) {
        let interrupt = {
            let mut napis = self.napis.borrow_mut();
            let napi = &mut napis[index];
            napi.wants = napi.wants.saturating_add(polls);
            napi.waits_since_ns.get_or_insert(self.now_ns.get());
            let fires = napi.armed;
            napi.armed = false;
            napi.scheduled |= fires;
            fires
        };
        if interrupt {
            self.list.borrow_mut().push_back(index);
            if !self.in_net_rx_action.get() {
                self.raise_net_rx();
            }
        }
    }

    /// NET_RX is raised: the poller is called if the hooks are in effect and it has the core.
    pub(super) fn raise_net_rx(&self) {
        if self.owned.get() && self.hooks.get() {
            if self.asleep.get() && self.called_ns.get().is_none() {
                self.called_ns.set(Some(self.now_ns.get()));
            }
            return;
        }
        self.net_rx_pending.set(true);
        if self.sentry.get() && self.in_trouble.get() && !self.list.borrow().is_empty() {
            self.sentry.set(false);
            self.called_ns.set(Some(self.now_ns.get()));
            return;
        }
        self.run_softirq();
    }

    /// What runs as soon as bottom halves may.
    pub(super) fn run_softirq(&self) {
        let may_run = self.begun.get() && self.guard_depth.get() == 0;
        if !may_run || !self.net_rx_pending.replace(false) {
            return;
        }
        self.in_net_rx_action.set(false);
        for index in std::mem::take(&mut *self.list.borrow_mut()) {
            let mut napis = self.napis.borrow_mut();
            let napi = &mut napis[index];
            self.served_by_softirq
                .set(self.served_by_softirq.get() + u64::from(napi.wants > 0));
            self.note_release(napi);
            *napi = Napi::idle(napi.holdable);
        }
    }

    /// The core is softirq's from here on.
    pub(super) fn shut(&self) {
        self.begun.set(true);
        self.owned.set(false);
        self.sentry.set(false);
        self.in_net_rx_action.set(false);
        self.net_rx_pending.set(true);
        self.run_softirq();
    }

    /// `napi` comes to rest; for how long it did not.
    pub(super) fn note_release(&self, napi: &mut Napi) {
        if std::mem::take(&mut napi.held) {
            let ns = self.now_ns.get().saturating_sub(napi.held_since_ns);
            self.longest_hold_ns.set(self.longest_hold_ns.get().max(ns));
        }
    }

    /// Lets `ns` pass with all that happens meanwhile.
    pub(crate) fn spend(&self, ns: u64) {
        let end_ns = self.now_ns.get() + ns;
        while self.next_event_by(end_ns) {}
        self.now_ns.set(end_ns.max(self.now_ns.get()));
    }

    /// Goes on to the next event, if it is due by `end_ns`.
    pub(super) fn next_event_by(&self, end_ns: u64) -> bool {
        let event = {
            let mut timeline = self.timeline.borrow_mut();
            match timeline.front() {
                Some((at_ns, _)) if *at_ns <= end_ns => timeline.pop_front(),
                _ => None,
            }
        };
        let Some((at_ns, event)) = event else {
            return false;
        };
        self.now_ns.set(at_ns.max(self.now_ns.get()));
        self.happen(event);
        true
    }

    /// What `event` does.
    pub(crate) fn happen(&self, event: Event) {
        match event {
            Event::Arrive(index, polls) => self.arrive(index, polls),
            Event::Hooks(live) => self.hooks.set(live),
            Event::Patch => self.patch_pending.set(true),
            Event::PatchOver => self.end_patch(),
            Event::Suspend(sleeps) => {
                self.suspended.set(sleeps);
                self.nudged.set(true);
            }
            Event::Shut if self.owned.get() => {
                self.shut_from_outside.set(true);
                self.shut();
            }
            Event::Shut => {}
            Event::Rescue => {
                if self.owned.get() {
                    self.rescued_ns.set(Some(self.now_ns.get()));
                    self.happen(Event::Shut);
                }
            }
            Event::Follow(policy) => {
                self.policy.set(policy);
                self.version.set(self.version.get().wrapping_add(1));
                self.nudged.set(true);
            }
            Event::Others(waiting) => {
                self.others_waiting.set(waiting);
                self.others_since_ns.set(self.now_ns.get());
            }
            Event::Budget(packets) => self.budget.set(Budget::of_kernel(packets, 8_000)),
            Event::Trouble(is_there) => self.in_trouble.set(is_there),
            Event::Ration(rationed) => self.rationed.set(rationed),
            Event::Reschedule => self.must_reschedule.set(true),
            Event::Raise => self.raise_net_rx(),
            Event::Stop => {
                self.stop.set(true);
                self.nudged.set(true);
            }
        }
    }

    /// The transition that waited for the poller is over.
    pub(super) fn end_patch(&self) {
        self.hooks_untried
            .set(self.hooks_untried.get() || self.patch_pending.get());
        self.patch_pending.set(false);
    }

    /// A poll of a NAPI has ended that still wants `left` more.
    pub(super) fn end_poll(&self, index: usize, left: u32, is_held: bool) {
        let mut napis = self.napis.borrow_mut();
        let napi = &mut napis[index];
        napi.wants = napi.wants.saturating_add(left);
        if left > 0 {
            napi.waits_since_ns.get_or_insert(self.now_ns.get());
        }
        if left > 0 || is_held {
            return self.repoll.borrow_mut().push_back(index);
        }
        (napi.scheduled, napi.armed) = (false, true);
        if napi.wants > 0 {
            drop(napis);
            self.arrive(index, 0);
        }
    }
}
