// SPDX-License-Identifier: GPL-2.0
//! How the kernel shares the cores between tasks.

use kbp_uapi as abi;

use crate::cores::list;
use crate::doctor::check::{Ask, Check, Group};
use crate::doctor::finding::{some, Finding};
use crate::doctor::look::{chosen, Look};
use crate::doctor::sample::Span;

pub(super) const ALL: [Check; 5] = [
    Check {
        id: "realtime-throttling",
        group: Group::Cores,
        question: "do real-time tasks keep enough of each second?",
        explanation: "kernel.sched_rt_runtime_us is what real-time tasks may run in each \
                      sched_rt_period_us. The pollers of --sched fifo are such tasks; they leave one \
                      part in twelve to others by themselves. Below that the kernel stops them.",
        ask: Ask::Now(throttling),
    },
    Check {
        id: "fair-server",
        group: Group::Cores,
        question: "how much does the kernel take for starved tasks?",
        explanation: "From Linux 6.12 on a server runs ordinary tasks that real-time ones kept waiting: \
                      50 ms a second, at once. The poller's windows come before that. Read from \
                      sched/fair_server in debugfs.",
        ask: Ask::Now(fair_server),
    },
    Check {
        id: "sched-ext",
        group: Group::Cores,
        question: "is a scheduler of BPF at work?",
        explanation: "A scheduler that was loaded into the kernel decides when ordinary tasks run. Read \
                      from /sys/kernel/sched_ext.",
        ask: Ask::Now(sched_ext),
    },
    Check {
        id: "preemption",
        group: Group::Cores,
        question: "which preemption has the kernel?",
        explanation: "A kernel without preemption lets a task that is in a system call keep the core \
                      until it is done. Read from sched/preempt in debugfs and \
                      /sys/kernel/realtime. KBP does not run on real-time kernels.",
        ask: Ask::Now(preemption),
    },
    Check {
        id: "smt-siblings",
        group: Group::Cores,
        question: "are the sibling threads of these cores quiet?",
        explanation: "Two hardware threads share one core: what the other one does slows the poller \
                      down. Read from thread_siblings_list and /proc/stat.",
        ask: Ask::Counted(siblings),
    },
];

fn throttling(look: &Look<'_>) -> Finding {
    /// What the poller takes at most: eleven parts in twelve.
    const NEEDED: f64 = 11.0 / 12.0;
    let number = |name: &str| look.number(&format!("/proc/sys/kernel/{name}"));
    let (Some(runtime), Some(period)) =
        (number("sched_rt_runtime_us"), number("sched_rt_period_us"))
    else {
        return Finding::unknown("kernel.sched_rt_runtime_us cannot be read");
    };
    let value = format!("{runtime} of {period} us");
    let is_fifo = look
        .served()
        .any(|core| core.config.sched_policy == abi::KBP_SCHED_FIFO);
    match runtime < 0 || runtime as f64 >= period as f64 * NEEDED {
        true => Finding::ok(value),
        false => {
            let why = "the kernel stops a poller of --sched fifo in each second";
            let finding = match is_fifo {
                true => Finding::warning(value, why),
                false => Finding::hint(value, why),
            };
            finding.run(format!(
                "sysctl -w kernel.sched_rt_runtime_us={}",
                period / 20 * 19
            ))
        }
    }
}

fn fair_server(look: &Look<'_>) -> Finding {
    const USUAL_NS: i64 = 50_000_000;
    let root = "/sys/kernel/debug/sched";
    if !look.sys.exists(format!("{root}/fair_server").as_ref()) {
        return match look.sys.exists(root.as_ref()) {
            true => Finding::ok("this kernel has no such server"),
            false => Finding::unknown("debugfs is not mounted, or needs rights"),
        };
    }
    let file = |core: u32| format!("{root}/fair_server/cpu{core}/runtime");
    let more = look.cores.iter().filter(|core| {
        look.number(&file(*core))
            .is_some_and(|runtime| runtime > USUAL_NS)
    });
    let more: Vec<u32> = more.collect();
    match more.is_empty() {
        true => Finding::ok("50 ms a second at most"),
        false => Finding::hint(
            format!(
                "more than 50 ms a second on {}",
                list::phrase(&list::set(more.iter().copied()))
            ),
            "a task that waited gets so much at once, and packets wait as long",
        )
        .run_all(
            more.iter()
                .map(|core| format!("echo {USUAL_NS} > {}", file(*core))),
        ),
    }
}

fn sched_ext(look: &Look<'_>) -> Finding {
    match look.text("/sys/kernel/sched_ext/state").as_deref() {
        None => Finding::ok("this kernel has none"),
        Some("disabled") => Finding::ok("no"),
        Some(_) => {
            let name = look.text("/sys/kernel/sched_ext/root/ops");
            let name = name.unwrap_or_else(|| "unknown".to_owned());
            Finding::hint(
                crate::output::harmless(&name),
                "it decides how long ordinary tasks keep a core; the pollers of --sched fifo come \
                 before it",
            )
        }
    }
}

fn preemption(look: &Look<'_>) -> Finding {
    if look.number("/sys/kernel/realtime") == Some(1) {
        return Finding::bad("a real-time kernel (PREEMPT_RT)", "KBP does not run on it")
            .cured_by("boot an ordinary kernel");
    }
    let Some(text) = look.text("/sys/kernel/debug/sched/preempt") else {
        return Finding::unknown("sched/preempt in debugfs cannot be read");
    };
    match chosen(&text, ['(', ')']) {
        Some(chosen @ ("full" | "lazy")) => Finding::ok(chosen),
        Some(chosen) => Finding::hint(
            chosen,
            "a task in a long system call keeps the core until it is done",
        )
        .run("echo full > /sys/kernel/debug/sched/preempt"),
        None => Finding::unknown("sched/preempt in debugfs does not say which is chosen"),
    }
}

fn siblings(look: &Look<'_>, span: &Span<'_>) -> Finding {
    const BUSY: f64 = 0.1;
    let mut known = false;
    let mut busy: Vec<String> = Vec::new();
    for core in look.cores.iter() {
        let path = format!("/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list");
        let Some(all) = look.cores_of(&path) else {
            continue;
        };
        known = true;
        for other in all.iter().filter(|other| *other != core) {
            let idle = span.idle(other);
            if let Some(idle) = idle.filter(|idle| *idle < 1.0 - BUSY) {
                let work = (1.0 - idle) * 100.0;
                busy.push(format!(
                    "core {other} beside core {core} is busy for {work:.0} %"
                ));
            }
        }
    }
    match (known, busy.is_empty()) {
        (false, _) => Finding::unknown("the kernel does not say which threads share a core"),
        (_, true) => Finding::ok("yes, or there are none"),
        (_, false) => Finding::warning(some(&busy), "both share the units of one core").cured_by(
            "serve one thread of each core, and keep tasks off the other, or take it off line",
        ),
    }
}
