// SPDX-License-Identifier: GPL-2.0
//! One cycle: guard on, take the list, poll, give back, guard off.

use super::guard::{Between, Guard};
use super::ledger::{CycleReport, Ledger};
use super::platform::Platform;

/// Runs one cycle on the calling thread's core.
///
/// Every NAPI that is on the list when the cycle begins is polled at most once, in order,
/// so a NAPI that never runs dry cannot starve its neighbours. `all_polled_ns` is when the list was
/// last known to hold nothing that had not been polled: what is found now has waited since then
/// at most.
pub(super) fn run_cycle<P: Platform, L: Ledger>(
    platform: &P,
    ledger: &L,
    between: &mut Between,
    hold: bool,
    all_polled_ns: u64,
) -> CycleReport {
    let mut report = CycleReport {
        start_ns: platform.now_ns(),
        ..CycleReport::default()
    };
    report.end_ns = report.start_ns;
    let budget = platform.budget();
    let guard = Guard::hold(platform, between);
    let taken = platform.take_list(guard.held());
    report.absorbed = taken.absorbed;
    report.lost = taken.lost;
    report.preempted = taken.preempted;
    // Between the two, a sleeping poller knew that its list was empty.
    let waiting_since_ns = taken
        .called_ns
        .map_or(all_polled_ns, |ns| ns.max(all_polled_ns));
    let mut spent = taken.lost;
    while !spent {
        let Some(napi) = platform.poll_next(guard.held(), hold) else {
            break;
        };
        if napi.worked() {
            report.worked = true;
            ledger.polled(&napi, report.end_ns.saturating_sub(waiting_since_ns));
        } else if napi.was_held != napi.is_held {
            ledger.holds_changed(&napi);
        }
        report.polls += 1;
        report.held_polls += u32::from(napi.was_held);
        report.holds |= napi.is_held;
        // What a driver returns is trusted no further than this.
        report.packets = report.packets.saturating_add(napi.packets);
        report.end_ns = platform.now_ns();
        spent = budget.is_spent(report.packets, report.guard_ns());
    }
    if spent && !taken.lost {
        platform.count_squeeze(guard.held());
        report.left = platform.left_over(guard.held());
    }
    report.absorbed += platform.give_back(guard.held());
    drop(guard);
    report
}
