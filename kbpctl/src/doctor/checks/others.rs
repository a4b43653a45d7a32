// SPDX-License-Identifier: GPL-2.0
//! What other parts of the kernel send to the cores: softirqs, and interrupts between cores.

use crate::doctor::check::{Ask, Check, Group};
use crate::doctor::finding::{some, Finding};
use crate::doctor::look::Look;
use crate::doctor::sample::Span;

pub(super) const ALL: [Check; 4] = [
    Check {
        id: "softirqs",
        group: Group::Cores,
        question: "do other softirqs compete for these cores?",
        explanation: "A softirq runs to its end before the poller goes on; a tasklet of some \
                      milliseconds is what the KBP paper saw delay packets (section 3.2.5). Read \
                      twice from /proc/softirqs: more than 20 a second of one kind, on one core.",
        ask: Ask::Counted(softirqs),
    },
    Check {
        id: "resched-ipis",
        group: Group::Cores,
        question: "do other cores interrupt these to wake tasks?",
        explanation: "Each rescheduling interrupt wakes a task on the core. Read twice from line RES of \
                      /proc/interrupts: more than 1000 a second. Seen in the container study as a \
                      cause of delays.",
        ask: Ask::Counted(|look, span| between_cores(look, span, &RESCHEDULING)),
    },
    Check {
        id: "call-ipis",
        group: Group::Cores,
        question: "do other cores have these run functions?",
        explanation: "The kernel has functions run on other cores, for example to change its own code \
                      or page tables. Read twice from line CAL of /proc/interrupts: more than 100 a \
                      second.",
        ask: Ask::Counted(|look, span| between_cores(look, span, &CALLS)),
    },
    Check {
        id: "tlb-flushes",
        group: Group::Cores,
        question: "do other cores flush the address caches of these?",
        explanation: "A process that unmaps memory has each core on which it has run flush its TLB. Read \
                      twice from line TLB of /proc/interrupts: more than 100 a second.",
        ask: Ask::Counted(|look, span| between_cores(look, span, &FLUSHES)),
    },
];

fn softirqs(look: &Look<'_>, span: &Span<'_>) -> Finding {
    const OFTEN: f64 = 20.0;
    /// Timers have the tick, RCU and SCHED come with it; NET_RX is KBP's own business.
    const KINDS: [&str; 5] = ["HI", "NET_TX", "BLOCK", "IRQ_POLL", "TASKLET"];
    let mut known = false;
    let mut busy: Vec<String> = Vec::new();
    for core in look.cores.iter() {
        for kind in KINDS {
            let Some(rate) = span.softirqs(kind, core) else {
                continue;
            };
            known = true;
            if rate > OFTEN {
                busy.push(format!("{kind} on core {core}, {rate:.0} a second"));
            }
        }
    }
    match (known, busy.is_empty()) {
        (false, _) => Finding::unknown("/proc/softirqs does not tell for these cores"),
        (_, true) => Finding::ok("none comes more than 20 times a second"),
        (_, false) => Finding::warning(some(&busy), "the poller waits for each").cured_by(
            "move what causes them: the interrupts of its device (other-irqs), or its tasks \
             (busy-tasks)",
        ),
    }
}

/// A kind of interrupt that cores send to each other.
struct Kind {
    row: &'static str,
    often: f64,
    why: &'static str,
    cure: &'static str,
}

const RESCHEDULING: Kind = Kind {
    row: "RES",
    often: 1000.0,
    why: "each is an interrupt, and a task that wants the core",
    cure: "keep the tasks that are woken there off the core (busy-tasks, isolcpus)",
};

const CALLS: Kind = Kind {
    row: "CAL",
    often: 100.0,
    why: "each is an interrupt of unknown length",
    cure: "perf trace -e csd:csd_queue_cpu or -e ipi:ipi_send_cpu (Linux 6.3 and later) says who sends \
           them",
};

const FLUSHES: Kind = Kind {
    row: "TLB",
    often: 100.0,
    why: "each is an interrupt, and slows down every memory access after it",
    cure: "keep processes with many threads off the cores; perf trace -e tlb:tlb_flush says whose \
           they are",
};

fn between_cores(look: &Look<'_>, span: &Span<'_>, kind: &Kind) -> Finding {
    let rates = look.cores.iter();
    let rates: Vec<(u32, f64)> = rates
        .filter_map(|core| Some((core, span.interrupts(kind.row, core)?)))
        .collect();
    let often: Vec<String> = rates
        .iter()
        .filter(|(_, rate)| *rate > kind.often)
        .map(|(core, rate)| format!("core {core} gets {rate:.0} a second"))
        .collect();
    let most = rates.iter().map(|(_, rate)| *rate).max_by(f64::total_cmp);
    match (most, often.is_empty()) {
        (None, _) => Finding::unknown("/proc/interrupts does not count them here"),
        (Some(most), true) => Finding::ok(format!("{most:.0} a second at most")),
        (_, false) => Finding::warning(some(&often), kind.why).cured_by(kind.cure),
    }
}
