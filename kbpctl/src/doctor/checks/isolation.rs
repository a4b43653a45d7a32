// SPDX-License-Identifier: GPL-2.0
//! What of the kernel is kept off the cores by boot parameters and settings.

use kbp_uapi::kbp_core_set;

use crate::cores::list;
use crate::cores::mask;
use crate::cores::select::{ISOLATED, NOHZ_FULL};
use crate::doctor::check::{Ask, Check, Group};
use crate::doctor::finding::Finding;
use crate::doctor::look::Look;
use crate::doctor::sample::Span;

pub(super) const ALL: [Check; 7] = [
    Check {
        id: "isolcpus",
        group: Group::Cores,
        question: "does the scheduler keep tasks off these cores?",
        explanation: "On an isolated core nobody runs who was not put there. Read from \
                      /sys/devices/system/cpu/isolated and, from Linux 6.7 on, \
                      /sys/fs/cgroup/cpuset.cpus.isolated.",
        ask: Ask::Now(isolcpus),
    },
    Check {
        id: "nohz-full",
        group: Group::Cores,
        question: "are these cores without the tick?",
        explanation: "The scheduler's tick interrupts a busy core 250 times a second for some \
                      microseconds. nohz_full= stops it while one task runs. Read from \
                      /sys/devices/system/cpu/nohz_full.",
        ask: Ask::Counted(nohz_full),
    },
    Check {
        id: "rcu-nocbs",
        group: Group::Cores,
        question: "are RCU callbacks invoked elsewhere?",
        explanation: "Without rcu_nocbs= (nohz_full= brings it along) each core frees in softirq what \
                      it has queued, perhaps thousands of objects at once. Read from /proc/cmdline.",
        ask: Ask::Now(rcu_nocbs),
    },
    Check {
        id: "watchdog",
        group: Group::Cores,
        question: "does the lockup watchdog leave these cores alone?",
        explanation: "The watchdog wakes a thread of highest priority on each of its cores every four \
                      seconds. Read from kernel.watchdog and kernel.watchdog_cpumask.",
        ask: Ask::Now(watchdog),
    },
    Check {
        id: "workqueues",
        group: Group::Cores,
        question: "do workqueues that may run anywhere stay off these cores?",
        explanation: "Unbound work of the kernel runs on the cores of \
                      /sys/devices/virtual/workqueue/cpumask.",
        ask: Ask::Now(workqueues),
    },
    Check {
        id: "timer-migration",
        group: Group::Cores,
        question: "may timers move to cores that are awake?",
        explanation: "With kernel.timer_migration = 0 each timer fires on the core that set it.",
        ask: Ask::Now(timer_migration),
    },
    Check {
        id: "boot-parameters",
        group: Group::Cores,
        question: "does the boot command line keep these cores free?",
        explanation: "One line that isolates them: isolcpus= keeps tasks off, nohz_full= the tick and \
                      RCU callbacks, irqaffinity= new interrupts. A price: what is isolated is lost \
                      for all other work.",
        ask: Ask::Now(boot_parameters),
    },
];

const ONLINE: &str = "/sys/devices/system/cpu/online";

/// The isolated ones among all cores.
fn isolated(look: &Look<'_>) -> Option<kbp_core_set> {
    let known: Vec<kbp_core_set> = ISOLATED
        .iter()
        .filter_map(|file| look.cores_of(file))
        .collect();
    let cores = known.iter().flat_map(kbp_core_set::iter);
    (!known.is_empty()).then(|| list::set(cores))
}

fn isolcpus(look: &Look<'_>) -> Finding {
    let Some(isolated) = isolated(look) else {
        return Finding::unknown("/sys/devices/system/cpu/isolated cannot be read");
    };
    let lacking = look.lacking(&isolated);
    match lacking.is_empty() {
        true => Finding::ok(format!("{} isolated", list::phrase(&look.cores))),
        false => Finding::hint(
            format!("{} not isolated", list::phrase(&lacking)),
            "the scheduler may put any task there; the poller takes a window for each",
        )
        .cured_by(
            "see boot-parameters, or use a cpuset partition (cpuset.cpus.partition = isolated)",
        ),
    }
}

fn nohz_full(look: &Look<'_>, span: &Span<'_>) -> Finding {
    let without = look.cores_of(NOHZ_FULL);
    let lacking = look.lacking(&without.unwrap_or_default());
    let ticks = lacking.iter();
    let ticks: Vec<f64> = ticks
        .filter_map(|core| span.interrupts("LOC", core))
        .collect();
    let most = ticks.into_iter().max_by(f64::total_cmp);
    match (lacking.is_empty(), most) {
        (true, _) => Finding::ok(format!("{} without the tick", list::phrase(&look.cores))),
        (false, Some(most)) => Finding::hint(
            format!(
                "timer interrupts on {}: {most:.0} a second at most",
                list::phrase(&lacking)
            ),
            "each takes some microseconds",
        )
        .cured_by("see boot-parameters"),
        (false, None) => Finding::hint(
            format!("{} with the tick", list::phrase(&lacking)),
            "each tick takes some microseconds",
        )
        .cured_by("see boot-parameters"),
    }
}

