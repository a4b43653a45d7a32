// SPDX-License-Identifier: GPL-2.0
//! One round of the poll loop: guard on, take the list, poll, give back, guard off.

use super::{Budget, Guard, Platform};

/// What one cycle did. Times are the platform's, which may stand still or step back a little
/// while the kernel adjusts its clock; differences saturate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CycleReport {
    /// When the guard was taken (monotonic ns).
    pub start_ns: u64,
    /// When the guard was about to be released (monotonic ns): the softirqs that run then
    /// are not the poller's time.
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
    report.end_ns = report.start_ns;
    let mut spent = false;
    while !spent {
        let Some(napi) = guard.poll_next() else {
            break;
        };
        report.polls += 1;
        report.packets += napi.packets;
        report.end_ns = platform.now_ns();
        spent = budget.is_spent(
            report.packets,
            report.end_ns.saturating_sub(report.start_ns),
        );
    }
    report.squeezed = spent && guard.has_more();
    report.absorbed += guard.give_back();
    drop(guard);
    report
}
