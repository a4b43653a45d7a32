// SPDX-License-Identifier: GPL-2.0
//! One core as both paths see it: its state, its configuration, its counters.

use super::config::Config;
use super::counter::{Counter, Times};
use super::napis::Napis;
use super::outside::{OutsideCounters, WatchMemory};
use crate::engine::{
    CoreState, CycleReport, Gap, Ledger, Policy, PolledNapi, Spun, Woken, YieldReason,
};
use crate::sys::trace;
use crate::uapi::{
    kbp_counters, kbp_histogram, kbp_napi_status, KBP_CORE_YIELDED, KBP_YIELD_RESCUE,
};
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use kernel::prelude::*;

/// An entry of the core table. All zeroes is a core that is off, but for its configuration.
///
/// Invariant (one-writer): state and counters are written by the core's thread alone, or by
/// control while it has no thread; so a counter needs no atomic addition. What control and the
/// watch count themselves is in [`OutsideCounters`] and [`WatchMemory`].
#[repr(C)]
pub(crate) struct Core {
    /// How the core is served.
    pub(crate) config: Config,
    /// The configuration before the change that is under way. Used by control alone.
    pub(crate) before: Config,
    /// The configuration after that change, checked. Used by control alone.
    pub(crate) planned: Config,
    /// Whether the operator wants it served, also while it cannot be. Written by control.
    wanted: AtomicBool,
    /// Its thread has been asked to end and has not yet. Written by control.
    stopping: AtomicBool,
    /// Counted by control and the watch.
    pub(crate) outside: OutsideCounters,
    /// What the watch saw last.
    pub(crate) watch_memory: WatchMemory,
    state: AtomicU32,
    yield_reason: AtomicU32,
    spin_ns: Counter,
    cycles: Counter,
    /// When the last of them ended.
    cycle_end_ns: Counter,
    empty_cycles: Counter,
    polls: Counter,
    packets: Counter,
    busy_ns: Counter,
    idle_ns: Counter,
    window_ns: Counter,
    sleep_ns: Counter,
    yielded_ns: Counter,
    longest_guard_ns: Counter,
    longest_gap_ns: Counter,
    looks: Counter,
    looks_ns: Counter,
    windows: Counter,
    window_wakeups: Counter,
    sleeps: Counter,
    sleep_wakeups: Counter,
    releases: Counter,
    held_polls: Counter,
    absorbed: Counter,
    yields_patch: Counter,
    yields_hooks: Counter,
    yields_suspend: Counter,
    retries: Counter,
    /// When the core is taken again after a rescue; 0: not by itself.
    retry_ns: Counter,
    quiescent_states: Counter,
    squeezed: Counter,
    delay: Times,
    guard: Times,
    napis: Napis,
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

    /// Whether the core is to be served whenever it can be.
    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    /// Sets that.
    pub(crate) fn set_wanted(&self, wanted: bool) {
        self.wanted.store(wanted, Ordering::Relaxed);
    }

    /// Whether its thread has been asked to end and has not yet.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Sets that.
    pub(crate) fn set_stopping(&self, stopping: bool) {
        self.stopping.store(stopping, Ordering::Relaxed);
    }

    /// When its poller, which has come round after a rescue, takes the core again.
    pub(crate) fn retry_ns(&self) -> Option<u64> {
        let waits = self.state() == KBP_CORE_YIELDED && self.yield_reason() == KBP_YIELD_RESCUE;
        let retry_ns = self.retry_ns.get();
        (waits && retry_ns != 0).then_some(retry_ns)
    }

    /// What an adaptive poller spins for at present, in microseconds.
    pub(crate) fn spin_us(&self) -> u32 {
        u32::try_from(self.spin_ns.get() / 1_000).unwrap_or(u32::MAX)
    }

    /// How long NAPIs waited for their polls.
    pub(crate) fn delay(&self) -> kbp_histogram {
        self.delay.read()
    }

    /// How long bottom halves were held off in cycles with work.
    pub(crate) fn guard(&self) -> kbp_histogram {
        self.guard.read()
    }

    /// One NAPI's record; false when there is none at the index.
    pub(crate) fn napi(&self, status: &mut kbp_napi_status) -> bool {
        self.napis.read(status)
    }

