// SPDX-License-Identifier: GPL-2.0
//! Questions to /dev/kbp, and what its answers mean.

use std::io;

use kbp_uapi as abi;
use kbp_uapi::{
    kbp_change, kbp_core_config, kbp_core_set, kbp_core_status, kbp_info, kbp_napi_status,
};
use nix::libc;

use crate::cores::config::Settings;
use crate::cores::list;
use crate::cores::refusal;
use crate::error::{Error, Exit, Result};
use crate::sys::{Request, System};

/// `KBP_IOC_INFO`; `None` when kbp.ko is not loaded.
pub(crate) fn info(sys: &dyn System) -> Result<Option<kbp_info>> {
    match sys.info() {
        Ok(info) => Ok(Some(info)),
        Err(error) if is_absent(&error) => {
            match crate::host::modules::loaded(sys, crate::host::modules::KBP) {
                false => Ok(None),
                true => Err(Error::new(
                    Exit::Failed,
                    "cannot talk to kbp.ko",
                    "the module is loaded and /dev/kbp is missing",
                    "mount devtmpfs on /dev, or create the node from /sys/class/misc/kbp/dev",
                )),
            }
        }
        Err(error) => Err(Error::system("cannot ask /dev/kbp", &error)),
    }
}

/// The same of a module that is needed and fits; `what` cannot be done without it.
pub(crate) fn required(sys: &dyn System, what: &str) -> Result<kbp_info> {
    let info = info(sys)?.ok_or_else(|| {
        Error::new(
            Exit::NotActive,
            what,
            "KBP is not loaded",
            "run kbpctl load",
        )
    })?;
    check_abi(&info)?;
    Ok(info)
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::ENOENT | libc::ENXIO | libc::ENODEV)
    )
}

/// Refuses a module whose ABI this kbpctl does not know.
pub(crate) fn check_abi(info: &kbp_info) -> Result<()> {
    if info.abi_version == abi::KBP_ABI_VERSION {
        return Ok(());
    }
    Err(refusal::abi_mismatch(&info.abi_version.to_string()))
}

/// The state of every core the module knows; absent cores are left out.
pub(crate) fn all_cores(sys: &dyn System, info: &kbp_info) -> Result<Vec<kbp_core_status>> {
    let mut all = Vec::new();
    for core in 0..info.core_limit.min(abi::KBP_MAX_CORES) {
        match core_status(sys, core) {
            Ok(status) => all.push(status),
            Err(error) if is_absent(&error) => {}
            Err(error) => {
                return Err(Error::system(
                    format!("cannot ask /dev/kbp about core {core}"),
                    &error,
                ))
            }
        }
    }
    Ok(all)
}

/// The cores that are enabled, or were or got a configuration since the module was loaded.
pub(crate) fn used_cores(sys: &dyn System, info: &kbp_info) -> Result<Vec<kbp_core_status>> {
    let is_used = |status: &kbp_core_status| {
        is_on(status) || status.counters.cycles > 0 || status.config != kbp_core_config::default()
    };
    let mut cores = all_cores(sys, info)?;
    cores.retain(is_used);
    Ok(cores)
}

fn core_status(sys: &dyn System, core: u32) -> io::Result<kbp_core_status> {
    let mut status = kbp_core_status {
        abi_version: abi::KBP_ABI_VERSION,
        core,
        ..kbp_core_status::default()
    };
    sys.core_status(&mut status).map(|()| status)
}

/// The cores that are not off.
pub(crate) fn active(sys: &dyn System, info: &kbp_info) -> Result<kbp_core_set> {
    of_state(sys, info, is_on)
}

/// Whether KBP has a core, served or not.
pub(crate) fn is_on(status: &kbp_core_status) -> bool {
    status.state != abi::KBP_CORE_OFF
}

/// The cores that have a poller, if only in reserve.
pub(crate) fn served(sys: &dyn System, info: &kbp_info) -> Result<kbp_core_set> {
    of_state(sys, info, is_served)
}

/// Whether a core has a poller that serves it, or is away for a while: softirq has it not for good.
pub(crate) fn is_served(status: &kbp_core_status) -> bool {
    matches!(status.state, abi::KBP_CORE_POLLING | abi::KBP_CORE_SLEEPING)
}

fn of_state(
    sys: &dyn System,
    info: &kbp_info,
    is_in: impl Fn(&kbp_core_status) -> bool,
) -> Result<kbp_core_set> {
    let all = match info.active_cores {
        0 => Vec::new(),
        _ => all_cores(sys, info)?,
    };
    let is_in = all.iter().filter(|status| is_in(status));
    Ok(list::set(is_in.map(|status| status.core)))
}

/// The NAPIs that the poller of `core` has polled.
pub(crate) fn napis(sys: &dyn System, core: u32) -> Result<Vec<kbp_napi_status>> {
    let mut all = Vec::new();
    for index in 0..abi::KBP_NAPIS {
        let mut status = kbp_napi_status {
            abi_version: abi::KBP_ABI_VERSION,
            core,
            index,
            ..kbp_napi_status::default()
        };
        match sys.napi_status(&mut status) {
            Ok(()) => all.push(status),
            Err(error) if is_absent(&error) => break,
            Err(error) => {
                return Err(Error::system(
                    format!("cannot ask /dev/kbp about the NAPIs of core {core}"),
                    &error,
                ))
            }
        }
    }
    Ok(all)
}

fn request(cores: &kbp_core_set, flags: u32, settings: &Settings) -> kbp_change {
    kbp_change {
        abi_version: abi::KBP_ABI_VERSION,
        flags,
        cores: *cores,
        fields: settings.fields,
        config: settings.config,
        ..kbp_change::default()
    }
}

/// Enables `cores`, setting the named fields first; how many were not so before.
pub(crate) fn enable(
    sys: &dyn System,
    cores: &kbp_core_set,
    flags: u32,
    settings: &Settings,
) -> Result<u32> {
    change(sys, Request::Enable, request(cores, flags, settings))
}

/// Sets the named fields of `cores`; how many were not so before.
pub(crate) fn configure(
    sys: &dyn System,
    cores: &kbp_core_set,
    settings: &Settings,
) -> Result<u32> {
    change(sys, Request::Configure, request(cores, 0, settings))
}

fn change(sys: &dyn System, what: Request, mut change: kbp_change) -> Result<u32> {
    match sys.change(what, &mut change) {
        Ok(()) => Ok(change.changed),
        Err(error) => Err(refusal::explain(sys, what, &change, &error)),
    }
}

/// Gives `cores` back to softirq; how many were not with it before. A thread that does not end in
/// time keeps no other core from going back: the error comes after the last of them.
pub(crate) fn disable(sys: &dyn System, cores: &kbp_core_set) -> Result<u32> {
    let mut change = request(cores, 0, &Settings::default());
    let Err(error) = sys.change(Request::Disable, &mut change) else {
        return Ok(change.changed);
    };
    if change.failed_step != abi::KBP_STEP_STOP {
        return Err(refusal::explain(sys, Request::Disable, &change, &error));
    }
    // All of them were asked to end. One is named; the others that have not are asked for.
    let mut stuck = kbp_core_set::default();
    for core in cores.iter() {
        let drains = |status: kbp_core_status| status.state == abi::KBP_CORE_DRAINING;
        if core == change.failed_core || core_status(sys, core).is_ok_and(drains) {
            stuck.insert(core);
        }
    }
    Err(refusal::stuck(cores, &stuck))
}
