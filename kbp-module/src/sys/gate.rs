// SPDX-License-Identifier: GPL-2.0
//! The gates of cores, and the watch over their pollers.

use super::{shim, ControlLock};
use kernel::error::to_result;
use kernel::prelude::*;

/// Whether the hooks stop NET_RX on the calling task's core, found out by trying.
///
/// Context: process context, bottom halves on.
pub(crate) fn hooks_in_effect() -> bool {
    // SAFETY: Process context, as documented.
    unsafe { shim::kbp_hooks_in_effect() }
}

/// What the gate of one possible core has counted.
#[derive(Clone, Copy)]
pub(crate) struct GateOf(u32);

/// Who took a core from its poller.
pub(crate) struct Rescuer {
    /// When (monotonic ns); 0: never.
    pub(crate) at_ns: u64,
    /// Who ran on the core.
    pub(crate) pid: i32,
    /// Its name, NUL-terminated.
    pub(crate) comm: [u8; 16],
}

impl GateOf {
    /// The gate of `core`; `None` when the system can never have it.
    pub(crate) fn core(core: u32) -> Option<Self> {
        super::core_possible(core).then_some(Self(core))
    }

    /// NET_RX softirqs that were not raised.
    pub(crate) fn raises(self) -> u64 {
        // SAFETY: Per-CPU data exists for every possible core.
        unsafe { shim::kbp_gate_raises(self.0) }
    }

    /// Cycles that the poller has begun.
    pub(crate) fn beat(self) -> u64 {
        // SAFETY: As above.
        unsafe { shim::kbp_gate_beat(self.0) }
    }

    /// Whether there is work for the core's poller; a hint.
    pub(crate) fn work_waits(self) -> bool {
        // SAFETY: As above.
        unsafe { shim::kbp_gate_work_waits(self.0) }
    }

    /// Whether the core's backlog has a thread of its own.
    pub(crate) fn backlog_has_thread(self) -> bool {
        // SAFETY: As above.
        unsafe { shim::kbp_backlog_has_thread(self.0) }
    }

    /// Whether a poller serves the core, and softirq does not.
    pub(crate) fn is_owned(self) -> bool {
        // SAFETY: As above.
        unsafe { shim::kbp_gate_is_owned(self.0) }
    }

    /// Whether the core was taken from its present thread.
    pub(crate) fn is_rescued(self) -> bool {
        // SAFETY: As above.
        unsafe { shim::kbp_gate_rescued(self.0) }
    }

    /// The last rescue.
    pub(crate) fn last_rescue(self) -> Rescuer {
        let mut rescuer = Rescuer {
            at_ns: 0,
            pid: 0,
            comm: [0; 16],
        };
        // SAFETY: Per-CPU data exists for every possible core; `comm` has room for 16 bytes.
        rescuer.at_ns = unsafe {
            shim::kbp_gate_last_rescue(self.0, rescuer.comm.as_mut_ptr().cast(), &mut rescuer.pid)
        };
        rescuer
    }

    /// Lets the core find out whether its poller has been away for `ns` more.
    ///
    /// Context: the watch.
    pub(crate) fn suspect(self, ns: u64) {
        // SAFETY: Per-CPU data exists for every possible core; an offline one is refused by the
        // call itself.
        unsafe { shim::kbp_gate_suspect(self.0, ns) }
    }
}

/// Has the backlog of `core`, which softirq serves, polled if a schedule of it got lost while the
/// poller had it; false when it could not be told whether one did.
///
/// Context: process context, may sleep.
pub(crate) fn recover_backlog(core: u32, _lock: &ControlLock) -> bool {
    // SAFETY: Process context; possible core; the lock keeps cores from coming and going.
    !super::core_possible(core) || unsafe { shim::kbp_backlog_recover(core) }
}

/// The watch over pollers, while this value lives.
pub(crate) struct WatchThread(());

impl WatchThread {
    /// From here on `control::watch` is called.
    pub(crate) fn start() -> Result<Self> {
        // SAFETY: Called once, from module init; undone in drop.
        to_result(unsafe { shim::kbp_watch_start() })?;
        Ok(Self(()))
    }
}

impl Drop for WatchThread {
    fn drop(&mut self) {
        // SAFETY: Started by the only constructor.
        unsafe { shim::kbp_watch_stop() }
    }
}

/// The watch looks again now: there is something new to watch.
///
/// Context: process context; a [`WatchThread`] exists, as it does whenever a core can be enabled.
pub(crate) fn nudge_watch() {
    // SAFETY: As documented.
    unsafe { shim::kbp_watch_nudge() }
}
