// SPDX-License-Identifier: GPL-2.0
//! On a host of virtual machines: what their packets wait for here.

use crate::doctor::check::{Ask, Check, Group};
use crate::doctor::finding::{some, Finding};
use crate::doctor::look::Look;
use crate::doctor::task::Task;

pub(super) const ALL: [Check; 3] = [
    Check {
        id: "vhost-threads",
        group: Group::Guests,
        question: "do vhost threads have cores of their own?",
        explanation: "A vhost thread carries the packets of a virtual NIC between host and guest \
                      (section 3.2.4 of the KBP paper). On a served core it shares that with the \
                      poller; without an affinity it goes where the scheduler likes. They are kernel \
                      threads up to Linux 6.3 and threads of QEMU from then on.",
        ask: Ask::Now(vhost),
    },
    Check {
        id: "vcpu-threads",
        group: Group::Guests,
        question: "do virtual CPUs get their core when they want it?",
        explanation: "A virtual CPU of the ordinary policy waits for its turn behind every other task \
                      (section 3.2.3 of the KBP paper). Read from the threads \"CPU n/KVM\" of QEMU.",
        ask: Ask::Now(vcpu),
    },
    Check {
        id: "halt-polling",
        group: Group::Guests,
        question: "does KVM wait a moment before it lets a virtual CPU sleep?",
        explanation: "Waking a virtual CPU that sleeps takes tens of microseconds; KVM polls for \
                      kvm.halt_poll_ns before that.",
        ask: Ask::Now(halt_polling),
    },
];

fn is_vhost(task: &Task) -> bool {
    task.name.starts_with("vhost-")
}

fn is_vcpu(task: &Task) -> bool {
    task.name.starts_with("CPU ") && task.name.ends_with("/KVM")
}

fn tasks<'a>(look: &'a Look<'_>, is_one: fn(&Task) -> bool) -> Vec<&'a Task> {
    let all = look.now.tasks.values();
    all.filter(|task| is_one(task)).collect()
}

/// Those of these threads that may run on the cores that are looked at, which is no good because of
/// `why`.
fn intruders(look: &Look<'_>, threads: &[&Task], why: &str) -> Option<Finding> {
    let here = threads.iter().copied().filter(|task| look.may_have(task));
    let here: Vec<&Task> = here.collect();
    let named: Vec<String> = here.iter().map(|task| task.phrase()).collect();
    let value = format!("may run on these cores: {}", some(&named));
    (!here.is_empty()).then(|| Finding::warning(value, why).run_all(look.keep_away(here)))
}

fn vhost(look: &Look<'_>) -> Finding {
    let threads = tasks(look, is_vhost);
    if threads.is_empty() {
        return Finding::ok("there are none");
    }
    let why = "each shares the core with the poller of its packets";
    intruders(look, &threads, why)
        .unwrap_or_else(|| Finding::ok(format!("{} threads, off these cores", threads.len())))
}

fn vcpu(look: &Look<'_>) -> Finding {
    let threads = tasks(look, is_vcpu);
    if threads.is_empty() {
        return Finding::ok("there are none");
    }
    let why = "the guest and the poller take the core from each other";
    if let Some(finding) = intruders(look, &threads, why) {
        return finding;
    }
    let ordinary: Vec<&&Task> = threads
        .iter()
        .filter(|task| task.realtime.is_none())
        .collect();
    let named: Vec<String> = ordinary.iter().map(|task| task.phrase()).collect();
    match ordinary.is_empty() {
        true => Finding::ok(format!("{} threads, all real-time", threads.len())),
        false => Finding::hint(
            format!("ordinary tasks: {}", some(&named)),
            "they wait for their turn behind other tasks of their cores",
        )
        .cured_by("give each a core of its own, then (libvirt: <vcpusched>)")
        .run_all(
            ordinary
                .iter()
                .map(|task| format!("chrt -f -p 1 {}", task.tid)),
        ),
    }
}

fn halt_polling(look: &Look<'_>) -> Finding {
    let file = "/sys/module/kvm/parameters/halt_poll_ns";
    if tasks(look, is_vcpu).is_empty() {
        return Finding::ok("no virtual machine runs here");
    }
    match look.number(file) {
        None => Finding::unknown(format!("{file} cannot be read")),
        Some(0) => Finding::hint("no", "each packet wakes a virtual CPU that sleeps")
            .run(format!("echo 200000 > {file}")),
        Some(ns) => Finding::ok(format!("up to {} us", ns / 1000)),
    }
}
