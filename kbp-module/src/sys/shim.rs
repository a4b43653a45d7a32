// SPDX-License-Identifier: GPL-2.0
//! `shim/kbp_shim.h`, line by line.

use core::ffi::{c_int, c_ulong, c_void};

/// `struct kbp_poller`, opaque.
#[repr(C)]
pub(crate) struct RawPoller {
    _opaque: [u8; 0],
}

/// `struct task_struct`, opaque.
#[repr(C)]
pub(crate) struct RawThread {
    _opaque: [u8; 0],
}

unsafe extern "C" {
    // poll.c
    pub(super) fn kbp_poller_hold(p: *mut RawPoller);
    pub(super) fn kbp_poller_release(p: *mut RawPoller);
    pub(super) fn kbp_poller_take_list(p: *mut RawPoller) -> u32;
    pub(super) fn kbp_poller_poll_next(p: *mut RawPoller) -> c_int;
    pub(super) fn kbp_poller_has_more(p: *mut RawPoller) -> bool;
    pub(super) fn kbp_poller_give_back(p: *mut RawPoller) -> u32;

    // gate.c
    pub(super) fn kbp_gate_take();
    pub(super) fn kbp_gate_give();
    pub(super) fn kbp_gate_shut(core: u32);
    pub(super) fn kbp_gate_schedules(core: u32) -> u64;

    // thread.c
    pub(super) fn kbp_thread_create(core: u32) -> *mut RawThread;
    pub(super) fn kbp_thread_start(thread: *mut RawThread);
    pub(super) fn kbp_thread_stop(thread: *mut RawThread);
    pub(super) fn kbp_thread_pid(thread: *mut RawThread) -> i32;
    pub(super) fn kbp_thread_should_stop() -> bool;
    pub(super) fn kbp_thread_sleep_until_work() -> bool;
    pub(super) fn kbp_thread_sleep_firmly(ns: u64);
    pub(super) fn kbp_thread_pass_scheduler();
    pub(super) fn kbp_thread_others_waiting() -> bool;
    pub(super) fn kbp_thread_relax();
    pub(super) fn kbp_now_ns() -> u64;

    // kernel.c
    pub(super) fn kbp_patch_pending() -> bool;
    pub(super) fn kbp_patch_join();
    pub(super) fn kbp_quiescent_state();

    // control.c
    pub(super) fn kbp_control_lock();
    pub(super) fn kbp_control_unlock();
    pub(super) fn kbp_capable() -> bool;
    pub(super) fn kbp_core_possible(core: u32) -> bool;
    pub(super) fn kbp_core_online(core: u32) -> bool;
    pub(super) fn kbp_core_limit() -> u32;
    pub(super) fn kbp_pause();
    pub(super) fn kbp_table_alloc(count: usize, size: usize) -> *mut c_void;
    pub(super) fn kbp_table_free(table: *mut c_void);
    pub(super) fn kbp_copy_from_user(to: *mut c_void, from: c_ulong, len: usize) -> c_int;
    pub(super) fn kbp_copy_to_user(to: c_ulong, from: *const c_void, len: usize) -> c_int;
    pub(super) fn kbp_hotplug_register() -> c_int;
    pub(super) fn kbp_hotplug_unregister();
    pub(super) fn kbp_device_register() -> c_int;
    pub(super) fn kbp_device_unregister();
}
