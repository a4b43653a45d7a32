// SPDX-License-Identifier: GPL-2.0
// Made of kbp_shim.h by 'make bindings'. Do not edit: change the header.
#[doc = " One poller's scratch space, on the stack of its thread.  Opaque to Rust."]
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct kbp_poller {
    _unused: [u8; 0],
}
#[doc = " What polling one NAPI brought."]
#[repr(C)]
#[derive(Debug, Copy, Clone, Default)]
pub struct kbp_polled {
    pub packets: u32,
    pub napi_id: u32,
    pub ifindex: i32,
    pub backlog: bool,
    pub exhausted: bool,
    pub was_held: bool,
    pub is_held: bool,
    pub arms: bool,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of kbp_polled"][::core::mem::size_of::<kbp_polled>() - 20usize];
    ["Alignment of kbp_polled"][::core::mem::align_of::<kbp_polled>() - 4usize];
    ["Offset of field: kbp_polled::packets"][::core::mem::offset_of!(kbp_polled, packets) - 0usize];
    ["Offset of field: kbp_polled::napi_id"][::core::mem::offset_of!(kbp_polled, napi_id) - 4usize];
    ["Offset of field: kbp_polled::ifindex"][::core::mem::offset_of!(kbp_polled, ifindex) - 8usize];
    ["Offset of field: kbp_polled::backlog"]
        [::core::mem::offset_of!(kbp_polled, backlog) - 12usize];
    ["Offset of field: kbp_polled::exhausted"]
        [::core::mem::offset_of!(kbp_polled, exhausted) - 13usize];
    ["Offset of field: kbp_polled::was_held"]
        [::core::mem::offset_of!(kbp_polled, was_held) - 14usize];
    ["Offset of field: kbp_polled::is_held"]
        [::core::mem::offset_of!(kbp_polled, is_held) - 15usize];
    ["Offset of field: kbp_polled::arms"][::core::mem::offset_of!(kbp_polled, arms) - 16usize];
};
#[doc = " What a spin between two cycles saw."]
#[repr(C)]
#[derive(Debug, Copy, Clone, Default)]
pub struct kbp_spun {
    pub empty_ns: u64,
    pub end_ns: u64,
    pub longest_ns: u64,
    pub looks_ns: u64,
    pub looks: u32,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of kbp_spun"][::core::mem::size_of::<kbp_spun>() - 40usize];
    ["Alignment of kbp_spun"][::core::mem::align_of::<kbp_spun>() - 8usize];
    ["Offset of field: kbp_spun::empty_ns"][::core::mem::offset_of!(kbp_spun, empty_ns) - 0usize];
    ["Offset of field: kbp_spun::end_ns"][::core::mem::offset_of!(kbp_spun, end_ns) - 8usize];
    ["Offset of field: kbp_spun::longest_ns"]
        [::core::mem::offset_of!(kbp_spun, longest_ns) - 16usize];
    ["Offset of field: kbp_spun::looks_ns"][::core::mem::offset_of!(kbp_spun, looks_ns) - 24usize];
    ["Offset of field: kbp_spun::looks"][::core::mem::offset_of!(kbp_spun, looks) - 32usize];
};
#[doc = " How much one cycle may do, as the kernel's sysctls have it at this moment."]
#[repr(C)]
#[derive(Debug, Copy, Clone, Default)]
pub struct kbp_budget {
    pub packets: i32,
    pub time_us: u32,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of kbp_budget"][::core::mem::size_of::<kbp_budget>() - 8usize];
    ["Alignment of kbp_budget"][::core::mem::align_of::<kbp_budget>() - 4usize];
    ["Offset of field: kbp_budget::packets"][::core::mem::offset_of!(kbp_budget, packets) - 0usize];
    ["Offset of field: kbp_budget::time_us"][::core::mem::offset_of!(kbp_budget, time_us) - 4usize];
};
unsafe extern "C" {
    pub fn kbp_poller_budget(budget: *mut kbp_budget);
    pub fn kbp_poller_hold(p: *mut kbp_poller);
    pub fn kbp_poller_release(p: *mut kbp_poller);
    pub fn kbp_poller_take_list(
        p: *mut kbp_poller,
        called_ns: *mut u64,
        preempted: *mut bool,
    ) -> ::core::ffi::c_int;
    pub fn kbp_poller_poll_next(p: *mut kbp_poller, hold: bool, polled: *mut kbp_polled) -> bool;
    pub fn kbp_poller_count_squeeze();
    pub fn kbp_poller_left_over(p: *const kbp_poller) -> u32;
    pub fn kbp_poller_give_back(p: *mut kbp_poller) -> u32;
    pub fn kbp_gate_take();
    pub fn kbp_gate_give();
    #[doc = " Process context, interrupts on, the core stays online."]
    pub fn kbp_gate_shut(core: u32);
    #[doc = " Process context or kbp/N thread, bottom halves on."]
    pub fn kbp_hooks_in_effect() -> bool;
    #[doc = " Any context: a snapshot."]
    pub fn kbp_gate_raises(core: u32) -> u64;
    pub fn kbp_watch_start() -> ::core::ffi::c_int;
    pub fn kbp_watch_stop();
    pub fn kbp_watch_nudge();
    #[doc = " The watch only."]
    pub fn kbp_gate_suspect(core: u32, ns: u64);
    pub fn kbp_gate_beat(core: u32) -> u64;
    pub fn kbp_gate_is_owned(core: u32) -> bool;
    pub fn kbp_gate_rescued(core: u32) -> bool;
    pub fn kbp_gate_work_waits(core: u32) -> bool;
    pub fn kbp_gate_last_rescue(core: u32, comm: *mut ::core::ffi::c_char, pid: *mut i32) -> u64;
    #[doc = " kbp/N thread, of its core."]
    pub fn kbp_gate_rescued_ns() -> u64;
    #[doc = " Any context: a snapshot."]
    pub fn kbp_backlog_has_thread(core: u32) -> bool;
    #[doc = " stray.c: process context, control lock."]
    pub fn kbp_backlog_recover(core: u32) -> bool;
    pub fn kbp_thread_make(core: u32, fifo: bool, nice: i32) -> ::core::ffi::c_int;
    pub fn kbp_thread_schedule_as(core: u32, fifo: bool, nice: i32);
    pub fn kbp_thread_nudge(core: u32);
    pub fn kbp_thread_ask_stop(core: u32);
    pub fn kbp_thread_take_stop_back(core: u32);
    pub fn kbp_thread_join(core: u32, ms: u32) -> bool;
    pub fn kbp_thread_pid(core: u32) -> i32;
    pub fn kbp_sentry_begin() -> bool;
    pub fn kbp_thread_should_stop() -> bool;
    pub fn kbp_thread_sleep_until_work(limit_ns: u64) -> bool;
    pub fn kbp_thread_stand_sentry(limit_ns: u64) -> bool;
    pub fn kbp_thread_sleep_firmly(ns: u64);
    pub fn kbp_thread_pass_scheduler();
    pub fn kbp_thread_must_reschedule() -> bool;
    pub fn kbp_thread_others_waiting() -> bool;
    pub fn kbp_thread_is_rationed() -> bool;
    pub fn kbp_thread_be_ordinary();
    pub fn kbp_thread_be_as_wanted();
    #[doc = " Any context."]
    pub fn kbp_now_ns() -> u64;
    pub fn kbp_thread_spin_until_work(
        now_ns: u64,
        limit_ns: u64,
        beside_tasks: bool,
        spun: *mut kbp_spun,
    );
    pub fn kbp_patch_pending() -> bool;
    pub fn kbp_patch_join();
    pub fn kbp_quiescent_state();
    pub fn kbp_trace_cycle(
        core: u32,
        polls: u32,
        held_polls: u32,
        packets: u32,
        absorbed: u32,
        busy_ns: u64,
        gap_ns: u64,
    );
    pub fn kbp_trace_yield(core: u32, reason: u32);
    pub fn kbp_trace_window(core: u32, away_ns: u64, adaptive: bool, by_work: bool);
    pub fn kbp_trace_rescue(core: u32, pid: i32, comm: *const ::core::ffi::c_char);
    pub fn kbp_trace_mode(core: u32, masked: bool, spin_ns: u64);
    pub fn kbp_control_lock();
    pub fn kbp_control_unlock();
    pub fn kbp_capable() -> bool;
    pub fn kbp_core_possible(core: u32) -> bool;
    pub fn kbp_core_online(core: u32) -> bool;
    pub fn kbp_core_limit() -> u32;
    pub fn kbp_pause();
    pub fn kbp_table_alloc(count: usize, size: usize) -> *mut ::core::ffi::c_void;
    pub fn kbp_table_free(table: *mut ::core::ffi::c_void);
    pub fn kbp_copy_from_user(
        to: *mut ::core::ffi::c_void,
        from: ::core::ffi::c_ulong,
        len: usize,
    ) -> ::core::ffi::c_int;
    pub fn kbp_copy_to_user(
        to: ::core::ffi::c_ulong,
        from: *const ::core::ffi::c_void,
        len: usize,
    ) -> ::core::ffi::c_int;
    pub fn kbp_device_register() -> ::core::ffi::c_int;
    pub fn kbp_device_unregister();
    pub fn kbp_hotplug_register() -> ::core::ffi::c_int;
    pub fn kbp_hotplug_unregister();
    pub fn kbp_power_register() -> ::core::ffi::c_int;
    pub fn kbp_power_unregister();
    pub fn kbp_latency_limit(core: u32, us: i32) -> ::core::ffi::c_int;
}
