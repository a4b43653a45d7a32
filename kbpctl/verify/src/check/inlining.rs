// SPDX-License-Identifier: GPL-2.0
//! Which copies did the compiler make of the functions that are stood in for? A copy raises NET_RX
//! itself, so the other checks find it; this one says how things are, and that they fit.

use super::sites::Sites;
use crate::report::Check;

pub(super) fn check(sites: &Sites) -> Check {
    let mut check = Check::new("inlining");
    let calls = sites.raises.iter().any(|raise| {
        raise.caller == "raise_softirq_irqoff" && raise.through == "__raise_softirq_irqoff"
    });
    match (calls, sites.has_copy()) {
        (true, false) => check.note(
            "raise_softirq_irqoff calls __raise_softirq_irqoff: one hook stops every raise",
        ),
        (false, true) => check.note(
            "raise_softirq_irqoff has a copy of __raise_softirq_irqoff: the schedule functions get \
             hooks, too",
        ),
        (true, true) => check.not_safe(
            "raise_softirq_irqoff both calls __raise_softirq_irqoff and has a copy of it: the \
             livepatch's trial sees only one of the ways",
        ),
        (false, false) => check.unknown(
            "raise_softirq_irqoff neither calls __raise_softirq_irqoff nor has a copy of it",
        ),
    }
    for name in ["__napi_schedule", "__napi_schedule_irqoff"] {
        if !sites
            .raises
            .iter()
            .any(|raise| raise.caller == name && raise.number == sites.net_rx)
        {
            check.unknown(format!(
                "{name} does not raise NET_RX itself: what it schedules by is not looked at"
            ));
        }
    }
    check
}
