// SPDX-License-Identifier: GPL-2.0
//! Settings of the network layer that take NAPIs away from KBP or make them wait.

use crate::doctor::check::{Ask, Check, Group};
use crate::doctor::finding::{some, Finding};
use crate::doctor::look::Look;
use crate::host::network;

pub(super) const ALL: [Check; 4] = [
    Check {
        id: "threaded-napi",
        group: Group::Network,
        question: "are NAPIs polled by threads of their own?",
        explanation:
            "A NAPI with a thread of its own is never on a core's list, so KBP does not see \
                      it. Read from /sys/class/net/*/threaded.",
        ask: Ask::Now(threaded),
    },
    Check {
        id: "backlog-threads",
        group: Group::Network,
        question: "does the backlog have threads of its own?",
        explanation: "With the boot parameter thread_backlog_napi a thread receives what comes by \
                      loopback, veth and RPS, and KBP does not see it.",
        ask: Ask::Now(backlog_threads),
    },
    Check {
        id: "deferred-interrupts",
        group: Group::Network,
        question: "does a NIC put its interrupts off?",
        explanation:
            "napi_defer_hard_irqs with gro_flush_timeout lets a NIC's interrupt wait for a \
                      timer; a packet that comes meanwhile waits as well. Read from sysfs of each \
                      NIC.",
        ask: Ask::Now(deferred),
    },
    Check {
        id: "busy-poll",
        group: Group::Network,
        question: "do sockets poll the NIC by themselves?",
        explanation:
            "With net.core.busy_poll or busy_read each application that waits polls the NIC \
                      too, on its own core, and takes packets away from the poller.",
        ask: Ask::Now(busy_poll),
    },
];

fn threaded(look: &Look<'_>) -> Finding {
    let devices = network::threaded(look.sys);
    match devices.is_empty() {
        true => Finding::ok("none"),
        false => Finding::bad(
            some(&devices),
            "their own threads poll them; KBP leaves them alone",
        )
        .run_all(
            devices
                .iter()
                .map(|device| format!("echo 0 > /sys/class/net/{device}/threaded")),
        ),
    }
}

fn backlog_threads(look: &Look<'_>) -> Finding {
    let line = look.text("/proc/cmdline").unwrap_or_default();
    match line
        .split_whitespace()
        .any(|word| word == "thread_backlog_napi")
    {
        false => Finding::ok("no"),
        true => Finding::warning(
            "yes (boot parameter thread_backlog_napi)",
            "a part of loopback, veth and RPS passes KBP by",
        )
        .cured_by("boot without thread_backlog_napi"),
    }
}

fn deferred(look: &Look<'_>) -> Finding {
    let mut waits: Vec<String> = Vec::new();
    let mut commands: Vec<String> = Vec::new();
    for card in look.nics() {
        let nic = &card.interface;
        let folder = format!("/sys/class/net/{nic}");
        let times = look.number(&format!("{folder}/napi_defer_hard_irqs"));
        let ns = look.number(&format!("{folder}/gro_flush_timeout"));
        if let (Some(1..), Some(ns @ 1..)) = (times, ns) {
            waits.push(format!("{nic} for {} us", ns / 1000));
            commands.push(format!("echo 0 > {folder}/napi_defer_hard_irqs"));
            commands.push(format!("echo 0 > {folder}/gro_flush_timeout"));
        }
    }
    match waits.is_empty() {
        true => Finding::ok("no"),
        false => {
            Finding::warning(some(&waits), "a packet may wait for that timer").run_all(commands)
        }
    }
}

fn busy_poll(look: &Look<'_>) -> Finding {
    let value = |name: &str| look.number(&format!("/proc/sys/net/core/{name}"));
    let set = ["busy_poll", "busy_read"].into_iter().filter_map(|name| {
        let us = value(name).filter(|us| *us > 0)?;
        Some((name, us))
    });
    let set: Vec<(&str, i64)> = set.collect();
    if set.is_empty() {
        return Finding::ok("no");
    }
    let named: Vec<String> = set
        .iter()
        .map(|(name, us)| format!("net.core.{name} = {us} us"))
        .collect();
    Finding::hint(
        some(&named),
        "waiting applications burn their cores, where KBP polls for all of them",
    )
    .run_all(
        set.iter()
            .map(|(name, _)| format!("sysctl -w net.core.{name}=0")),
    )
}
