// SPDX-License-Identifier: GPL-2.0
//! One round of the poll loop: guard on, take the list, poll, give back, guard off.

use super::{Budget, Guard, Platform};

/// What one cycle did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CycleReport {
    /// When the guard was taken (monotonic ns).
    pub start_ns: u64,
    /// When the guard was released (monotonic ns).
    pub end_ns: u64,
    /// NAPI polls.
    pub polls: u32,
    /// Packets.
    pub packets: u32,
    /// Pending NET_RX softirqs taken over.
    pub absorbed: u32,
    /// The budget ended the cycle with NAPIs left on the list.
    pub squeezed: bool,
}

/// Runs one cycle on the calling thread's core.
///
/// Every NAPI that is on the list when the cycle begins is polled at most once, in order,
/// so a NAPI that never runs dry cannot starve its neighbours.
pub fn run_cycle<P: Platform>(platform: &P, budget: Budget) -> CycleReport {
    let mut report = CycleReport {
        start_ns: platform.now_ns(),
        ..CycleReport::default()
    };
    let guard = Guard::hold(platform);
    report.absorbed = guard.take_list();
    let mut now_ns = report.start_ns;
    while let Some(napi) = guard.poll_next() {
        report.polls += 1;
        report.packets += napi.packets;
        now_ns = platform.now_ns();
        if budget.is_spent(report.packets, now_ns - report.start_ns) {
            report.squeezed = true;
            break;
        }
    }
    report.absorbed += guard.give_back();
    drop(guard);
    report.end_ns = if report.polls == 0 {
        now_ns
    } else {
        platform.now_ns()
    };
    report
}
