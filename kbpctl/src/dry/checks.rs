// SPDX-License-Identifier: GPL-2.0
//! What kbp.ko would say to a change.

use std::io;

use kbp_uapi as abi;
use kbp_uapi::{kbp_change, kbp_core_status};
use nix::libc;

use crate::cores::config;
use crate::cores::rules;
use crate::host::modules;
use crate::sys::{Request, System};

/// The step, the core and the errno with which kbp.ko would fail this change.
pub(super) fn check(
    sys: &dyn System,
    request: Request,
    change: &kbp_change,
) -> Option<(u32, u32, i32)> {
    let is_active = |core: u32| state(sys, core).state != abi::KBP_CORE_OFF;
    rules::broken(sys, request, change, is_active)
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
