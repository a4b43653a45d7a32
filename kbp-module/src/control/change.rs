// SPDX-License-Identifier: GPL-2.0
//! Enabling and disabling cores: check everything, then commit, or undo and say what failed.

use super::{hooks_live, stop};
use crate::engine::{CoreState, YieldReason};
use crate::sys::{self, ControlLock, Thread};
use crate::uapi::*;
use kernel::prelude::*;

/// Longest wait for a created thread to take its core.
const START_LIMIT_NS: u64 = 2_000_000_000;

/// A check or act that failed; becomes the out fields of the request.
struct Failure {
    step: u32,
    core: u32,
    error: Error,
}

impl Failure {
    fn new(step: u32, error: Error) -> Self {
        Self::of_core(step, 0, error)
    }

    fn of_core(step: u32, core: u32, error: Error) -> Self {
        Self { step, core, error }
    }
}

/// Enables all cores of the request, or none.
pub(super) fn enable(request: &mut Change) -> Result {
    let lock = ControlLock::acquire();
    report(request, |request| {
        check_arguments(request, CHANGE_FORCE)?;
        check_cores(request, &lock)?;
        commit_enable(request, &lock)
    })
}

/// Disables all cores of the request; a core that is off already is fine.
pub(super) fn disable(request: &mut Change) -> Result {
    let lock = ControlLock::acquire();
    report(request, |request| {
        check_arguments(request, 0)?;
        check_possible(request)?;
        let mut changed = 0;
        for core in request.cores.iter() {
            if stop(core, &lock) {
                pr_info!("core {}: given back to softirq\n", core);
                changed += 1;
            }
        }
        Ok(changed)
    })
}

fn report(
    request: &mut Change,
    act: impl FnOnce(&Change) -> core::result::Result<u32, Failure>,
) -> Result {
    let outcome = act(request);
    let (changed, failure) = match outcome {
        Ok(changed) => (changed, None),
        Err(failure) => (0, Some(failure)),
    };
    request.changed = changed;
    request.failed_step = failure.as_ref().map_or(STEP_NONE, |failure| failure.step);
    request.failed_core = failure.as_ref().map_or(0, |failure| failure.core);
    failure.map_or(Ok(()), |failure| Err(failure.error))
}

fn check_arguments(request: &Change, known_flags: u32) -> core::result::Result<(), Failure> {
    if request.abi_version != ABI_VERSION {
        return Err(Failure::new(STEP_ABI, EPROTO));
    }
    let reserved_used = request.pad != 0 || request.reserved.iter().any(|word| *word != 0);
    if request.flags & !known_flags != 0 || reserved_used {
        return Err(Failure::new(STEP_ARGUMENTS, EINVAL));
    }
    if request.cores.is_empty() {
        return Err(Failure::new(STEP_EMPTY, EINVAL));
    }
    Ok(())
}

fn check_possible(request: &Change) -> core::result::Result<(), Failure> {
    match request.cores.iter().find(|core| !sys::core_possible(*core)) {
        Some(core) => Err(Failure::of_core(STEP_PRESENT, core, ENODEV)),
        None => Ok(()),
    }
}

fn check_cores(request: &Change, lock: &ControlLock) -> core::result::Result<(), Failure> {
    if !hooks_live() {
        return Err(Failure::new(STEP_HOOKS, EOPNOTSUPP));
    }
    check_possible(request)?;
    let online = |core: &u32| sys::core_online(*core, lock);
    if let Some(core) = request.cores.iter().find(|core| !online(core)) {
        return Err(Failure::of_core(STEP_ONLINE, core, ENODEV));
    }
    let asks_nothing_new = request.cores.iter().all(|core| !is_off(core));
    if request.flags & CHANGE_FORCE != 0 || asks_nothing_new {
        return Ok(());
    }
    if request.cores.contains(0) && is_off(0) {
        return Err(Failure::of_core(STEP_BOOT_CORE, 0, EBUSY));
    }
    let keeps_house = |core: &u32| online(core) && is_off(*core) && !request.cores.contains(*core);
    if !(0..sys::core_limit()).any(|core| keeps_house(&core)) {
        return Err(Failure::new(STEP_HOUSEKEEPING, EBUSY));
    }
    Ok(())
}

fn is_off(core: u32) -> bool {
    sys::core(core).is_none_or(|entry| entry.state() == CORE_OFF)
}

/// Starts the pollers; on failure stops those it started and no others.
fn commit_enable(request: &Change, lock: &ControlLock) -> core::result::Result<u32, Failure> {
    let mut started = CoreSet::default();
    for core in request.cores.iter().filter(|core| is_off(*core)) {
        match start(core, lock) {
            Ok(()) => {
                started.insert(core);
            }
            Err(failure) => {
                for core in started.iter() {
                    stop(core, lock);
                }
                return Err(failure);
            }
        }
    }
    for core in started.iter() {
        pr_info!("core {}: served by kbp/{}\n", core, core);
    }
    Ok(started.iter().count() as u32)
}

fn start(core: u32, lock: &ControlLock) -> core::result::Result<(), Failure> {
    // In the table: checked to be possible before.
    let entry = sys::core(core).ok_or_else(|| Failure::of_core(STEP_PRESENT, core, ENODEV))?;
    let thread = Thread::create(core, lock)
        .map_err(|error| Failure::of_core(STEP_THREAD, core, error))?;
    entry.set_state(CoreState::Starting, YieldReason::None);
    entry.thread.start(thread, lock);
    let begin_ns = sys::now_ns();
    while entry.state() == CORE_STARTING {
        if sys::now_ns().saturating_sub(begin_ns) > START_LIMIT_NS {
            stop(core, lock);
            return Err(Failure::of_core(STEP_START, core, ETIMEDOUT));
        }
        sys::pause();
    }
    Ok(())
}
