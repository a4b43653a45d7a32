// SPDX-License-Identifier: GPL-2.0
//! Passes over the core's list. A pass polls every NAPI that is on the list when it begins: in one
//! cycle, or where the budget is used up before, in several. What a cycle has left over is first in
//! the next, so it only needs counting.

use super::ledger::CycleReport;

/// The pass under way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pass {
    began_ns: u64,
    /// NAPIs that were on the list then and have not been polled since.
    left: u32,
    /// One of its cycles might hold NAPIs.
    may_hold: bool,
}

impl Pass {
    /// A cycle has ended that might `hold` NAPIs: the last pass that it ended, if any.
    pub(super) fn follow(&mut self, report: &CycleReport, hold: bool) -> Option<Ended> {
        let may_hold = self.may_hold || hold;
        if self.left > report.polls {
            self.left -= report.polls;
            self.may_hold = may_hold;
            return None;
        }
        let before = (self.left > 0).then_some(Ended {
            began_ns: self.began_ns,
            may_hold,
        });
        *self = Self {
            began_ns: report.start_ns,
            left: report.left,
            may_hold: hold,
        };
        if self.left > 0 {
            return before;
        }
        Some(Ended {
            began_ns: self.began_ns,
            may_hold: hold,
        })
    }
}

/// A pass that has ended: whatever was on the list when it began has been polled since.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    /// When it began.
    pub(super) began_ns: u64,
    /// Some of its polls may have held NAPIs; if not, none is held.
    pub(super) may_hold: bool,
}
