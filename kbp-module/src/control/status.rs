// SPDX-License-Identifier: GPL-2.0
//! What user space may know.

use super::event::hooks_live;
use super::service;
use crate::datapath::{Core, SUSPENDED};
use crate::sys::{self, ControlLock, GateOf};
use crate::uapi::*;
use core::ffi::c_char;
use core::sync::atomic::Ordering;
use kernel::prelude::*;

/// The module as a whole.
pub(super) fn info() -> kbp_info {
    let mut flags = 0;
    if hooks_live() {
        flags |= KBP_INFO_HOOKS_LIVE;
    }
    if SUSPENDED.load(Ordering::Relaxed) {
        flags |= KBP_INFO_SUSPENDED;
    }
    kbp_info {
        abi_version: KBP_ABI_VERSION,
        flags,
        core_limit: sys::core_limit(),
        active_cores: sys::cores()
            .iter()
            .filter(|core| core.state() != KBP_CORE_OFF)
            .count() as u32,
        reserved: [0; 6],
    }
}

/// One core.
pub(super) fn core(request: &mut kbp_core_status) -> Result {
    if request.flags != 0 {
        return Err(EINVAL);
    }
    let lock = ControlLock::acquire();
    let (entry, gate) = find(request.core)?;
    (request.state, request.yield_reason) = state(entry, gate);
    if service::serves(request.state) && gate.backlog_has_thread() {
        request.flags |= KBP_CORE_BACKLOG_THREAD;
    }
    request.thread_pid = sys::thread_pid(request.core, &lock);
    request.spin_us = entry.spin_us();
    request.config = entry.config.get();
    request.counters = entry.counters(gate.raises());
    request.delay = entry.delay();
    request.guard = entry.guard();
    let rescue = gate.last_rescue();
    request.rescue_ns = rescue.at_ns;
    request.rescue_pid = rescue.pid;
    request.rescue_comm = rescue.comm.map(|byte| byte as c_char);
    let left_ns = |at_ns: u64| at_ns.saturating_sub(sys::now_ns());
    request.retry_in_ns = entry.retry_ns().map_or(0, left_ns);
    Ok(())
}

/// One NAPI of a core.
pub(super) fn napi(request: &mut kbp_napi_status) -> Result {
    let (entry, gate) = find(request.core)?;
    if request.index >= KBP_NAPIS {
        return Err(EINVAL);
    }
    if !entry.napi(request) {
        return Err(ENOENT);
    }
    // Softirq, which has the core otherwise, lets all NAPIs go.
    if !service::serves(state(entry, gate).0) {
        request.flags &= !KBP_NAPI_HELD;
    }
    Ok(())
}

fn find(core: u32) -> Result<(&'static Core, GateOf)> {
    let entry = sys::core(core).ok_or(ENODEV)?;
    Ok((entry, GateOf::core(core).ok_or(ENODEV)?))
}

/// State and yield reason. A thread that is kept from running cannot say what became of its core.
fn state(entry: &Core, gate: GateOf) -> (u32, u32) {
    if entry.is_stopping() {
        (KBP_CORE_DRAINING, KBP_YIELD_NONE)
    } else if gate.is_rescued() && service::serves(entry.state()) {
        (KBP_CORE_YIELDED, KBP_YIELD_RESCUE)
    } else {
        (entry.state(), entry.yield_reason())
    }
}
