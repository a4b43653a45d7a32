// SPDX-License-Identifier: GPL-2.0
//! Which tasks hold a livepatch transition back.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::host::processes;
use crate::output::harmless;
use crate::sys::System;

/// A task that has not switched to the target state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Blocker {
    pub(crate) pid: u32,
    pub(crate) comm: String,
    /// The function it is in, as far as the kernel says.
    pub(crate) top_of_stack: String,
}

impl fmt::Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}) in {}", self.pid, self.comm, self.top_of_stack)
    }
}

/// The tasks whose patch state is neither "no transition" (-1) nor the target. Tasks that end
/// during the scan are left out.
pub(crate) fn find(sys: &dyn System, target_enabled: bool) -> Vec<Blocker> {
    let waiting = if target_enabled { "0" } else { "1" };
    let mut blockers = Vec::new();
    for process in processes::folders(sys) {
        let tasks = process.join("task");
        for name in sys.list(&tasks).unwrap_or_default() {
            let task = tasks.join(&name);
            let read = |file: &str| sys.read(&task.join(file)).ok();
            if read("patch_state").is_none_or(|state| state.trim() != waiting) {
                continue;
            }
            let stack = read("stack").unwrap_or_default();
            let top = stack
                .lines()
                .next()
                .and_then(|line| line.split_whitespace().last());
            blockers.push(Blocker {
                pid: name.parse().unwrap_or(0),
                comm: harmless(read("comm").unwrap_or_default().trim()),
                top_of_stack: top.unwrap_or("user space or running").to_owned(),
            });
        }
    }
    blockers
}

/// One phrase for an error: who holds the transition back.
pub(crate) fn phrase(blockers: &[Blocker]) -> String {
    const NAMED: usize = 5;
    if blockers.is_empty() {
        // /proc does not list the idle tasks, which switch as soon as their core goes idle.
        return "no task of /proc holds it back at this moment; an idle task of a core may"
            .to_owned();
    }
    let mut names: Vec<String> = blockers
        .iter()
        .take(NAMED)
        .map(Blocker::to_string)
        .collect();
    if let Some(more) = blockers.len().checked_sub(NAMED).filter(|more| *more > 0) {
        names.push(format!("{more} more"));
    }
    format!("held back by {}", names.join(", "))
}
