// SPDX-License-Identifier: GPL-2.0
//! Which cores kbp.ko takes: its rules, for who asks before it is told to.

use std::path::Path;

use kbp_uapi as abi;
use kbp_uapi::{kbp_change, kbp_core_set};
use nix::libc;

use crate::cores::list;
use crate::sys::{Request, System};

/// The checks of kbp.ko in its order, for cores of which these are active: step, core and errno of
/// the one that fails. The ranges of a configuration were checked when it was read.
pub(crate) fn broken(
    sys: &dyn System,
    request: Request,
    change: &kbp_change,
    is_active: impl Fn(u32) -> bool,
) -> Option<(u32, u32, i32)> {
    let set = |name| {
        let path = Path::new("/sys/devices/system/cpu").join(name);
        list::of_file(sys, path).unwrap_or_default()
    };
    let (possible, online) = (set("possible"), set("online"));
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
    let asks_nothing_new = change.cores.iter().all(&is_active);
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
