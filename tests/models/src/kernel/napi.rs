// SPDX-License-Identifier: GPL-2.0
//! A NAPI's life: scheduled, polled, completed, disabled.

use crate::state::{bit, Context, State};
use crate::Machine;

impl State {
    /// `napi_schedule_prep()`: whether the caller owns it now.
    pub(crate) fn schedule_prep(&mut self, napi: usize) -> bool {
        let bits = &mut self.napis[napi].bits;
        if *bits & bit::DISABLE != 0 {
            return false;
        }
        if *bits & bit::SCHED != 0 {
            *bits |= bit::MISSED;
            return false;
        }
        *bits |= bit::SCHED;
        true
    }
}

impl Machine {
    /// `__napi_poll()`; whether it wants another poll.
    pub(crate) fn napi_poll(&self, napi: usize, context: Context) -> bool {
        if !self.atomic(|s| s.poll_begins(napi, context)) {
            return false;
        }
        let work = if self.unseen(|s| s.napis[napi].backlog) {
            self.process_backlog(napi)
        } else {
            self.driver_poll(napi, context)
        };
        let spent = work >= self.model.weight;
        self.atomic(|s| {
            s.now_ns += self.model.poll_cost_ns;
            let entry = &mut s.napis[napi];
            if entry.polling == Some(context) {
                entry.polling = None;
            }
        });
        if spent && self.atomic(|s| s.has(napi, bit::DISABLE)) {
            self.complete_done(napi, context);
            return false;
        }
        spent
    }

    /// `napi_complete_done()`: whether the driver may arm the interrupt.
    pub(crate) fn complete_done(&self, napi: usize, context: Context) -> bool {
        if self.atomic(|s| s.has(napi, bit::NPSVC | bit::IN_BUSY_POLL)) {
            return false;
        }
        self.atomic(|s| {
            let entry = &mut s.napis[napi];
            assert!(
                entry.bits & bit::SCHED != 0,
                "completed by who does not own it"
            );
            let missed = entry.bits & bit::MISSED != 0;
            entry.bits &= !bit::MISSED;
            entry.polling = None;
            if missed {
                s.schedule(napi, context, self.model.twin);
                return false;
            }
            entry.bits &= !bit::SCHED;
            true
        })
    }

    /// `napi_disable()`, on another core.
    pub fn disable(&self, napi: usize) {
        self.atomic(|s| s.napis[napi].bits |= bit::DISABLE);
        self.when(
            move |s| !s.has(napi, bit::SCHED | bit::NPSVC),
            |s| s.napis[napi].bits |= bit::SCHED | bit::NPSVC,
        );
        self.atomic(|s| {
            let entry = &mut s.napis[napi];
            entry.bits &= !bit::DISABLE;
            (entry.disabled, entry.armed) = (true, false);
        });
    }
}
