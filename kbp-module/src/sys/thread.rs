// SPDX-License-Identifier: GPL-2.0
//! A core's poller thread as control sees it.

use super::{shim, ControlLock};
use kernel::error::to_result;
use kernel::prelude::*;

/// How long control waits for the ends of threads, however many they are.
const JOIN_LIMIT_NS: u64 = 2_000_000_000;

/// How the scheduler is to treat a thread.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SchedPolicy {
    /// SCHED_FIFO, the lowest real-time priority.
    Fifo,
    /// SCHED_NORMAL with this nice value.
    Other(i32),
}

impl SchedPolicy {
    fn parts(self) -> (bool, i32) {
        match self {
            SchedPolicy::Fifo => (true, 0),
            SchedPolicy::Other(nice) => (false, nice),
        }
    }
}

/// Gives `core`, online and without a thread, a thread that serves it.
///
/// Context: process context, may sleep.
pub(crate) fn start_thread(core: u32, policy: SchedPolicy, _lock: &ControlLock) -> Result {
    let (fifo, nice) = policy.parts();
    // SAFETY: The caller's promise; the lock keeps it (invariants lock-token, one-thread).
    to_result(unsafe { shim::kbp_thread_make(core, fifo, nice) })
}

/// Asks the thread of `core`, if there is one, to end, and gives an online core to softirq at
/// once: the thread may wait for the CPU, and packets must not wait with it.
///
/// Context: process context, may sleep.
pub(crate) fn ask_stop(core: u32, lock: &ControlLock) {
    if thread_pid(core, lock) == 0 {
        return;
    }
    // SAFETY: lock-token; the shim checks for a thread. The order matters: a thread that finds its
    // gate closed has been asked before.
    unsafe { shim::kbp_thread_ask_stop(core) };
    if super::core_online(core, lock) {
        // SAFETY: Online, and the lock keeps it so.
        unsafe { shim::kbp_gate_shut(core) };
    }
}

/// The thread of `core` need not end any more, unless it has begun to. It has its core back after a
/// while, as after a rescue.
pub(crate) fn take_stop_back(core: u32, _lock: &ControlLock) {
    // SAFETY: lock-token.
    unsafe { shim::kbp_thread_take_stop_back(core) }
}

/// Until when to wait for threads that were asked to end.
pub(crate) fn join_limit() -> u64 {
    super::now_ns().saturating_add(JOIN_LIMIT_NS)
}

/// Waits, until `limit_ns` at most, until `core` has no thread; whether that is so.
///
/// Context: process context, may sleep.
pub(crate) fn join(core: u32, limit_ns: u64, _lock: &ControlLock) -> bool {
    let left_ns = limit_ns.saturating_sub(super::now_ns());
    // SAFETY: lock-token.
    unsafe { shim::kbp_thread_join(core, left_ns.div_ceil(1_000_000) as u32) }
}

/// Makes the thread of `core`, if there is one, look at its orders now.
pub(crate) fn nudge(core: u32, _lock: &ControlLock) {
    // SAFETY: lock-token.
    unsafe { shim::kbp_thread_nudge(core) }
}

/// Changes the scheduling of the thread of `core`, if there is one.
pub(crate) fn schedule_as(core: u32, policy: SchedPolicy, _lock: &ControlLock) {
    let (fifo, nice) = policy.parts();
    // SAFETY: lock-token.
    unsafe { shim::kbp_thread_schedule_as(core, fifo, nice) }
}

/// The pid of the thread of `core`, 0 when there is none.
pub(crate) fn thread_pid(core: u32, _lock: &ControlLock) -> i32 {
    // SAFETY: lock-token.
    unsafe { shim::kbp_thread_pid(core) }
}
