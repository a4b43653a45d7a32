// SPDX-License-Identifier: GPL-2.0
//! One core as both paths see it: its thread, its state, its counters.

use crate::engine::{CoreState, CycleReport, Ledger, Woken, YieldReason};
use crate::sys::ThreadSlot;
use crate::uapi::Counters;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// An entry of the core table. All zeroes is a core that is off.
///
/// Invariant (one-writer): state and counters are written by the core's thread alone, or by
/// control while it has no thread; so a counter needs no atomic addition.
#[repr(C)]
pub(crate) struct Core {
    /// The `kbp/N` thread.
    pub(crate) thread: ThreadSlot,
    state: AtomicU32,
    yield_reason: AtomicU32,
    cycles: Counter,
    empty_cycles: Counter,
    polls: Counter,
    packets: Counter,
    busy_ns: Counter,
    longest_guard_ns: Counter,
    longest_gap_ns: Counter,
    windows: Counter,
    window_wakeups: Counter,
    absorbed: Counter,
    yields_patch: Counter,
    quiescent_states: Counter,
    squeezed: Counter,
    /// Two cores' counters never share a cache line.
    _apart: [u64; 16],
}

impl Core {
    /// The `CORE_*` number of the state.
    pub(crate) fn state(&self) -> u32 {
        self.state.load(Ordering::Acquire)
    }

    /// The `YIELD_*` number.
    pub(crate) fn yield_reason(&self) -> u32 {
        self.yield_reason.load(Ordering::Relaxed)
    }

    /// Sets the state (invariant one-writer).
    pub(crate) fn set_state(&self, state: CoreState, reason: YieldReason) {
        self.yield_reason.store(reason as u32, Ordering::Relaxed);
        self.state.store(state as u32, Ordering::Release);
    }

    /// A snapshot; each counter is exact, their sum is not one instant.
    pub(crate) fn counters(&self, schedules: u64) -> Counters {
        Counters {
            cycles: self.cycles.get(),
            empty_cycles: self.empty_cycles.get(),
            polls: self.polls.get(),
            packets: self.packets.get(),
            busy_ns: self.busy_ns.get(),
            longest_guard_ns: self.longest_guard_ns.get(),
            longest_gap_ns: self.longest_gap_ns.get(),
            windows: self.windows.get(),
            window_wakeups: self.window_wakeups.get(),
            absorbed: self.absorbed.get(),
            yields_patch: self.yields_patch.get(),
            schedules,
            quiescent_states: self.quiescent_states.get(),
            squeezed: self.squeezed.get(),
            reserved: [0; 6],
        }
    }
}

impl Ledger for Core {
    fn state(&self, state: CoreState, reason: YieldReason) {
        self.set_state(state, reason);
        if reason == YieldReason::PatchPending {
            self.yields_patch.add(1);
        }
    }

    fn cycle(&self, report: &CycleReport, gap_ns: u64) {
        self.cycles.add(1);
        self.longest_gap_ns.raise_to(gap_ns);
        self.absorbed.add(report.absorbed.into());
        if report.polls == 0 {
            self.empty_cycles.add(1);
            return;
        }
        let guard_ns = report.end_ns.saturating_sub(report.start_ns);
        self.polls.add(report.polls.into());
        self.packets.add(report.packets.into());
        self.busy_ns.add(guard_ns);
        self.longest_guard_ns.raise_to(guard_ns);
        self.squeezed.add(report.squeezed.into());
    }

    fn window(&self, woken: Woken) {
        self.windows.add(1);
        if woken == Woken::ByWork {
            self.window_wakeups.add(1);
        }
    }

    fn quiescent_state(&self) {
        self.quiescent_states.add(1);
    }
}

/// A counter with one writer.
struct Counter(AtomicU64);

impl Counter {
    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn add(&self, amount: u64) {
        self.0
            .store(self.get().wrapping_add(amount), Ordering::Relaxed);
    }

    fn raise_to(&self, value: u64) {
        if value > self.get() {
            self.0.store(value, Ordering::Relaxed);
        }
    }
}
