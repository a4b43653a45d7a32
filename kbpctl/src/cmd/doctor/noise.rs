// SPDX-License-Identifier: GPL-2.0
//! `kbpctl doctor --noise`: how long others have the cores, and who.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use kbp_probe::times::Summary;
use kbp_uapi::{kbp_core_set, kbp_core_status};
use schemars::JsonSchema;
use serde::Serialize;

use super::text::wrapped;
use crate::cli;
use crate::cores::{device, list};
use crate::error::{Error, Exit, Result};
use crate::host::cpu_time::{self, CpuTime};
use crate::nic::interrupts::Counts;
use crate::output::{counted, harmless, ns, us, Answer};
use crate::sys::noise::CoreNoise;
use crate::sys::System;

/// `kbp.doctor.noise/1`.
#[derive(Serialize, JsonSchema)]
struct Report {
    schema: &'static str,
    cores: Vec<Row>,
}

/// A core.
#[derive(Serialize, JsonSchema)]
struct Row {
    core: u32,
    looked_ns: u64,
    /// A shorter time is no gap.
    least_ns: u64,
    gaps: Summary,
    /// The sum of the gaps.
    lost_ns: u64,
    /// How often a task took the core.
    tasks: Option<u64>,
    /// System management interrupts: the firmware's.
    smis: Option<u64>,
    /// What the host took, 0 to 1.
    steal_share: Option<f64>,
    /// What came to the core meanwhile, the most frequent first.
    interrupts: Vec<Came>,
}

#[derive(Serialize, JsonSchema)]
struct Came {
    /// As in /proc/interrupts.
    irq: String,
    name: String,
    count: u64,
}

/// What is counted by the kernel, before and after.
struct Counted {
    interrupts: Counts,
    times: BTreeMap<u32, CpuTime>,
}

impl Counted {
    fn now(sys: &dyn System) -> Counted {
        Counted {
            interrupts: Counts::now(sys),
            times: cpu_time::now(sys),
        }
    }
}

/// Looks for so long at these cores, none of which KBP serves, unless that is forced.
pub(super) fn run(
    sys: &dyn System,
    arguments: &cli::Doctor,
    cores: &kbp_core_set,
    status: Option<&[kbp_core_status]>,
    time: Duration,
) -> Result<Answer> {
    if !arguments.force {
        refuse_served(cores, status)?;
    }
    let all: Vec<u32> = cores.iter().collect();
    let before = Counted::now(sys);
    let seen = sys
        .noise(&all, time)
        .map_err(|error| Error::system(cannot(cores), &error))?;
    let after = Counted::now(sys);
    let row = |seen: &CoreNoise| row(sys, seen, &before, &after);
    let report = Report {
        schema: "kbp.doctor.noise/1",
        cores: seen.iter().map(row).collect(),
    };
    Ok(Answer::new(&report, text(&report, cores), Exit::Ok))
}

fn cannot(cores: &kbp_core_set) -> String {
    format!("cannot look at {}", list::phrase(cores))
}

/// The thread would take the packets' time.
fn refuse_served(cores: &kbp_core_set, status: Option<&[kbp_core_status]>) -> Result<()> {
    let cure = "name other cores with --cores, or disturb these with --force";
    let Some(status) = status else {
        let cause = "whether KBP serves them cannot be asked: that takes CAP_NET_ADMIN, and the \
                     module of this release";
        return Err(Error::new(Exit::Permission, cannot(cores), cause, cure));
    };
    let served = status.iter().filter(|one| device::is_on(one));
    let served = served
        .map(|one| one.core)
        .filter(|core| cores.contains(*core));
    let served = list::set(served);
    if served.is_empty() {
        return Ok(());
    }
    let cause = "KBP receives there, and packets would wait for a thread that never sleeps";
    Err(Error::new(Exit::Failed, cannot(&served), cause, cure))
}

