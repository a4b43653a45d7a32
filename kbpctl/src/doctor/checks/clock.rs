// SPDX-License-Identifier: GPL-2.0
//! Clock, memory, and what the processor does for safety's sake.

use crate::doctor::check::{Ask, Check, Group};
use crate::doctor::finding::{some, Finding};
use crate::doctor::look::{chosen, Look};

pub(super) const ALL: [Check; 5] = [
    Check {
        id: "clock-source",
        group: Group::Machine,
        question: "is the clock cheap to read?",
        explanation:
            "Each packet's time stamp and each poll read the clock: some nanoseconds from the \
                      TSC, a microsecond or more from HPET or the ACPI timer. Read from \
                      clocksource0/current_clocksource.",
        ask: Ask::Now(clock_source),
    },
    Check {
        id: "huge-pages",
        group: Group::Machine,
        question: "does the kernel move memory about by itself?",
        explanation:
            "khugepaged (transparent huge pages = always) remaps pages of running programs; \
                      each time, cores on which they ran flush their TLB.",
        ask: Ask::Now(huge_pages),
    },
    Check {
        id: "same-page-merging",
        group: Group::Machine,
        question: "does KSM merge pages?",
        explanation:
            "ksmd scans memory and remaps pages that are alike; each time, cores flush their \
                      TLB. Read from /sys/kernel/mm/ksm/run.",
        ask: Ask::Now(merging),
    },
    Check {
        id: "numa-balancing",
        group: Group::Machine,
        question: "does the kernel move memory between nodes?",
        explanation:
            "NUMA balancing unmaps pages to see who uses them: page faults and TLB flushes on \
                      every core. Read from kernel.numa_balancing.",
        ask: Ask::Now(numa_balancing),
    },
    Check {
        id: "mitigations",
        group: Group::Machine,
        question: "what do the processor's flaws cost?",
        explanation:
            "Mitigations make each system call and each indirect call of the kernel slower. \
                      Read from /sys/devices/system/cpu/vulnerabilities. For information: whoever \
                      runs other people's code needs them.",
        ask: Ask::Now(mitigations),
    },
];

fn clock_source(look: &Look<'_>) -> Finding {
    let root = "/sys/devices/system/clocksource/clocksource0";
    match look.text(format!("{root}/current_clocksource")).as_deref() {
        None => Finding::unknown("the kernel does not say which it uses"),
        Some(name @ ("tsc" | "kvm-clock" | "hyperv_clocksource_tsc_page" | "arch_sys_counter")) => {
            Finding::ok(name)
        }
        Some(name) => {
            let others = look.text(format!("{root}/available_clocksource"));
            let has_tsc = others.is_some_and(|all| all.split(' ').any(|name| name == "tsc"));
            let finding = Finding::warning(name, "each read takes about a microsecond");
            match has_tsc {
                true => finding.run(format!("echo tsc > {root}/current_clocksource")),
                false => finding.cured_by("the kernel log says why it does not trust the TSC"),
            }
        }
    }
}

fn huge_pages(look: &Look<'_>) -> Finding {
    let file = "/sys/kernel/mm/transparent_hugepage/enabled";
    let text = look.text(file);
    match text.as_deref().map(|text| chosen(text, ['[', ']'])) {
        None => Finding::ok("this kernel has none"),
        Some(Some("always")) => Finding::hint("always", "khugepaged remaps pages of any program")
            .run(format!("echo madvise > {file}")),
        Some(Some(other)) => Finding::ok(other),
        Some(None) => Finding::unknown(format!("{file} does not say which is chosen")),
    }
}

fn merging(look: &Look<'_>) -> Finding {
    let file = "/sys/kernel/mm/ksm/run";
    match look.number(file) {
        None => Finding::ok("this kernel cannot"),
        Some(1) => Finding::warning("yes", "cores flush their TLB for each page that is merged")
            .run(format!("echo 0 > {file}")),
        Some(_) => Finding::ok("no"),
    }
}

fn numa_balancing(look: &Look<'_>) -> Finding {
    match look.number("/proc/sys/kernel/numa_balancing") {
        None => Finding::ok("this kernel does not"),
        Some(0) => Finding::ok("no"),
        Some(_) => Finding::hint("yes", "page faults and TLB flushes on every core")
            .run("sysctl -w kernel.numa_balancing=0"),
    }
}

fn mitigations(look: &Look<'_>) -> Finding {
    let root = "/sys/devices/system/cpu/vulnerabilities";
    let names = look.sys.list(root.as_ref()).unwrap_or_default();
    let texts = names.iter().filter_map(|name| {
        let text = look.text(format!("{root}/{name}"))?;
        text.starts_with("Mitigation").then(|| name.clone())
    });
    let active: Vec<String> = texts.collect();
    match (names.is_empty(), active.is_empty()) {
        (true, _) => Finding::unknown("the kernel does not list them"),
        (_, true) => Finding::ok("nothing: none is mitigated here"),
        (_, false) => Finding::ok(format!("mitigated: {}", some(&active))),
    }
}
