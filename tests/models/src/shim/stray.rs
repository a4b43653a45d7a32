// SPDX-License-Identifier: GPL-2.0
//! `stray.c`.

use crate::state::{bit, Context, State};
use crate::{Machine, Twin};

impl State {
    /// `kbp_is_stray()`.
    fn is_stray(&self, backlog: usize, mark: u32) -> bool {
        let marked = mark | bit::SCHED;
        let free = !self.backlog_thread && !self.napis[backlog].linked;
        self.napis[backlog].bits & (marked | bit::SCHED_THREADED) == marked && free
    }
}

impl Machine {
    /// `kbp_backlog_recover()`, which looks until it can tell.
    pub(crate) fn recover_backlog(&self) {
        if !self.model.escapes || self.errs(Twin::StrayLeftBehind) {
            return;
        }
        let backlog = self.model.napis;
        let mark = match self.model.twin {
            Some(Twin::StrayUnmarked) => 0,
            _ => bit::STRAY,
        };
        let stray = self.with_queue(|s| {
            if s.has(backlog, bit::SCHED) {
                s.napis[backlog].bits |= mark;
            }
            s.is_stray(backlog, mark)
        });
        if !stray {
            return;
        }
        if !self.errs(Twin::StrayCalledTwice) {
            self.when(|s| s.calls == 0, |_| ());
        }
        self.interrupt_between(|s| {
            if s.is_stray(backlog, mark) {
                s.link(backlog);
                s.raise(Context::Interrupt, self.model.twin);
            }
        });
    }
}
