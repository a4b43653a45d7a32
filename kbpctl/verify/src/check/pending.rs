// SPDX-License-Identifier: GPL-2.0
//! Does anybody but the functions that raise make NET_RX pending? Those would be copies that the
//! compiler made of them.

use super::sites::Sites;
use crate::known::raise_sites::PASS_ON;
use crate::report::Check;

pub(super) fn check(sites: &Sites) -> Check {
    let mut check = Check::new("pending-word");
    let (Some(writes), Some(net_rx)) = (&sites.writes, sites.net_rx) else {
        check.unknown("the per-CPU word with the pending softirqs was not found");
        return check;
    };
    if !sites.writes_pending("__raise_softirq_irqoff") {
        check.unknown("__raise_softirq_irqoff does not write the word that was taken for it");
    }
    for write in writes {
        let known = PASS_ON.iter().any(|(name, _)| *name == write.function);
        match write.bits {
            _ if known => {}
            Some(bits)
                if u32::try_from(net_rx)
                    .is_ok_and(|bit| bits.checked_shr(bit).unwrap_or(0) & 1 == 0) => {}
            Some(_) => check.not_safe(format!(
                "{} makes NET_RX pending itself, past the hook",
                write.function
            )),
            None => check.not_safe(format!(
                "{} writes the pending softirqs, and which ones could not be told",
                write.function
            )),
        }
    }
    check.reasons.sort();
    check.reasons.dedup();
    check
}
