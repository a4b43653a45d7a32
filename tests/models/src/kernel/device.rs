// SPDX-License-Identifier: GPL-2.0
//! A network device: a ring and an interrupt for each NAPI.

use crate::state::{Context, State};
use crate::Machine;

impl State {
    /// The device interrupts if it may and there is something.
    fn fire(&mut self, napi: usize) {
        let entry = &mut self.napis[napi];
        if entry.armed && entry.ring > 0 {
            entry.armed = false;
            self.lines.push_back(napi);
        }
    }
}

impl Machine {
    /// A packet arrives from the wire.
    pub fn packet(&self, napi: usize) {
        self.atomic(|s| {
            s.napis[napi].ring += 1;
            s.fire(napi);
        });
        self.interrupts_at_once();
    }

    /// Somebody calls the driver without a packet: a spurious or shared interrupt, a watchdog.
    pub fn spurious_interrupt(&self, napi: usize) {
        self.interrupt(|s| {
            if s.schedule_prep(napi) {
                s.napis[napi].armed = false;
                s.schedule(napi, Context::Interrupt, self.model.twin);
            }
        });
    }

    /// A driver calls from a task, bottom halves on, without an interrupt.
    pub fn call_from_task(&self, napi: usize) {
        self.atomic(|s| {
            if s.schedule_prep(napi) {
                s.napis[napi].armed = false;
                s.schedule(napi, Context::Process, self.model.twin);
            }
        });
    }

    /// Its interrupt is made to go to another core while packets come without end.
    pub fn moves_away(&self, napi: usize) {
        self.atomic(|s| s.napis[napi].moved = true);
    }

    /// Waits until the NAPI is polled where its interrupt goes.
    pub fn wait_followed(&self, napi: usize) {
        self.when(move |s| s.napis[napi].followed, |_| ());
    }

    /// The rest of a poll on a core that the interrupt has left, with packets left: i40e's rule.
    fn driver_leaves(&self, napi: usize, context: Context) -> u32 {
        self.complete_done(napi, context);
        // The forced interrupt, on the other core.
        self.atomic(|s| s.napis[napi].followed |= s.schedule_prep(napi));
        self.model.weight - 1
    }

    /// The driver's poll function.
    pub(crate) fn driver_poll(&self, napi: usize, context: Context) -> u32 {
        let weight = self.model.weight;
        if self.atomic(|s| s.napis[napi].moved) {
            return self.driver_leaves(napi, context);
        }
        let work = self.atomic(|s| s.take_packets(napi, weight));
        if work < weight && self.complete_done(napi, context) {
            self.atomic(|s| {
                // Somebody may have scheduled it in between; then its poll arms.
                s.napis[napi].armed = true;
                s.fire(napi);
            });
            self.interrupts_at_once();
        }
        work
    }
}

impl State {
    pub(crate) fn take_packets(&mut self, napi: usize, most: u32) -> u32 {
        let entry = &mut self.napis[napi];
        let work = entry.ring.min(most);
        entry.ring -= work;
        entry.received += work;
        work
    }
}
