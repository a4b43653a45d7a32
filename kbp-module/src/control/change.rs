// SPDX-License-Identifier: GPL-2.0
//! Enabling, disabling and configuring cores: check everything, then commit, or undo and say what
//! failed.

use super::config;
use super::event::hooks_live;
use super::service::{self, is_off};
use crate::datapath::Core;
use crate::sys::{self, ControlLock};
use crate::uapi::*;
use kernel::prelude::*;

/// A check or act that failed; becomes the out fields of the request.
struct Failure {
    step: u32,
    core: u32,
    field: u32,
    error: Error,
}

type Outcome<T> = core::result::Result<T, Failure>;

impl Failure {
    fn new(step: u32, error: Error) -> Self {
        Self::of_core(step, 0, error)
    }

    fn of_core(step: u32, core: u32, error: Error) -> Self {
        Self {
            step,
            core,
            field: 0,
            error,
        }
    }
}

/// Enables all cores of the request, or none.
pub(super) fn enable(request: &mut kbp_change) -> Result {
    let lock = ControlLock::acquire();
    report(request, |request| {
        check_arguments(request, KBP_CHANGE_FORCE, KBP_FIELDS_ALL)?;
        check_cores(request, &lock)?;
        plan_config(request)?;
        let changed = entries(&request.cores)
            .filter(|(core, entry)| is_off(*core) || is_changed(entry))
            .count();
        apply_config(request, &lock)?;
        commit_enable(request, &lock).inspect_err(|_| restore(request, &lock))?;
        Ok(changed as u32)
    })
}

/// Sets the configuration of all cores of the request, or of none.
pub(super) fn configure(request: &mut kbp_change) -> Result {
    let lock = ControlLock::acquire();
    report(request, |request| {
        check_arguments(request, 0, KBP_FIELDS_ALL)?;
        check_possible(request)?;
        plan_config(request)?;
        apply_config(request, &lock)
    })
}

/// Disables all cores of the request; a core that is off already is fine.
pub(super) fn disable(request: &mut kbp_change) -> Result {
    let lock = ControlLock::acquire();
    report(request, |request| {
        check_arguments(request, 0, 0)?;
        check_possible(request)?;
        let stopped = service::stop(request.cores.iter(), &lock);
        if let Some(core) = stopped.stuck {
            return Err(Failure::of_core(KBP_STEP_STOP, core, ETIMEDOUT));
        }
        if stopped.changed > 0 {
            pr_info!("{} cores given back to softirq\n", stopped.changed);
        }
        Ok(stopped.changed)
    })
}

fn report(request: &mut kbp_change, act: impl FnOnce(&kbp_change) -> Outcome<u32>) -> Result {
    let outcome = act(request);
    let (changed, failure) = match outcome {
        Ok(changed) => (changed, None),
        Err(failure) => (0, Some(failure)),
    };
    request.changed = changed;
    request.failed_step = failure
        .as_ref()
        .map_or(KBP_STEP_NONE, |failure| failure.step);
    request.failed_core = failure.as_ref().map_or(0, |failure| failure.core);
    request.failed_field = failure.as_ref().map_or(0, |failure| failure.field);
    failure.map_or(Ok(()), |failure| Err(failure.error))
}

fn check_arguments(request: &kbp_change, known_flags: u32, known_fields: u32) -> Outcome<()> {
    if request.abi_version != KBP_ABI_VERSION {
        return Err(Failure::new(KBP_STEP_ABI, EPROTO));
    }
    let config = &request.config;
    let used = |words: &[u64]| words.iter().any(|word| *word != 0);
    let reserved_used = request.pad != 0 || used(&request.reserved) || used(&config.reserved);
    let unknown = request.flags & !known_flags != 0 || request.fields & !known_fields != 0;
    if unknown || reserved_used {
        return Err(Failure::new(KBP_STEP_ARGUMENTS, EINVAL));
    }
    if request.cores.is_empty() {
        return Err(Failure::new(KBP_STEP_EMPTY, EINVAL));
    }
    Ok(())
}

fn check_possible(request: &kbp_change) -> Outcome<()> {
    match request.cores.iter().find(|core| !sys::core_possible(*core)) {
        Some(core) => Err(Failure::of_core(KBP_STEP_PRESENT, core, ENODEV)),
        None => Ok(()),
    }
}

