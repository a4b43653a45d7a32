// SPDX-License-Identifier: GPL-2.0
//! What kbp.ko would say to a change.

use std::io;
use std::path::Path;

use kbp_uapi as abi;
use kbp_uapi::{kbp_change, kbp_core_set, kbp_core_status};
use nix::libc;

use crate::cores::config;
use crate::cores::list;
use crate::host::modules;
use crate::sys::{Request, System};

/// The checks of kbp.ko in its order; step, core and errno of the one that fails. The ranges of a
/// configuration were checked when the command line was read.
pub(super) fn check(
    sys: &dyn System,
    request: Request,
    change: &kbp_change,
) -> Option<(u32, u32, i32)> {
    let (possible, online) = (set(sys, "possible"), set(sys, "online"));
    let missing = |from: &kbp_core_set| change.cores.iter().find(|core| !from.contains(*core));
    if let Some(core) = missing(&possible) {
        return Some((abi::KBP_STEP_PRESENT, core, libc::ENODEV));
    }
    if request != Request::Enable {
        return None;
    }
    if let Some(core) = missing(&online) {
        return Some((abi::KBP_STEP_ONLINE, core, libc::ENODEV));
    }
    let is_active = |core: u32| state(sys, core).state != abi::KBP_CORE_OFF;
    let asks_nothing_new = change.cores.iter().all(is_active);
    if change.flags & abi::KBP_CHANGE_FORCE != 0 || asks_nothing_new {
        return None;
    }
    if change.cores.contains(0) && !is_active(0) {
        return Some((abi::KBP_STEP_BOOT_CORE, 0, libc::EBUSY));
    }
    let keeps_house = |core: u32| !change.cores.contains(core) && !is_active(core);
    let kept = online.iter().any(keeps_house);
    (!kept).then_some((abi::KBP_STEP_HOUSEKEEPING, 0, libc::EBUSY))
}

/// Whether modules may be put in and taken out at all.
pub(super) fn modules(sys: &dyn System) -> io::Result<()> {
    match modules::are_sealed(sys) {
        true => Err(io::Error::from_raw_os_error(libc::EPERM)),
        false => Ok(()),
    }
}

/// Whether `core` is not in the asked state yet.
pub(super) fn changes(sys: &dyn System, request: Request, change: &kbp_change, core: u32) -> bool {
    let now = state(sys, core);
    let off = now.state == abi::KBP_CORE_OFF;
    let rescued = now.state == abi::KBP_CORE_YIELDED && now.yield_reason == abi::KBP_YIELD_RESCUE;
    let other_config = config::differing(change.fields, &now.config, &change.config) != 0;
    match request {
        Request::Enable => off || rescued || other_config,
        Request::Disable => !off,
        Request::Configure => other_config,
    }
}

fn set(sys: &dyn System, name: &str) -> kbp_core_set {
    let path = Path::new("/sys/devices/system/cpu").join(name);
    let list = sys.read(&path).ok();
    list.and_then(|list| list::parse(&list).ok())
        .unwrap_or_default()
}

/// The state of `core`; off when nobody knows it.
fn state(sys: &dyn System, core: u32) -> kbp_core_status {
    let asked = kbp_core_status {
        abi_version: abi::KBP_ABI_VERSION,
        core,
        ..kbp_core_status::default()
    };
    let mut status = asked;
    match sys.core_status(&mut status) {
        Ok(()) => status,
        Err(_) => asked,
    }
}
