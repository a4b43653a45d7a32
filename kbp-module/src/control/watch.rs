// SPDX-License-Identifier: GPL-2.0
//! The watch: pollers that do not run lose their cores.

use super::service;
use crate::datapath::Core;
use crate::engine::Watch;
use crate::sys::{self, GateOf};
use crate::uapi::KBP_CORE_OFF;
use kernel::prelude::*;

/// One check of all cores; ns until the next, 0 for when a poller takes one: where softirq serves,
/// nothing waits for a poller.
///
/// Takes no lock: control may be waiting for the very thread that is stuck.
///
/// Context: the watch thread.
pub(crate) fn watch() -> u64 {
    let now_ns = sys::now_ns();
    let mut next_ns = 0;
    let mut wanted = false;
    for (number, core) in (0..).zip(sys::cores()) {
        let Some(gate) = GateOf::core(number) else {
            continue;
        };
        report_rescue(number, core, gate);
        let state = core.state();
        if state == KBP_CORE_OFF {
            continue;
        }
        // Of every core, so that who takes one next need not say how soon the watch is to look.
        let limit_ns = core.config.rescue_ns();
        let check_ns = limit_ns / Watch::CHECKS;
        next_ns = if next_ns == 0 {
            check_ns
        } else {
            check_ns.min(next_ns)
        };
        let owned = gate.is_owned();
        wanted |= owned;
        if !owned || !service::serves(state) {
            // Who takes the core begins anew.
            core.watch_memory.with(|watch| *watch = Watch::default());
            continue;
        }
        let suspect = core
            .watch_memory
            .with(|watch| watch.suspects(now_ns, gate.beat(), gate.work_waits(), limit_ns));
        if suspect {
            gate.suspect(limit_ns / 2);
        }
    }
    match wanted {
        true => next_ns,
        false => 0,
    }
}

/// Counts and logs a rescue, once.
fn report_rescue(number: u32, core: &Core, gate: GateOf) {
    let rescuer = gate.last_rescue();
    if rescuer.at_ns == 0 || !core.watch_memory.is_news(rescuer.at_ns) {
        return;
    }
    core.outside.count_rescue();
    sys::trace::rescue(number, rescuer.pid, &rescuer.comm);
    let length = rescuer.comm.iter().position(|byte| *byte == 0);
    let name = rescuer.comm.get(..length.unwrap_or(0)).unwrap_or(&[]);
    pr_warn!(
        "core {}: kbp/{} has not run for {} ms while packets wait, because {} ({}) has the core: given back to softirq\n",
        number,
        number,
        core.config.rescue_ns() / 1_000_000,
        core::str::from_utf8(name).unwrap_or("a task"),
        rescuer.pid
    );
}
