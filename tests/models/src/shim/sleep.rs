// SPDX-License-Identifier: GPL-2.0
//! `sleep.c`. No timer ever ends a sleep for work here: somebody must.

use crate::state::State;
use crate::{Machine, Twin};

impl State {
    /// The body of `kbp_arm_unless_work()`: whether there is work.
    fn work_waits(&self, twin: Option<Twin>) -> bool {
        let looks = twin != Some(Twin::SleepsWithoutLook);
        (looks && (self.net_rx_waits() || self.pending)) || !self.gate.owned
    }

    fn arm(&mut self, twin: Option<Twin>) {
        self.gate.wake = true;
        if twin != Some(Twin::SleepKeepsFlag) {
            self.in_net_rx = false;
        }
    }
}

impl Machine {
    /// `kbp_thread_should_stop()`.
    pub(crate) fn should_stop(&self) -> bool {
        if self.atomic(|s| s.thread.nudged) {
            self.atomic(|s| s.thread.nudged = false);
        }
        self.atomic(|s| s.thread.stop)
    }

    fn arm_unless_work(&self) -> bool {
        let twin = self.model.twin;
        if self.errs(Twin::ArmsInTwoSteps) {
            let work = self.atomic(|s| s.work_waits(twin));
            if !work {
                self.atomic(|s| s.arm(twin));
            }
            return work;
        }
        self.atomic(|s| {
            let work = s.work_waits(twin);
            if !work {
                s.arm(twin);
            }
            work
        })
    }

    /// `kbp_sleep()`, without the look for a nudge.
    pub(crate) fn sleep(&self, stay: bool) {
        if stay {
            self.atomic(|s| s.thread.sleeping = false);
        } else {
            self.when(|s| !s.thread.sleeping && !s.hogged, |s| s.ghost.sleeps += 1);
        }
    }

    /// `kbp_thread_sleep_until_work()`.
    pub(crate) fn sleep_until_work(&self) -> bool {
        let early = self.errs(Twin::NudgeSeenTooEarly);
        let nudged_before = early && self.atomic(|s| s.thread.nudged);
        self.atomic(|s| s.thread.sleeping = true);
        let mut work = self.arm_unless_work();
        let nudged = if early {
            nudged_before
        } else {
            self.atomic(|s| s.thread.nudged)
        };
        self.sleep(work || nudged);
        self.atomic(|s| {
            work |= !s.gate.wake || s.net_rx_waits();
            s.gate.wake = false;
        });
        work
    }

    /// `kbp_thread_sleep_firmly()`: the timer may fire at any moment.
    pub(crate) fn sleep_firmly(&self, ns: u64) {
        self.atomic(|s| s.thread.sleeping = true);
        if !self.atomic(|s| s.thread.nudged) {
            shuttle::thread::yield_now();
        }
        self.atomic(|s| {
            s.thread.sleeping = false;
            s.now_ns += ns;
        });
    }
}
