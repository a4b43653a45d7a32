// SPDX-License-Identifier: GPL-2.0
//! The tracepoints `kbp:*`.

use super::shim;
use crate::engine::{CycleReport, Gap, IrqMode, Policy, Woken, YieldReason};

/// `kbp:cycle`
pub(crate) fn cycle(core: u32, report: &CycleReport, gap: Gap) {
    // SAFETY: Plain values; a tracepoint may be called from any context.
    unsafe {
        shim::kbp_trace_cycle(
            core,
            report.polls,
            report.held_polls,
            report.packets,
            report.absorbed,
            report.guard_ns(),
            gap.blind_ns,
        )
    }
}

/// `kbp:yield`
pub(crate) fn yielded(core: u32, reason: YieldReason) {
    // SAFETY: As above.
    unsafe { shim::kbp_trace_yield(core, reason as u32) }
}

/// `kbp:window`
pub(crate) fn window(core: u32, away_ns: u64, adaptive: bool, woken: Woken) {
    // SAFETY: As above.
    unsafe { shim::kbp_trace_window(core, away_ns, adaptive, woken == Woken::ByWork) }
}

/// `kbp:rescue`
pub(crate) fn rescue(core: u32, pid: i32, comm: &[u8; 16]) {
    // SAFETY: As above; `comm` has the 16 bytes that are copied.
    unsafe { shim::kbp_trace_rescue(core, pid, comm.as_ptr().cast()) }
}

/// `kbp:mode`
pub(crate) fn mode(core: u32, policy: &Policy) {
    let spin_ns = policy.idle.longest_spin_ns();
    // SAFETY: As above.
    unsafe { shim::kbp_trace_mode(core, policy.irq == IrqMode::Masked, spin_ns) }
}
