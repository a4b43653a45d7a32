// SPDX-License-Identifier: GPL-2.0
//! Questions to /dev/kbp, and what its answers mean.

use std::io;

use kbp_uapi as abi;
use kbp_uapi::{kbp_change, kbp_core_set, kbp_core_status, kbp_info, kbp_napi_status};
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
        let mut status = kbp_core_status {
            abi_version: abi::KBP_ABI_VERSION,
            core,
            ..kbp_core_status::default()
        };
        match sys.core_status(&mut status) {
            Ok(()) => all.push(status),
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

/// The cores that are not off.
pub(crate) fn active(sys: &dyn System, info: &kbp_info) -> Result<kbp_core_set> {
    let mut set = kbp_core_set::default();
    if info.active_cores > 0 {
        for status in all_cores(sys, info)? {
            if status.state != abi::KBP_CORE_OFF {
                set.insert(status.core);
            }
        }
    }
    Ok(set)
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
    let mut left: Vec<u32> = cores.iter().collect();
    let mut stuck = kbp_core_set::default();
    let mut changed = 0;
    while !left.is_empty() {
        let mut change = request(&list::set(&left), 0, &Settings::default());
        let outcome = sys.change(Request::Disable, &mut change);
        changed += change.changed;
        let Err(error) = outcome else { break };
        let at = left.iter().position(|core| *core == change.failed_core);
        match (change.failed_step, at) {
            (abi::KBP_STEP_STOP, Some(at)) => stuck.insert(left.remove(at)),
            _ => {
                let error = refusal::explain(sys, Request::Disable, &change, &error);
                return Err(match stuck.is_empty() {
                    true => error,
                    // Some went back before this one.
                    false => error.after(&format!(
                        "some cores are disabled, {} without the end of its thread; see kbpctl status",
                        list::phrase(&stuck)
                    )),
                });
            }
        };
    }
    match stuck.is_empty() {
        true => Ok(changed),
        false => Err(refusal::stuck(cores, &stuck)),
    }
}
