// SPDX-License-Identifier: GPL-2.0
//! Putting a core into a poller's hands, and taking it back.

use super::config;
use crate::datapath::Core;
use crate::engine::{CoreState, YieldReason};
use crate::sys::{self, ControlLock, GateOf};
use crate::uapi::*;
use core::iter;
use kernel::prelude::*;

/// Longest wait for a new thread to take its core.
const START_LIMIT_NS: u64 = 2_000_000_000;

/// The step of an enable that failed, and why.
pub(super) struct Refused {
    pub(super) step: u32,
    pub(super) error: Error,
}

/// Whether `core` has no poller that serves it: an enable makes one.
pub(super) fn is_off(core: u32) -> bool {
    let rescued = GateOf::core(core).is_none_or(GateOf::is_rescued);
    let ends = |entry: &Core| {
        entry.is_stopping() || matches!(entry.state(), KBP_CORE_OFF | KBP_CORE_DRAINING)
    };
    rescued || sys::core(core).is_none_or(ends)
}

/// Whether a core in this state is served by its poller.
pub(super) fn serves(state: u32) -> bool {
    matches!(state, KBP_CORE_POLLING | KBP_CORE_SLEEPING)
}

/// Starts the poller of `core`, which is online, and waits until it has taken the core.
pub(super) fn start(core: u32, lock: &ControlLock) -> core::result::Result<(), Refused> {
    let refused = |step| move |error| Refused { step, error };
    // In the table: checked to be possible before.
    let entry = sys::core(core).ok_or(Refused {
        step: KBP_STEP_PRESENT,
        error: ENODEV,
    })?;
    // A rescued poller that is still kept away serves again by itself, unless it is told to end.
    if is_kept_away(core, entry) {
        return Err(refused(KBP_STEP_STOP)(ETIMEDOUT));
    }
    // A rescued one, or a stop that did not end.
    if stop(iter::once(core), lock).stuck.is_some() {
        return Err(refused(KBP_STEP_STOP)(ETIMEDOUT));
    }
    let settings = entry.config.get();
    sys::limit_exit_latency(core, config::exit_latency(&settings), lock)
        .map_err(refused(KBP_STEP_LATENCY))?;
    if let Err(error) = begin(core, lock) {
        let _ = sys::limit_exit_latency(core, None, lock);
        return Err(refused(KBP_STEP_THREAD)(error));
    }
    if lasts(|| entry.state() == KBP_CORE_STARTING) {
        stop(iter::once(core), lock);
        return Err(refused(KBP_STEP_START)(ETIMEDOUT));
    }
    Ok(())
}

/// Whether the poller of `core` was rescued and does not come round.
fn is_kept_away(core: u32, entry: &Core) -> bool {
    lasts(|| GateOf::core(core).is_some_and(GateOf::is_rescued) && serves(entry.state()))
}

/// Waits while `it_is` so; whether it is so for longer than a start may take.
fn lasts(it_is: impl Fn() -> bool) -> bool {
    let begin_ns = sys::now_ns();
    while it_is() {
        if sys::now_ns().saturating_sub(begin_ns) > START_LIMIT_NS {
            return true;
        }
        sys::pause();
    }
    false
}

/// Makes the thread of `core`, which is online and has none, and does not wait for it.
pub(super) fn begin(core: u32, lock: &ControlLock) -> Result {
    let entry = sys::core(core).ok_or(ENODEV)?;
    entry.set_state(CoreState::Starting, YieldReason::None);
    let policy = config::sched_policy(&entry.config.get());
    if let Err(error) = sys::start_thread(core, policy, lock) {
        entry.set_state(CoreState::Off, YieldReason::None);
        return Err(error);
    }
    entry.set_wanted(true);
    Ok(())
}

/// What stopping has come to.
pub(super) struct Stopped {
    /// Cores that were not off before.
    pub(super) changed: u32,
    /// A core whose thread has not ended; softirq serves it.
    pub(super) stuck: Option<u32>,
}

/// Gives all of `cores` back to softirq at once, then waits for the ends of their threads: all of
/// them together as long as for one, because who waits here holds the CPU hotplug lock.
pub(super) fn stop(cores: impl Iterator<Item = u32> + Clone, lock: &ControlLock) -> Stopped {
    for core in cores.clone() {
        sys::ask_stop(core, lock);
        if let Some(entry) = sys::core(core) {
            entry.set_wanted(false);
            entry.set_stopping(entry.state() != KBP_CORE_OFF);
        }
    }
    let mut stopped = Stopped {
        changed: 0,
        stuck: None,
    };
    let limit_ns = sys::join_limit();
    for core in cores {
        let Some(entry) = sys::core(core) else {
            continue;
        };
        let ended = sys::join(core, limit_ns, lock);
        if !sys::recover_backlog(core, lock) {
            pr_warn!(
                "core {}: cannot tell whether its backlog is stuck; disable it again\n",
                core
            );
        }
        if !ended {
            stopped.stuck = stopped.stuck.or(Some(core));
            continue;
        }
        entry.set_stopping(false);
        if entry.state() != KBP_CORE_OFF {
            entry.set_state(CoreState::Off, YieldReason::None);
            let _ = sys::limit_exit_latency(core, None, lock);
            stopped.changed += 1;
        }
    }
    stopped
}

/// The same for every core there is.
pub(super) fn stop_all(lock: &ControlLock) -> Stopped {
    stop(0..sys::core_limit(), lock)
}