fn row(sys: &dyn System, seen: &CoreNoise, before: &Counted, after: &Counted) -> Row {
    let core = seen.core;
    let came = |irq: &str| {
        let now = after.interrupts.at(irq, core)?;
        let count = now.saturating_sub(before.interrupts.at(irq, core).unwrap_or(0));
        (count > 0).then(|| Came {
            irq: irq.to_owned(),
            name: name(sys, irq),
            count,
        })
    };
    let mut interrupts: Vec<Came> = after.interrupts.rows().filter_map(came).collect();
    interrupts.sort_by_key(|came| Reverse(came.count));
    let stolen = || {
        after
            .times
            .get(&core)?
            .stolen_since(before.times.get(&core)?)
    };
    Row {
        core,
        looked_ns: ns(seen.looked),
        least_ns: ns(seen.least),
        gaps: seen.gaps.summary(),
        lost_ns: ns(seen.lost),
        tasks: seen.tasks,
        smis: seen.smis,
        steal_share: stolen(),
        interrupts,
    }
}

/// Who it is.
fn name(sys: &dyn System, irq: &str) -> String {
    /// The kernel's own, by their rows.
    const OWN: [(&str, &str); 8] = [
        ("LOC", "timer"),
        ("RES", "wake-up by another core"),
        ("CAL", "function call by another core"),
        ("TLB", "TLB flush by another core"),
        ("IWI", "deferred work"),
        ("NMI", "NMI"),
        ("PMI", "performance counter"),
        ("MCP", "machine check poll"),
    ];
    if let Some((_, name)) = OWN.iter().find(|(row, _)| *row == irq) {
        return (*name).to_owned();
    }
    let actions = sys.read(Path::new(&format!("/sys/kernel/irq/{irq}/actions")));
    let actions = actions.unwrap_or_default();
    match actions.trim() {
        "" => irq.to_owned(),
        name => harmless(name),
    }
}

fn text(report: &Report, cores: &kbp_core_set) -> String {
    let seconds = report.cores.iter().map(|row| row.looked_ns).max();
    let mut lines = vec![
        format!(
            "{}, a thread on each for {:.1} s",
            list::phrase(cores),
            seconds.unwrap_or_default() as f64 / 1e9
        ),
        "core  gaps/s   p50 us   p99 us   max us    lost  tasks  SMIs  steal".to_owned(),
    ];
    for row in &report.cores {
        let or_none = |count: Option<u64>| count.map_or("-".to_owned(), |count| count.to_string());
        let looked = row.looked_ns.max(1) as f64;
        let steal = row
            .steal_share
            .map_or("-".to_owned(), |share| format!("{:.1}%", share * 1e2));
        lines.push(format!(
            "{:>4} {:>7.0} {:>8} {:>8} {:>8} {:>6.2}% {:>6} {:>5} {:>6}",
            row.core,
            row.gaps.count as f64 * 1e9 / looked,
            us(row.gaps.p50_ns),
            us(row.gaps.p99_ns),
            us(row.gaps.max_ns),
            row.lost_ns as f64 * 1e2 / looked,
            or_none(row.tasks),
            or_none(row.smis),
            steal,
        ));
        lines.extend(came(row));
    }
    lines.join("\n")
}

/// What interrupted the thread, in lines.
fn came(row: &Row) -> Vec<String> {
    const NAMED: usize = 6;
    let named = row.interrupts.iter().take(NAMED);
    let mut words: Vec<String> = named
        .map(
            |came| match came.irq.bytes().all(|byte| byte.is_ascii_digit()) {
                true if came.name == came.irq => format!("{} IRQ {}", came.count, came.irq),
                true => format!("{} {} (IRQ {})", came.count, came.name, came.irq),
                false => format!("{} {}", came.count, came.name),
            },
        )
        .collect();
    let more = row.interrupts.len().saturating_sub(NAMED);
    words.extend((more > 0).then(|| format!("and {}", counted(more, "other"))));
    match words.is_empty() {
        true => Vec::new(),
        false => wrapped("      came: ", &words.join(", ")),
    }
}
