// SPDX-License-Identifier: GPL-2.0
//! Are all functions that raise NET_RX known, and is each dealt with?

use super::sites::{Raise, Sites};
use crate::known::raise_sites::{Handling, PASS_ON, SITES};
use crate::report::Check;

pub(super) fn check(sites: &Sites) -> Check {
    let mut check = Check::new("raise-sites");
    let Some(net_rx) = sites.net_rx else {
        check.unknown("NET_RX_SOFTIRQ is not in BTF");
        return check;
    };
    if sites.raises.is_empty() {
        check.unknown("no function was found to raise any softirq");
    }
    let mut found = Vec::new();
    for raise in &sites.raises {
        match raise.number {
            Some(number) if number == net_rx => {
                found.push(format!("{} (by {})", raise.caller, raise.through));
                known(&mut check, sites, raise);
            }
            Some(_) => {}
            None if PASS_ON.iter().any(|(name, _)| *name == raise.caller) => {}
            None => check.unknown(format!(
                "{} raises a softirq by {} whose number could not be told: it may be NET_RX",
                raise.caller, raise.through
            )),
        }
    }
    found.sort();
    found.dedup();
    check.note(format!("NET_RX is raised by {}", found.join(", ")));
    check.reasons.sort();
    check.reasons.dedup();
    check
}

fn known(check: &mut Check, sites: &Sites, raise: &Raise) {
    let Some(site) = SITES.iter().find(|site| site.name == raise.caller) else {
        check.not_safe(format!(
            "{} raises NET_RX by {}: KBP does not know this function",
            raise.caller, raise.through
        ));
        return;
    };
    // raise_softirq() is `raise_softirq_irqoff()` with interrupts off, or has its own copy.
    let by_hook = raise.through == "__raise_softirq_irqoff"
        || !sites.has_copy() && !sites.writes_pending(&raise.through);
    if site.handling == Handling::RaiseHook && !by_hook {
        check.not_safe(format!(
            "{} raises NET_RX by {}, which has a copy of __raise_softirq_irqoff: past the hook",
            raise.caller, raise.through
        ));
    }
}
