// SPDX-License-Identifier: GPL-2.0
//! Who else moves interrupts. The kernel does not say who wrote; programs that are known to do so
//! can be looked for.

use super::balancer::{self, Balancer};
use crate::host::processes;
use crate::sys::System;

/// Who it is, most likely. `irq`: the interrupt that is moved; irqbalance moves none that it leaves
/// alone.
pub(super) fn culprit(sys: &dyn System, irq: Option<u32>) -> &'static str {
    let is_balancer = match (irq, balancer::find(sys)) {
        (Some(_), Balancer::Deaf(_)) => true,
        (Some(irq), Balancer::Listens(listener)) => !listener.news([irq].into_iter()).is_empty(),
        _ => false,
    };
    match (is_balancer, processes::runs(sys, "tuned")) {
        (true, _) => "irqbalance, most likely",
        (false, true) => "tuned, most likely",
        (false, false) => "another program",
    }
}
