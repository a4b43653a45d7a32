// SPDX-License-Identifier: GPL-2.0
//! Packets that are lost, or left for later.

use kbp_uapi::kbp_core_set;

use crate::cores::list;
use crate::doctor::check::{Ask, Check, Group};
use crate::doctor::finding::{some, Finding};
use crate::doctor::look::Look;
use crate::doctor::sample::Span;

pub(super) const ALL: [Check; 2] = [
    Check {
        id: "ring-drops",
        group: Group::Network,
        question: "do NICs lose packets?",
        explanation: "A NIC whose ring is full throws packets away: nobody took them out in time \
                      (congestion at the NIC, section 3.2.1 of the KBP paper). Read twice from \
                      rx_missed_errors, rx_fifo_errors, rx_over_errors and rx_dropped of each NIC.",
        ask: Ask::Counted(ring_drops),
    },
    Check {
        id: "softnet-drops",
        group: Group::Network,
        question: "does the network layer lose packets, or put them off?",
        explanation:
            "A full backlog throws packets away; a squeeze is a round that used up its budget \
                      with work left, which waits for the next one, and without KBP for ksoftirqd. \
                      Read twice from /proc/net/softnet_stat, where rounds of KBP count, too.",
        ask: Ask::Counted(softnet_drops),
    },
];

fn ring_drops(look: &Look<'_>, span: &Span<'_>) -> Finding {
    let mut now: Vec<String> = Vec::new();
    let mut before: Vec<String> = Vec::new();
    let mut commands: Vec<String> = Vec::new();
    let mut known = 0;
    for card in look.nics() {
        for (reason, new, all) in span.drops(&card.interface) {
            known += 1;
            if new > 0 {
                now.push(format!("{} {reason} {new}", card.interface));
                commands.push(format!("ethtool -g {}", card.interface));
            } else if all > 0 {
                before.push(format!("{} {reason} {all}", card.interface));
            }
        }
    }
    commands.dedup();
    match (known, now.is_empty(), before.is_empty()) {
        (0, ..) => Finding::unknown("no NIC here counts what it loses"),
        (_, false, _) => Finding::bad(
            format!("lost meanwhile: {}", some(&now)),
            "their rings were full, or the packets were not wanted",
        )
        .cured_by("larger rings (ethtool -G INTERFACE rx N, up to its maximum), more queues")
        .run_all(commands),
        (_, true, false) => Finding::ok(format!("not now; since it came up: {}", some(&before))),
        (_, true, true) => Finding::ok("no"),
    }
}

fn softnet_drops(look: &Look<'_>, span: &Span<'_>) -> Finding {
    let all = span.last.softnet.keys();
    let rows = all.filter_map(|core| Some((*core, span.softnet(*core)?)));
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return Finding::unknown("/proc/net/softnet_stat cannot be read");
    }
    let dropped = rows.iter().filter(|(_, softnet)| softnet.dropped > 0);
    let dropped = list::set(dropped.map(|(core, _)| *core));
    let squeezed = rows
        .iter()
        .filter(|(core, softnet)| softnet.squeezed > 0 && look.cores.contains(*core));
    let squeezed = list::set(squeezed.map(|(core, _)| *core));
    if !dropped.is_empty() {
        let most = look.number("/proc/sys/net/core/netdev_max_backlog");
        let finding = Finding::bad(
            format!("{} lost packets meanwhile", list::phrase(&dropped)),
            "its backlog was full",
        );
        return match most {
            Some(most) => finding.run(format!(
                "sysctl -w net.core.netdev_max_backlog={}",
                most.saturating_mul(4)
            )),
            None => finding,
        };
    }
    if !squeezed.is_empty() {
        return put_off(look, &squeezed);
    }
    let total: u64 = span
        .last
        .softnet
        .values()
        .map(|core| u64::from(core.dropped))
        .sum();
    match total {
        0 => Finding::ok("no"),
        total => Finding::ok(format!("not now; since the boot {total} packets")),
    }
}

/// Softirq of these cores stopped with work left.
fn put_off(look: &Look<'_>, cores: &kbp_core_set) -> Finding {
    let value = format!("{} put packets off meanwhile", list::phrase(cores));
    let is_served = |core: u32| look.served().any(|status| status.core == core);
    let others = list::set(cores.iter().filter(|core| !is_served(*core)));
    match others.is_empty() {
        true => Finding::hint(
            value,
            "a round of KBP, or of softirq in its place, used up its budget of packets or time; the \
             rest waits for the next one",
        )
        .cured_by("where it comes often: spread the packets over more queues and cores"),
        false => Finding::warning(
            value,
            "softirq receives there, and hands the rest to ksoftirqd, which waits for its turn",
        )
        .run(format!("kbpctl enable --cores {}", list::print(&others))),
    }
}
