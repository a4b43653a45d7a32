// SPDX-License-Identifier: GPL-2.0
//! Calls from C into the module, one line of `shim/kbp_shim.h` each.

#[rustfmt::skip]
#[allow(unreachable_pub, reason = "made by bindgen")]
#[allow(
    dead_code,
    reason = "rustc 1.85 does not count what as_declared! makes of them"
)]
mod prototypes;

use crate::sys::{kbp_poller, ControlLock, Poller, UserValue};
use crate::{control, datapath};
use core::ffi::{c_int, c_long, c_uint, c_ulong};

/// Each function here has the type of its prototype in the header, or this does not compile.
macro_rules! as_declared {
    ($($name:ident($($parameter:tt),*);)+) => {
        $(const _: () = {
            let _: [unsafe extern "C" fn($($parameter),*) -> _; 2] = [prototypes::$name, $name];
        };)+
    };
}

as_declared! {
    kbp_rs_poll(_, _);
    kbp_rs_ioctl(_, _);
    kbp_rs_core_leaves(_);
    kbp_rs_core_returns(_);
    kbp_rs_suspend(_);
    kbp_rs_watch();
    kbp_rs_hooks_changed(_);
}

/// The body of a `kbp/N` thread.
///
/// # Safety
///
/// Called on the `kbp/N` thread of `core`, with that thread's scratch space.
///
/// Context: kbp/N thread, bottom halves and interrupts on.
#[no_mangle]
unsafe extern "C" fn kbp_rs_poll(core: u32, poller: *mut kbp_poller) {
    // SAFETY: The caller's promise; establishes invariant poller-thread.
    let poller = unsafe { Poller::of_this_thread(poller) };
    datapath::serve(core, &poller);
}

/// One ioctl of `/dev/kbp`; 0 or a negative errno.
///
/// Context: process context, may sleep.
#[no_mangle]
extern "C" fn kbp_rs_ioctl(cmd: c_uint, arg: c_ulong) -> c_long {
    match control::ioctl(cmd, UserValue::at(arg as usize)) {
        Ok(()) => 0,
        Err(error) => c_long::from(error.to_errno()),
    }
}

/// A core is about to go offline; 0, or a negative errno that keeps it online.
///
/// # Safety
///
/// The caller holds the control mutex and the CPU hotplug lock for writing.
///
/// Context: process context, may sleep.
#[no_mangle]
unsafe extern "C" fn kbp_rs_core_leaves(core: u32) -> c_int {
    // SAFETY: The caller's promise.
    let lock = unsafe { ControlLock::held_by_caller() };
    match control::core_leaves(core, &lock) {
        Ok(()) => 0,
        Err(error) => error.to_errno(),
    }
}

/// A core is online again.
///
/// # Safety
///
/// The caller holds the control mutex and the CPU hotplug lock for writing.
///
/// Context: process context, may sleep.
#[no_mangle]
unsafe extern "C" fn kbp_rs_core_returns(core: u32) {
    // SAFETY: The caller's promise.
    let lock = unsafe { ControlLock::held_by_caller() };
    control::core_returns(core, &lock);
}

/// The system is about to sleep, or has slept.
///
/// Context: process context, may sleep.
#[no_mangle]
extern "C" fn kbp_rs_suspend(sleeps: bool) {
    control::suspend(sleeps);
}

/// One look at all pollers; ns until the next, 0 for when there is something new.
///
/// Context: the watch, may sleep.
#[no_mangle]
extern "C" fn kbp_rs_watch() -> u64 {
    control::watch()
}

/// The livepatch's hooks took effect for every task, or are about to be taken out.
///
/// Context: process context, may sleep; klp_mutex held.
#[no_mangle]
extern "C" fn kbp_rs_hooks_changed(live: bool) {
    control::hooks_changed(live);
}