/// The cores that a boot parameter names: `NAME=2,3`, or `isolcpus=domain,2-3`.
fn parameter(look: &Look<'_>, name: &str) -> kbp_core_set {
    let line = look.text("/proc/cmdline").unwrap_or_default();
    let values = line.split_whitespace().filter_map(|word| {
        let (key, value) = word.split_once('=')?;
        (key == name).then(|| value.to_owned())
    });
    let mut cores = Vec::new();
    for value in values {
        if value == "all" {
            cores.extend(look.cores_of(ONLINE).unwrap_or_default().iter());
        }
        let parts = value.split(',').filter_map(|part| list::parse(part).ok());
        cores.extend(parts.flat_map(|set| set.iter().collect::<Vec<_>>()));
    }
    list::set(cores)
}

fn rcu_nocbs(look: &Look<'_>) -> Finding {
    let full = look.cores_of(NOHZ_FULL);
    let full = full.unwrap_or_default();
    let named = parameter(look, "rcu_nocbs");
    let elsewhere = list::set(named.iter().chain(full.iter()));
    let lacking = look.lacking(&elsewhere);
    match lacking.is_empty() {
        true => Finding::ok("yes"),
        false => Finding::hint(
            format!("not those of {}", list::phrase(&lacking)),
            "they are invoked in softirq, in batches, before the poller goes on",
        )
        .cured_by(format!("boot with rcu_nocbs={}", list::print(&look.cores))),
    }
}

fn watchdog(look: &Look<'_>) -> Finding {
    match look.number("/proc/sys/kernel/watchdog") {
        None => return Finding::ok("this kernel has none"),
        Some(0) => return Finding::ok("it is off"),
        Some(_) => {}
    }
    let watched = look.cores_of("/proc/sys/kernel/watchdog_cpumask");
    let Some(watched) = watched else {
        return Finding::unknown("kernel.watchdog_cpumask cannot be read");
    };
    match look.cores.iter().any(|core| watched.contains(core)) {
        false => Finding::ok("it does"),
        true => Finding::hint(
            "it watches them",
            "it takes each core for some microseconds every four seconds",
        )
        .run(format!(
            "sysctl -w kernel.watchdog_cpumask={}",
            list::print(&look.others())
        )),
    }
}

fn workqueues(look: &Look<'_>) -> Finding {
    let file = "/sys/devices/virtual/workqueue/cpumask";
    let allowed = look.cores_of_mask(file);
    let Some(allowed) = allowed else {
        return Finding::unknown(format!("{file} cannot be read"));
    };
    let shared = look.cores.iter().filter(|core| allowed.contains(*core));
    let shared = list::set(shared);
    let rest = list::set(look.others().iter().filter(|core| allowed.contains(*core)));
    match (shared.is_empty(), rest.is_empty()) {
        (true, _) => Finding::ok("they do"),
        (false, true) => Finding::hint(
            format!("they may run on {}", list::phrase(&shared)),
            "the kernel's unbound work may want these cores; there are no others",
        ),
        (false, false) => Finding::hint(
            format!("they may run on {}", list::phrase(&shared)),
            "the kernel's unbound work may want these cores",
        )
        .run(format!("echo {} > {file}", mask::print(&rest))),
    }
}

fn timer_migration(look: &Look<'_>) -> Finding {
    match look.number("/proc/sys/kernel/timer_migration") {
        None => Finding::unknown("kernel.timer_migration cannot be read"),
        Some(0) => Finding::hint("no", "timers stay on the cores that set them")
            .run("sysctl -w kernel.timer_migration=1"),
        Some(_) => Finding::ok("yes"),
    }
}

fn boot_parameters(look: &Look<'_>) -> Finding {
    let isolated = isolated(look).unwrap_or_default();
    let full = look.cores_of(NOHZ_FULL);
    let free = list::set(
        isolated
            .iter()
            .filter(|core| full.unwrap_or_default().contains(*core)),
    );
    if look.lacking(&free).is_empty() {
        return Finding::ok("yes");
    }
    let others = look.others();
    if others.is_empty() {
        return Finding::unknown("no other core is online: something must run the rest");
    }
    let cores = list::print(&look.cores);
    let others = list::print(&others);
    Finding::hint(
        "no",
        "tasks, the tick, RCU and new interrupts may come to these cores",
    )
    .cured_by(format!(
        "in /etc/default/grub add to GRUB_CMDLINE_LINUX, then update-grub and reboot: \
         isolcpus={cores} nohz_full={cores} rcu_nocbs={cores} irqaffinity={others}"
    ))
}
