// SPDX-License-Identifier: GPL-2.0
//! One round of the poll loop: guard on, take the list, poll, give back, guard off.

use super::{Between, Budget, Guard, Ledger, Platform};

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
    /// Polls of NAPIs whose interrupt was off already.
    pub held_polls: u32,
    /// Packets.
    pub packets: u32,
    /// Pending NET_RX softirqs taken over.
    pub absorbed: u32,
    /// There was something to do.
    pub worked: bool,
    /// NAPIs are held: their interrupts are off.
    pub holds: bool,
    /// The budget ended the cycle with NAPIs left on the list.
    pub squeezed: bool,
    /// The core had been given away from outside; nothing was done.
    pub lost: bool,
    /// The scheduler has run others before it, unasked.
    pub preempted: bool,
}

/// Runs one cycle on the calling thread's core.
///
/// Every NAPI that is on the list when the cycle begins is polled at most once, in order,
/// so a NAPI that never runs dry cannot starve its neighbours. `looked_ns` is when the list was
/// last known to hold nothing that had not been polled: what is found now has waited since then
/// at most.
pub fn run_cycle<P: Platform, L: Ledger>(
    platform: &P,
    ledger: &L,
    between: &mut Between,
    budget: Budget,
    hold: bool,
    looked_ns: u64,
) -> CycleReport {
    let mut report = CycleReport {
        start_ns: platform.now_ns(),
        ..CycleReport::default()
    };
    report.end_ns = report.start_ns;
    let guard = Guard::hold(platform, between);
    let taken = guard.take_list();
    report.absorbed = taken.absorbed;
    report.lost = taken.lost;
    report.preempted = taken.preempted;
    // Between the two, a sleeping poller knew that its list was empty.
    let waiting_since_ns = taken.called_ns.map_or(looked_ns, |ns| ns.max(looked_ns));
    let mut spent = taken.lost;
    while !spent {
        let Some(napi) = guard.poll_next(hold) else {
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
