// SPDX-License-Identifier: GPL-2.0
//! `shim/kbp_shim.h`, line by line.

use core::ffi::{c_int, c_ulong, c_void};

/// `struct kbp_poller`, opaque.
#[repr(C)]
pub(crate) struct RawPoller {
    _opaque: [u8; 0],
}

/// `struct kbp_polled`.
#[repr(C)]
#[derive(Default)]
pub(super) struct RawPolled {
    pub(super) packets: u32,
    pub(super) napi_id: u32,
    pub(super) ifindex: i32,
    pub(super) backlog: bool,
    pub(super) exhausted: bool,
    pub(super) was_held: bool,
    pub(super) is_held: bool,
}

unsafe extern "C" {
    // poll.c
    pub(super) fn kbp_poller_hold(p: *mut RawPoller);
    pub(super) fn kbp_poller_release(p: *mut RawPoller);
    pub(super) fn kbp_poller_take_list(
        p: *mut RawPoller,
        called_ns: *mut u64,
        preempted: *mut bool,
    ) -> c_int;
    pub(super) fn kbp_poller_poll_next(
        p: *mut RawPoller,
        hold: bool,
        polled: *mut RawPolled,
    ) -> bool;
    pub(super) fn kbp_poller_has_more(p: *mut RawPoller) -> bool;
    pub(super) fn kbp_poller_give_back(p: *mut RawPoller) -> u32;

    // gate.c
    pub(super) fn kbp_gate_take();
    pub(super) fn kbp_gate_give();
    pub(super) fn kbp_gate_shut(core: u32);
    pub(super) fn kbp_hooks_in_effect() -> bool;
    pub(super) fn kbp_gate_raises(core: u32) -> u64;

    // rescue.c
    pub(super) fn kbp_watch_start() -> c_int;
    pub(super) fn kbp_watch_stop();
    pub(super) fn kbp_watch_nudge();
    pub(super) fn kbp_gate_suspect(core: u32, ns: u64);
    pub(super) fn kbp_gate_beat(core: u32) -> u64;
    pub(super) fn kbp_gate_rescued(core: u32) -> bool;
    pub(super) fn kbp_gate_work_waits(core: u32) -> bool;
    pub(super) fn kbp_gate_last_rescue(core: u32, comm: *mut u8, pid: *mut i32) -> u64;

    // thread.c
    pub(super) fn kbp_thread_make(core: u32, fifo: bool, nice: i32) -> c_int;
    pub(super) fn kbp_thread_schedule_as(core: u32, fifo: bool, nice: i32);
    pub(super) fn kbp_thread_nudge(core: u32);
    pub(super) fn kbp_thread_ask_stop(core: u32);
    pub(super) fn kbp_thread_join(core: u32, ms: u32) -> bool;
    pub(super) fn kbp_thread_pid(core: u32) -> i32;

    // sleep.c
    pub(super) fn kbp_thread_should_stop() -> bool;
    pub(super) fn kbp_thread_sleep_until_work(limit_ns: u64) -> bool;
    pub(super) fn kbp_thread_sleep_firmly(ns: u64);
    pub(super) fn kbp_thread_pass_scheduler();
    pub(super) fn kbp_thread_must_reschedule() -> bool;
    pub(super) fn kbp_thread_others_waiting() -> bool;
    pub(super) fn kbp_thread_is_rationed() -> bool;
    pub(super) fn kbp_thread_be_ordinary();
    pub(super) fn kbp_thread_be_as_wanted();
    pub(super) fn kbp_thread_relax();
    pub(super) fn kbp_now_ns() -> u64;

    // kernel.c
    pub(super) fn kbp_patch_pending() -> bool;
    pub(super) fn kbp_patch_join();
    pub(super) fn kbp_quiescent_state();

    // trace.c
    pub(super) fn kbp_trace_cycle(
        core: u32,
        polls: u32,
        held_polls: u32,
        packets: u32,
        absorbed: u32,
        busy_ns: u64,
        gap_ns: u64,
    );
    pub(super) fn kbp_trace_yield(core: u32, reason: u32);
    pub(super) fn kbp_trace_window(core: u32, away_ns: u64, adaptive: bool, by_work: bool);
    pub(super) fn kbp_trace_rescue(core: u32, pid: i32, comm: *const u8);
    pub(super) fn kbp_trace_mode(core: u32, masked: bool, spin_ns: u64);

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
    pub(super) fn kbp_device_register() -> c_int;
    pub(super) fn kbp_device_unregister();

    // hotplug.c, power.c
    pub(super) fn kbp_hotplug_register() -> c_int;
    pub(super) fn kbp_hotplug_unregister();
    pub(super) fn kbp_power_register() -> c_int;
    pub(super) fn kbp_power_unregister();
    pub(super) fn kbp_latency_limit(core: u32, us: i32) -> c_int;
}
