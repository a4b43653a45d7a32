// SPDX-License-Identifier: GPL-2.0
//! `kbp_hooks.h` and `gate.c`.

use crate::state::{bit, Context, State};
use crate::{Machine, Twin};

impl State {
    /// `kbp_net_rx_waits()`.
    pub(crate) fn net_rx_waits(&self) -> bool {
        !self.list.is_empty() || self.backlog_called()
    }

    /// `kbp_gate_admit()`.
    pub(crate) fn admit(&mut self, twin: Option<Twin>) -> bool {
        if !self.gate.owned {
            self.sentry_raised();
            return false;
        }
        let gate = &mut self.gate;
        let times = gate.wake || twin == Some(Twin::CalledWhileAwake);
        if times && gate.called_ns == 0 {
            gate.called_ns = self.now_ns;
        }
        if gate.wake {
            gate.wake = false;
            self.thread.sleeping = false;
        }
        true
    }

    /// `kbp_let_go_of_list()`.
    fn let_go_of_list(&mut self) {
        for napi in &self.list {
            self.napis[*napi].bits &= !(bit::HELD | bit::IN_BUSY_POLL);
        }
    }

    /// `kbp_only_held_wait()`.
    pub(crate) fn only_held_wait(&self) -> bool {
        let held = |napi: &usize| self.has(*napi, bit::HELD);
        !self.backlog_called() && self.list.iter().all(held)
    }

    /// `kbp_gate_let_go_here()`.
    pub(crate) fn let_go_here(&mut self) {
        self.let_go_of_list();
        self.raise_past_hooks(Context::Interrupt);
        self.ghost.settled = false;
    }

    /// `kbp_gate_shut_here()`.
    pub(crate) fn shut_here(&mut self, context: Context, twin: Option<Twin>) {
        self.gate.owned = false;
        self.gate.sentry = false;
        self.gate.wake = false;
        self.in_net_rx = false;
        self.backlog_release(twin);
        self.let_go_of_list();
        if twin != Some(Twin::ShutWithoutRaise) {
            self.raise(context, twin);
        }
    }

    /// `kbp_hooks_stop_net_rx()`.
    fn hooks_stop_net_rx(&mut self, context: Context, twin: Option<Twin>) -> bool {
        let (owned, wake, pending) = (self.gate.owned, self.gate.wake, self.pending);
        self.pending = false;
        self.gate.owned = true;
        self.gate.wake = false;
        self.raise(context, twin);
        let live = !self.pending;
        self.gate.owned = owned;
        self.gate.wake = wake && twin != Some(Twin::TryDisarms);
        self.pending = pending && twin != Some(Twin::TryForgetsPending);
        live
    }
}

impl Machine {
    /// `kbp_gate_take()`.
    pub(crate) fn gate_take(&self) {
        self.atomic(|s| {
            s.gate.wake = false;
            s.gate.called_ns = 0;
            s.gate.suspected_ns = 0;
            s.gate.rescued = false;
            s.gate.sentry = false;
            s.ghost.settled = false;
            s.ghost.hooks_were_gone = !s.hooks;
        });
        self.own_here();
        self.claim_backlog();
    }

    /// `kbp_gate_own_here()`: two steps for who looks from elsewhere, one for the core.
    pub(crate) fn own_here(&self) {
        if self.errs(Twin::OwnsAfterTelling) {
            self.tell_watch();
        }
        self.atomic(|s| s.gate.owned = true);
        if !self.errs(Twin::OwnsAfterTelling) {
            self.tell_watch();
        }
    }

    /// `kbp_watch_is_wanted()`.
    pub(crate) fn tell_watch(&self) {
        self.atomic(|s| s.watch_nudged |= s.watch_rests);
    }

    /// `kbp_gate_give()`.
    pub(crate) fn gate_give(&self) {
        self.bh_disable(Context::Poller);
        self.atomic(|s| s.shut_here(Context::Poller, self.model.twin));
        self.bh_enable();
    }

    /// `kbp_gate_shut()`, from another core.
    pub(crate) fn gate_shut(&self) {
        self.interrupt(|s| {
            if s.gate.owned {
                s.ghost.shut_from_outside = true;
                s.shut_here(Context::Interrupt, self.model.twin);
            }
        });
    }

    /// `kbp_hooks_in_effect()`.
    pub(crate) fn hooks_in_effect(&self, context: Context) -> bool {
        self.bh_disable(context);
        let live = self.atomic(|s| s.hooks_stop_net_rx(context, self.model.twin));
        self.bh_enable();
        live
    }
}
