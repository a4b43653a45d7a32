// SPDX-License-Identifier: GPL-2.0
//! What happens to the host: cores and hooks come and go, the system sleeps.

use super::{config, service};
use crate::datapath::SUSPENDED;
use crate::engine::{CoreState, YieldReason};
use crate::sys::{self, ControlLock};
use crate::uapi::{KBP_CORE_OFF, KBP_CORE_POLLING, KBP_CORE_SLEEPING, KBP_CORE_STARTING};
use core::sync::atomic::{AtomicBool, Ordering};
use kernel::prelude::*;

/// Whether the livepatch said that its hooks are in effect for every task.
static HOOKS_IN: AtomicBool = AtomicBool::new(false);

/// Longest wait for pollers to yield before the system sleeps.
const SUSPEND_LIMIT_NS: u64 = 2_000_000_000;

/// Whether the hooks stop NET_RX here and now; a livepatch of somebody else may have replaced
/// ours without a word.
///
/// Context: process context.
pub(super) fn hooks_live() -> bool {
    HOOKS_IN.load(Ordering::Relaxed) && sys::hooks_in_effect()
}

/// The hooks came or go. Without hooks no core may stay with a poller: nobody would wake it.
pub(crate) fn hooks_changed(live: bool) {
    let lock = ControlLock::acquire();
    HOOKS_IN.store(live, Ordering::Relaxed);
    if live {
        return;
    }
    let stopped = service::stop_all(&lock);
    if stopped.changed > 0 {
        pr_info!("livepatch is being switched off: all cores given back to softirq\n");
    }
}

/// A core is about to go offline: its poller gives it back first. It is served again when it
/// comes back. An error keeps it online.
pub(crate) fn core_leaves(core: u32, lock: &ControlLock) -> Result {
    let Some(entry) = sys::core(core) else {
        return Ok(());
    };
    if entry.state() == KBP_CORE_OFF {
        return Ok(());
    }
    sys::ask_stop(core, lock);
    if !sys::join(core, sys::join_limit(), lock) {
        sys::take_stop_back(core, lock);
        pr_warn!(
            "core {}: its thread does not end, so the core stays online, with its poller\n",
            core
        );
        return Err(EBUSY);
    }
    // A stop that had not ended has, now.
    entry.set_stopping(false);
    let _ = sys::limit_exit_latency(core, None, lock);
    if entry.is_wanted() {
        entry.set_state(CoreState::Yielded, YieldReason::Offline);
        entry.outside.count_offline();
        sys::trace::yielded(core, YieldReason::Offline);
        pr_info!(
            "core {}: goes offline, given back to softirq until it is back\n",
            core
        );
    } else {
        entry.set_state(CoreState::Off, YieldReason::None);
    }
    Ok(())
}

/// A core is online again.
pub(crate) fn core_returns(core: u32, lock: &ControlLock) {
    let Some(entry) = sys::core(core) else {
        return;
    };
    if !entry.is_wanted() || entry.state() == KBP_CORE_OFF {
        return;
    }
    let limit = config::exit_latency(&entry.config.get());
    let begun =
        sys::limit_exit_latency(core, limit, lock).and_then(|()| service::begin(core, lock));
    match begun {
        Ok(()) => pr_info!("core {}: is back, served by kbp/{}\n", core, core),
        Err(error) => {
            entry.set_wanted(false);
            pr_warn!(
                "core {}: is back, and its poller could not be started ({}); enable it again\n",
                core,
                error.to_errno()
            );
        }
    }
}

/// The system is about to sleep: pollers yield, and wait for its return.
pub(crate) fn suspend(sleeps: bool) {
    let lock = ControlLock::acquire();
    SUSPENDED.store(sleeps, Ordering::Relaxed);
    for core in 0..sys::core_limit() {
        sys::nudge(core, &lock);
    }
    let begin_ns = sys::now_ns();
    let serves = |state| {
        matches!(
            state,
            KBP_CORE_STARTING | KBP_CORE_POLLING | KBP_CORE_SLEEPING
        )
    };
    while sleeps && sys::cores().iter().any(|core| serves(core.state())) {
        if sys::now_ns().saturating_sub(begin_ns) > SUSPEND_LIMIT_NS {
            return pr_warn!("a poller has not yielded before the system sleeps\n");
        }
        sys::pause();
    }
}
