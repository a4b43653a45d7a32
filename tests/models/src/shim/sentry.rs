// SPDX-License-Identifier: GPL-2.0
//! `sentry.c`. Softirq gets through always, or never.

use crate::state::State;
use crate::{Machine, Twin};

impl State {
    /// `kbp_sentry_raised()`.
    pub(crate) fn sentry_raised(&mut self) {
        if self.gate.sentry && self.trouble {
            self.gate.sentry = false;
            self.gate.called_ns = self.now_ns;
            self.thread.sleeping = false;
        }
    }

    /// The test in `kbp_sentry_begin()`.
    fn may_post(&self) -> bool {
        self.gate.owned && !self.net_rx_waits() && !self.pending
    }

    /// Its effect.
    fn post(&mut self, twin: Option<Twin>) {
        self.gate.owned = false;
        self.gate.sentry = true;
        self.gate.called_ns = 0;
        self.ghost.settled = false;
        if twin != Some(Twin::SentryKeepsFlag) {
            self.in_net_rx = false;
        }
        self.backlog_release(twin);
    }

    /// `kbp_sentry_relieve()`, but for the claim.
    fn relieve(&mut self) {
        self.gate.sentry = false;
        self.gate.owned = true;
        self.ghost.settled = false;
    }
}

impl Machine {
    /// `kbp_sentry_begin()`. Interrupts are off, but other cores may schedule the backlog within.
    fn sentry_begin(&self) -> bool {
        if !self.atomic(|s| s.may_post()) {
            return false;
        }
        let twin = self.model.twin;
        let (posted, undone) = self.atomic(|s| {
            let posted = s.gate.owned;
            if posted {
                s.post(twin);
            }
            let undone = posted && s.net_rx_waits() && twin != Some(Twin::SentryLooksOnce);
            if undone {
                s.relieve();
            }
            (posted, undone)
        });
        if undone {
            self.claim_backlog();
        }
        posted && !undone
    }

    /// `kbp_sentry_end()`.
    fn sentry_end(&self) -> bool {
        let called = self.atomic(|s| {
            let called = !s.gate.sentry;
            if !called {
                s.gate.called_ns = 0;
            }
            s.relieve();
            called
        });
        self.claim_backlog();
        called
    }

    /// `kbp_thread_stand_sentry()`.
    pub(crate) fn stand_sentry(&self) -> bool {
        self.atomic(|s| s.thread.sleeping = true);
        if !self.sentry_begin() {
            self.sleep(true);
            return true;
        }
        self.sleep(self.atomic(|s| s.thread.nudged));
        self.sentry_end()
    }
}
