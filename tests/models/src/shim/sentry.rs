// SPDX-License-Identifier: GPL-2.0
//! `sentry.c`. Softirq gets through always, or never.

use crate::state::{Context, State};
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

    /// The step with interrupts off in `kbp_sentry_begin()`: whether it has begun.
    fn post(&mut self, twin: Option<Twin>) -> bool {
        if !self.gate.owned {
            return false;
        }
        self.shut_here(Context::Poller, twin);
        self.gate.called_ns = 0;
        self.gate.sentry = true;
        self.ghost.on_sentry = true;
        self.ghost.unwatched = false;
        self.ghost.settled = false;
        if self.net_rx_waits() && twin != Some(Twin::SentryLeavesUnwatched) {
            self.sentry_raised();
            self.gate.called_ns = 0;
        }
        true
    }
}

impl Machine {
    /// `kbp_sentry_begin()`.
    pub(crate) fn sentry_begin(&self) -> bool {
        self.bh_disable(Context::Poller);
        let twin = self.model.twin;
        let begun = self.atomic(|s| s.post(twin));
        self.bh_enable();
        begun
    }

    /// `kbp_sentry_end()`.
    fn sentry_end(&self) -> bool {
        let called = self.atomic(|s| {
            let called = !s.gate.sentry;
            if !called {
                s.gate.called_ns = 0;
            }
            s.gate.sentry = false;
            s.gate.owned = true;
            s.ghost.on_sentry = false;
            s.ghost.settled = false;
            called
        });
        self.tell_watch();
        self.claim_backlog();
        called
    }

    /// `kbp_thread_stand_sentry()`.
    pub(crate) fn stand_sentry(&self) -> bool {
        self.atomic(|s| s.thread.sleeping = true);
        let looks = !self.errs(Twin::SentryLooksNot);
        let called = self.atomic(|s| looks && !s.gate.sentry);
        self.sleep(called || self.atomic(|s| s.thread.nudged));
        self.sentry_end()
    }
}
