// SPDX-License-Identifier: GPL-2.0
//! The backlog NAPI: what loopback, veth and RPS put on it, from this core and from others.

use crate::state::{bit, Context, State};
use crate::Machine;

impl State {
    /// `____napi_schedule()` of the backlog, where it is a copy that no hook replaces.
    fn schedule_backlog(&mut self, backlog: usize, machine: &Machine, context: Context) {
        if !machine.model.escapes {
            return self.schedule(backlog, context, machine.model.twin);
        }
        if self.has(backlog, bit::THREADED) && self.backlog_thread {
            self.napis[backlog].bits |= bit::SCHED_THREADED;
            self.thread.sleeping = false;
            return;
        }
        self.link(backlog);
        if !self.in_net_rx {
            // What passes by the hooks passes by the sentry.
            self.ghost.unwatched = true;
            self.raise_past_hooks(context);
        }
    }
}

impl Machine {
    /// A task of this core sends through loopback.
    pub fn send_through_loopback(&self) {
        let backlog = self.model.napis;
        self.bh_disable(Context::Process);
        self.with_queue(|s| {
            s.napis[backlog].ring += 1;
            if !s.has(backlog, bit::SCHED) {
                s.napis[backlog].bits |= bit::SCHED;
                s.schedule_backlog(backlog, self, Context::Process);
            }
        });
        self.bh_enable();
    }

    /// Another core puts a packet on the queue (RPS): the first one with an IPI.
    pub fn packet_from_other_core(&self) {
        let backlog = self.model.napis;
        // It writes the state with plain instructions: a read, and later a write.
        let bits = self.with_queue(|s| {
            s.queue_locked = true;
            s.napis[backlog].bits
        });
        let first = self.atomic(|s| {
            s.queue_locked = false;
            let entry = &mut s.napis[backlog];
            if entry.ring == 0 {
                entry.bits = bits | bit::SCHED;
            }
            entry.ring += 1;
            let first = entry.ring == 1 && bits & bit::SCHED == 0;
            s.calls += u32::from(first);
            first
        });
        if first {
            self.interrupt(|s| {
                s.calls -= 1;
                s.schedule_backlog(backlog, self, Context::Interrupt);
            });
        }
    }

    /// `flush_backlog()`: a device goes away, and takes all that is in the queue with it.
    pub fn flush_backlog(&self) {
        let backlog = self.model.napis;
        self.bh_disable(Context::Process);
        self.with_queue(|s| s.napis[backlog].ring = 0);
        self.bh_enable();
    }

    /// `process_backlog()`.
    pub(crate) fn process_backlog(&self, backlog: usize) -> u32 {
        let weight = self.model.weight;
        self.with_queue(|s| {
            let work = s.take_packets(backlog, weight);
            if work < weight {
                // Interrupts are off, so this and the check of the queue are one step. Kernels
                // without the flag clear the whole word.
                let entry = &mut s.napis[backlog];
                entry.bits &= if self.model.flag { bit::THREADED } else { 0 };
                entry.polling = None;
            }
            work
        })
    }
}