fn check_cores(request: &kbp_change, lock: &ControlLock) -> Outcome<()> {
    if !hooks_live() {
        return Err(Failure::new(KBP_STEP_HOOKS, EOPNOTSUPP));
    }
    check_possible(request)?;
    let online = |core: &u32| sys::core_online(*core, lock);
    if let Some(core) = request.cores.iter().find(|core| !online(core)) {
        return Err(Failure::of_core(KBP_STEP_ONLINE, core, ENODEV));
    }
    // One that was rescued is neither new nor free: its poller comes back.
    let is_free = |core| sys::core(core).is_none_or(|entry| entry.state() == KBP_CORE_OFF);
    let asks_nothing_new = request.cores.iter().all(|core| !is_free(core));
    if request.flags & KBP_CHANGE_FORCE != 0 || asks_nothing_new {
        return Ok(());
    }
    if request.cores.contains(0) && is_free(0) {
        return Err(Failure::of_core(KBP_STEP_BOOT_CORE, 0, EBUSY));
    }
    let stays_free = |core: &u32| online(core) && is_free(*core) && !request.cores.contains(*core);
    if !(0..sys::core_limit()).any(|core| stays_free(&core)) {
        return Err(Failure::new(KBP_STEP_HOUSEKEEPING, EBUSY));
    }
    Ok(())
}

/// Checks and keeps the configuration that the request means for each core, and the one to go
/// back to.
fn plan_config(request: &kbp_change) -> Outcome<()> {
    for (core, entry) in entries(&request.cores) {
        let old = entry.config.get();
        let new =
            config::merge(&old, request.fields, &request.config).map_err(|field| Failure {
                field,
                ..Failure::of_core(KBP_STEP_CONFIG, core, EINVAL)
            })?;
        entry.before.set(&old);
        entry.planned.set(&new);
    }
    Ok(())
}

/// Whether the plan changes the core's configuration.
fn is_changed(entry: &Core) -> bool {
    entry.planned.get() != entry.before.get()
}

/// Sets what was planned; how many cores have another configuration now.
fn apply_config(request: &kbp_change, lock: &ControlLock) -> Outcome<u32> {
    let mut changed = 0;
    for (core, entry) in entries(&request.cores) {
        changed += u32::from(is_changed(entry));
        if let Err(error) = follow(core, &entry.planned.get(), lock) {
            restore(request, lock);
            return Err(Failure::of_core(KBP_STEP_LATENCY, core, error));
        }
    }
    Ok(changed)
}

/// Makes `settings` those of `core`, and its thread's if it has one.
fn follow(core: u32, settings: &kbp_core_config, lock: &ControlLock) -> Result {
    let entry = sys::core(core).ok_or(ENODEV)?;
    let served = sys::core_online(core, lock) && sys::thread_pid(core, lock) != 0;
    if served {
        sys::limit_exit_latency(core, config::exit_latency(settings), lock)?;
    }
    entry.config.set(settings);
    sys::schedule_as(core, config::sched_policy(settings), lock);
    sys::nudge(core, lock);
    sys::nudge_watch();
    Ok(())
}

/// Goes back to the configurations before the plan.
fn restore(request: &kbp_change, lock: &ControlLock) {
    for (core, entry) in entries(&request.cores) {
        let _ = follow(core, &entry.before.get(), lock);
    }
}

fn entries(cores: &kbp_core_set) -> impl Iterator<Item = (u32, &'static Core)> + '_ {
    cores
        .iter()
        .filter_map(|core| Some((core, sys::core(core)?)))
}

/// Starts the pollers; on failure stops those it started and no others.
fn commit_enable(request: &kbp_change, lock: &ControlLock) -> Outcome<()> {
    let mut started = kbp_core_set::default();
    for core in request.cores.iter().filter(|core| is_off(*core)) {
        match service::start(core, lock) {
            Ok(()) => {
                started.insert(core);
            }
            Err(refused) => {
                service::stop(started.iter(), lock);
                return Err(Failure::of_core(refused.step, core, refused.error));
            }
        }
    }
    for core in started.iter() {
        pr_info!("core {}: served by kbp/{}\n", core, core);
    }
    Ok(())
}
