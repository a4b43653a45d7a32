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

    /// The driver's poll function.
    pub(crate) fn driver_poll(&self, napi: usize, context: Context) -> u32 {
        let weight = self.model.weight;
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
