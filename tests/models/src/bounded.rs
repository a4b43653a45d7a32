// SPDX-License-Identifier: GPL-2.0
//! Every schedule with few preemptions.

use shuttle::scheduler::{DfsScheduler, Schedule, Scheduler, Task, TaskId};

/// The exhaustive scheduler, kept from preempting more than a few times in one schedule.
#[derive(Debug)]
pub(crate) struct Bounded {
    all: DfsScheduler,
    most: usize,
    left: usize,
}

impl Bounded {
    /// Schedules after which it gives up.
    pub(crate) const MOST: usize = 3_000_000;

    pub(crate) fn new(preemptions: usize) -> Self {
        Self {
            all: DfsScheduler::new(Some(Self::MOST), false),
            most: preemptions,
            left: preemptions,
        }
    }
}

impl Scheduler for Bounded {
    fn new_execution(&mut self) -> Option<Schedule> {
        self.left = self.most;
        self.all.new_execution()
    }

    fn next_task(
        &mut self,
        runnable: &[&Task],
        current: Option<TaskId>,
        is_yielding: bool,
    ) -> Option<TaskId> {
        let goes_on = |task: &&&Task| Some(task.id()) == current && !is_yielding;
        let Some(same) = runnable.iter().find(goes_on).copied() else {
            return self.all.next_task(runnable, current, is_yielding);
        };
        if self.left == 0 {
            return self.all.next_task(&[same], current, is_yielding);
        }
        let next = self.all.next_task(runnable, current, is_yielding);
        if next != current {
            self.left -= 1;
        }
        next
    }

    fn next_u64(&mut self) -> u64 {
        self.all.next_u64()
    }
}
