// SPDX-License-Identifier: GPL-2.0
//! How packets are spread over queues and cores.

use crate::cores::list;
use crate::doctor::check::{Ask, Check, Group};
use crate::doctor::finding::{some, Finding};
use crate::doctor::look::Look;
use crate::nic::sysfs;

pub(super) const ALL: [Check; 3] = [
    Check {
        id: "queues-vs-cores",
        group: Group::Packets,
        question: "are there as many receive queues as cores?",
        explanation:
            "A queue is received on one core. Cores beyond the number of queues get nothing; \
                      queues beyond the number of cores share one.",
        ask: Ask::Now(queues_vs_cores),
    },
    Check {
        id: "rps",
        group: Group::Network,
        question: "are packets handed on to other cores in software?",
        explanation: "RPS and RFS send a packet that one core has received to another one by an \
                      interrupt between them, where it waits for that core's backlog. Read from \
                      rps_cpus of each receive queue and net.core.rps_sock_flow_entries.",
        ask: Ask::Now(rps),
    },
    Check {
        id: "virtio-features",
        group: Group::Network,
        question: "does the host give virtio NICs what they need?",
        explanation: "Without several queues (bit 22) one core receives everything; without event \
                      indexes (bit 29) each packet costs a notification. Read from the device's \
                      features in sysfs; the host's administrator sets them.",
        ask: Ask::Now(virtio_features),
    },
];

fn queues_vs_cores(look: &Look<'_>) -> Finding {
    let queues = look.feeding().count();
    let cores = look.cores.iter().count();
    if queues == 0 {
        return Finding::unknown("no receive queue has its interrupt here");
    }
    if queues < cores {
        let nics: Vec<String> = look
            .nics()
            .iter()
            .map(|card| format!("ethtool -L {} combined {cores}", card.interface))
            .collect();
        return Finding::warning(
            format!("{queues} receive queues for {cores} cores"),
            "some of the cores receive nothing from a NIC",
        )
        .cured_by("enable fewer cores, or have the NIC use more queues")
        .run_all(nics);
    }
    Finding::ok(format!("{queues} receive queues, {cores} cores"))
}

fn rps(look: &Look<'_>) -> Finding {
    let mut handed: Vec<String> = Vec::new();
    let mut commands: Vec<String> = Vec::new();
    for card in look.nics() {
        let interface = &card.interface;
        for queue in sysfs::queues(look.sys, interface, "rx-") {
            let file = format!("/sys/class/net/{interface}/queues/{queue}/rps_cpus");
            let cores = look.cores_of_mask(&file);
            if let Some(cores) = cores.filter(|cores| !cores.is_empty()) {
                handed.push(format!("{interface} {queue} to {}", list::phrase(&cores)));
                commands.push(format!("echo 0 > {file}"));
            }
        }
    }
    let flows = "/proc/sys/net/core/rps_sock_flow_entries";
    if handed.is_empty() {
        return match look.number(flows) {
            Some(entries) if entries > 0 => Finding::ok(format!(
                "RPS is off (the {entries} entries of RFS have no effect without it)"
            )),
            _ => Finding::ok("RPS and RFS are off"),
        };
    }
    Finding::warning(
        some(&handed),
        "handing a packet on costs an interrupt between cores, and it waits once more",
    )
    .run_all(commands)
}

fn virtio_features(look: &Look<'_>) -> Finding {
    /// Bits of the virtio specification.
    const SEVERAL_QUEUES: usize = 22;
    const EVENT_INDEX: usize = 29;
    let mut lacks: Vec<String> = Vec::new();
    let mut known = 0;
    for card in look.nics() {
        if card.driver.as_deref() != Some("virtio_net") {
            continue;
        }
        let path = format!("/sys/class/net/{}/device/features", card.interface);
        let Some(bits) = look.text(&path) else {
            continue;
        };
        known += 1;
        let has = |bit: usize| bits.as_bytes().get(bit) == Some(&b'1');
        let wants_queues = look.cores.iter().count() > 1;
        if wants_queues && !has(SEVERAL_QUEUES) {
            lacks.push(format!("{} has one queue", card.interface));
        }
        if !has(EVENT_INDEX) {
            lacks.push(format!("{} has no event indexes", card.interface));
        }
    }
    match (known, lacks.is_empty()) {
        (0, _) => Finding::ok("no virtio NIC here"),
        (_, true) => Finding::ok("several queues where they are needed, event indexes"),
        (_, false) => Finding::hint(some(&lacks), "the host decides that").cured_by(
            "on the host: queues=N for the NIC (libvirt: <driver queues='N'/>), event_idx=on",
        ),
    }
}
