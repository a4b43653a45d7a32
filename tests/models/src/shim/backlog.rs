// SPDX-License-Identifier: GPL-2.0
//! `backlog.c`. The backlog is the last NAPI.

use crate::state::{bit, State};
use crate::{Machine, Twin};

impl State {
    fn backlog(&self) -> usize {
        self.napis.len() - 1
    }

    /// `kbp_backlog_called()`.
    pub(crate) fn backlog_called(&self) -> bool {
        self.claimed && self.has(self.backlog(), bit::SCHED_THREADED)
    }

    /// `kbp_backlog_collect()`.
    fn backlog_collect(&mut self, twin: Option<Twin>) {
        let backlog = self.backlog();
        let sign = match twin {
            Some(Twin::BacklogTakenAsSoonAsOwned) => bit::SCHED,
            _ => bit::SCHED_THREADED,
        };
        if self.has(backlog, sign) && !self.napis[backlog].linked {
            self.napis[backlog].bits &= !bit::SCHED_THREADED;
            self.link(backlog);
        }
    }

    /// `kbp_backlog_claim()`.
    fn backlog_claim(&mut self) {
        let backlog = self.backlog();
        self.napis[backlog].bits |= bit::THREADED;
        self.backlog_thread = true;
        self.claimed = true;
    }

    /// `kbp_backlog_keep()`.
    pub(crate) fn backlog_keep(&mut self, twin: Option<Twin>) {
        if !self.claimed {
            return;
        }
        let backlog = self.backlog();
        self.backlog_collect(twin);
        if twin != Some(Twin::BacklogClaimedOnce) {
            self.napis[backlog].bits |= bit::THREADED;
        }
    }

    /// `kbp_backlog_release()`.
    pub(crate) fn backlog_release(&mut self, twin: Option<Twin>) {
        if !self.claimed {
            return;
        }
        let backlog = self.backlog();
        self.backlog_thread = twin == Some(Twin::BacklogKeepsThread);
        self.napis[backlog].bits &= !bit::THREADED;
        if twin != Some(Twin::BacklogLeftBehind) {
            self.backlog_collect(twin);
        }
        self.claimed = false;
    }
}

impl Machine {
    /// The claim, when the poller takes the core.
    pub(crate) fn claim_backlog(&self) {
        if self.model.escapes {
            self.with_queue(State::backlog_claim);
        }
    }
}
