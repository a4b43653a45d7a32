// SPDX-License-Identifier: GPL-2.0
//! The body of a poller thread, from taking its core to giving it back.
//!
//! Between two cycles the thread's stack holds no patched function and no guard. All
//! stopping, yielding and sleeping happens there and nowhere else.

use super::{
    run_cycle, Budget, CoreState, Housekeeping, Ledger, Platform, Window, Woken, YieldReason,
};

/// Nanoseconds between two looks at a pending livepatch transition.
const PATCH_NAP_NS: u64 = 1_000_000;

/// Serves the calling thread's core until it is asked to stop.
///
/// On return the core belongs to softirq again. The state is left at
/// [`CoreState::Draining`]: only who has joined the thread may call the core off.
pub fn run<P: Platform, L: Ledger>(platform: &P, ledger: &L) {
    platform.take_core();
    ledger.state(CoreState::Polling, YieldReason::None);
    let mut last_end_ns = platform.now_ns();
    // The last moment at which this thread was known to have the core.
    let mut here_ns = last_end_ns;
    let mut housekeeping = Housekeeping::new(last_end_ns);

    while !platform.stop_requested() {
        if platform.patch_pending() {
            yield_to_patch(platform, ledger);
            last_end_ns = platform.now_ns();
            here_ns = last_end_ns;
            housekeeping = Housekeeping::new(last_end_ns);
            continue;
        }

        let report = run_cycle(platform, Budget::KERNEL);
        ledger.cycle(&report, report.start_ns.saturating_sub(last_end_ns));
        housekeeping.core_was_taken(report.start_ns.saturating_sub(here_ns));
        last_end_ns = report.end_ns;
        here_ns = last_end_ns;

        if housekeeping.quiescent_due(last_end_ns) {
            platform.quiescent_state();
            ledger.quiescent_state();
        }
        if let Some(window) =
            housekeeping.window_due(last_end_ns, report.polls > 0, || platform.others_waiting())
        {
            let left_ns = platform.now_ns();
            take_window(platform, ledger, window);
            here_ns = platform.now_ns();
            housekeeping.window_taken(here_ns, here_ns.saturating_sub(left_ns));
        } else if report.polls == 0 {
            platform.relax();
        }
    }

    ledger.state(CoreState::Draining, YieldReason::None);
    platform.give_core();
}

/// Lets go of the core as `window` says; softirq does not take it meanwhile.
fn take_window<P: Platform, L: Ledger>(platform: &P, ledger: &L, window: Window) {
    if window == Window::Visit {
        return platform.pass_scheduler();
    }
    ledger.state(CoreState::Sleeping, YieldReason::None);
    ledger.window(match window {
        Window::Firm(ns) => {
            platform.sleep_firmly(ns);
            Woken::ByTimer
        }
        Window::Polite | Window::Visit => platform.sleep_until_work(),
    });
    ledger.state(CoreState::Polling, YieldReason::None);
}

/// Gives the core to softirq until this thread has joined the pending transition.
fn yield_to_patch<P: Platform, L: Ledger>(platform: &P, ledger: &L) {
    platform.give_core();
    ledger.state(CoreState::Yielded, YieldReason::PatchPending);
    while platform.patch_pending() && !platform.stop_requested() {
        platform.join_patch();
        // A real sleep: the transition's end needs a kworker on this core.
        platform.sleep_firmly(PATCH_NAP_NS);
    }
    if !platform.stop_requested() {
        platform.take_core();
        ledger.state(CoreState::Polling, YieldReason::None);
    }
}