    /// A snapshot; each counter is exact, their sum is not one instant.
    pub(crate) fn counters(&self, raises: u64) -> kbp_counters {
        kbp_counters {
            cycles: self.cycles.get(),
            empty_cycles: self.empty_cycles.get(),
            polls: self.polls.get(),
            packets: self.packets.get(),
            busy_ns: self.busy_ns.get(),
            idle_ns: self.idle_ns.get(),
            window_ns: self.window_ns.get(),
            sleep_ns: self.sleep_ns.get(),
            yielded_ns: self.yielded_ns.get(),
            longest_guard_ns: self.longest_guard_ns.get(),
            longest_gap_ns: self.longest_gap_ns.get(),
            windows: self.windows.get(),
            window_wakeups: self.window_wakeups.get(),
            sleeps: self.sleeps.get(),
            sleep_wakeups: self.sleep_wakeups.get(),
            releases: self.releases.get(),
            held_polls: self.held_polls.get(),
            absorbed: self.absorbed.get(),
            raises,
            yields_patch: self.yields_patch.get(),
            yields_hooks: self.yields_hooks.get(),
            yields_suspend: self.yields_suspend.get(),
            yields_offline: self.outside.yields_offline(),
            rescues: self.outside.rescues(),
            quiescent_states: self.quiescent_states.get(),
            squeezed: self.squeezed.get(),
            untracked_polls: self.napis.untracked_polls(),
            retries: self.retries.get(),
            looks: self.looks.get(),
            looks_ns: self.looks_ns.get(),
            reserved: [0; 2],
        }
    }
}

/// What the thread of core `number` writes.
pub(super) struct CoreLedger<'a> {
    pub(super) number: u32,
    pub(super) core: &'a Core,
}

impl Ledger for CoreLedger<'_> {
    fn state(&self, state: CoreState, reason: YieldReason) {
        self.core.set_state(state, reason);
        if state != CoreState::Yielded {
            return;
        }
        match reason {
            YieldReason::PatchPending => self.core.yields_patch.add(1),
            YieldReason::HooksGone => self.core.yields_hooks.add(1),
            YieldReason::Suspend => self.core.yields_suspend.add(1),
            YieldReason::None | YieldReason::Offline | YieldReason::Rescue => {}
        }
        trace::yielded(self.number, reason);
    }

    fn polled(&self, napi: &PolledNapi, delay_ns: u64) {
        self.core.delay.add(delay_ns);
        self.core
            .napis
            .polled(napi, delay_ns, self.core.cycle_end_ns.get());
    }

    fn holds_changed(&self, napi: &PolledNapi) {
        self.core
            .napis
            .holds_changed(napi, self.core.cycle_end_ns.get());
    }

    fn cycle(&self, report: &CycleReport, gap: Gap) {
        let core = self.core;
        let guard_ns = report.guard_ns();
        core.cycles.add(1);
        core.cycle_end_ns.set(report.end_ns);
        core.longest_gap_ns.raise_to(gap.blind_ns);
        core.absorbed.add(report.absorbed.into());
        core.idle_ns.add(gap.idle_ns);
        core.polls.add(report.polls.into());
        core.held_polls.add(report.held_polls.into());
        if !report.worked {
            core.empty_cycles.add(1);
            core.idle_ns.add(guard_ns);
            return;
        }
        core.packets.add(report.packets.into());
        core.busy_ns.add(guard_ns);
        core.longest_guard_ns.raise_to(guard_ns);
        core.guard.add(guard_ns);
        core.squeezed.add(report.squeezed().into());
        trace::cycle(self.number, report, gap);
    }

    fn spun(&self, spun: &Spun) {
        self.core.looks.add(spun.looks.into());
        self.core.looks_ns.add(spun.looks_ns);
    }

    fn window(&self, away_ns: u64, woken: Woken) {
        self.core.windows.add(1);
        self.core.window_ns.add(away_ns);
        self.core
            .window_wakeups
            .add((woken == Woken::ByWork).into());
        trace::window(self.number, away_ns, false, woken);
    }

    fn slept(&self, away_ns: u64, woken: Woken, spin_ns: u64) {
        self.core.sleeps.add(1);
        self.core.sleep_ns.add(away_ns);
        self.core.sleep_wakeups.add((woken == Woken::ByWork).into());
        self.core.spin_ns.set(spin_ns);
        trace::window(self.number, away_ns, true, woken);
    }

    fn yielded(&self, away_ns: u64) {
        self.core.yielded_ns.add(away_ns);
    }

    fn waits_to_retry(&self, retry_ns: Option<u64>) {
        self.core.retry_ns.set(retry_ns.unwrap_or(0));
    }

    fn retried(&self, away_ns: u64) {
        self.core.retries.add(1);
        pr_info!(
            "core {}: kbp/{} serves the core again, {} ms after the rescue\n",
            self.number,
            self.number,
            away_ns / 1_000_000
        );
    }

    fn released(&self) {
        self.core.releases.add(1);
    }

    fn policy(&self, policy: &Policy) {
        self.core.spin_ns.set(policy.idle.longest_spin_ns());
        trace::mode(self.number, policy);
    }

    fn quiescent_state(&self) {
        self.core.quiescent_states.add(1);
    }
}
