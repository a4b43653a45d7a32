// SPDX-License-Identifier: GPL-2.0
//! What the kernel counts, at two moments.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::task::{self, Task};
use crate::host::cpu_time::{self, CpuTime};
use crate::host::softnet::{self, Softnet};
use crate::nic::interrupts::Counts;
use crate::sys::System;

/// One moment.
pub(crate) struct Sample {
    pub(super) at: Duration,
    pub(crate) interrupts: Counts,
    /// By the name of the softirq.
    softirqs: Counts,
    times: BTreeMap<u32, CpuTime>,
    pub(crate) softnet: BTreeMap<u32, Softnet>,
    pub(crate) tasks: BTreeMap<i32, Task>,
    /// By interface and file of its `statistics`.
    drops: BTreeMap<(String, &'static str), u64>,
}

/// Of a NIC: packets that its ring had no room for, or that it could not take for another reason.
const DROPS: [&str; 4] = [
    "rx_missed_errors",
    "rx_fifo_errors",
    "rx_over_errors",
    "rx_dropped",
];

impl Sample {
    pub(crate) fn now(sys: &dyn System, nics: &[String]) -> Sample {
        let text = |path: &str| sys.read(Path::new(path)).unwrap_or_default();
        let drops = nics.iter().flat_map(|nic| {
            DROPS.into_iter().filter_map(move |name| {
                let path = format!("/sys/class/net/{nic}/statistics/{name}");
                let count = sys.read(Path::new(&path)).ok()?.trim().parse().ok()?;
                Some(((nic.clone(), name), count))
            })
        });
        Sample {
            at: sys.now(),
            interrupts: Counts::now(sys),
            softirqs: Counts::parse(&text("/proc/softirqs")),
            times: cpu_time::now(sys),
            softnet: softnet::now(sys),
            tasks: task::all(sys),
            drops: drops.collect(),
        }
    }
}

/// What came between two moments.
pub(crate) struct Span<'a> {
    pub(crate) first: &'a Sample,
    pub(crate) last: &'a Sample,
}

impl Span<'_> {
    pub(crate) fn seconds(&self) -> f64 {
        let time = self.last.at.saturating_sub(self.first.at);
        time.as_secs_f64().max(f64::EPSILON)
    }

    fn rate(&self, before: u64, after: u64) -> f64 {
        after.saturating_sub(before) as f64 / self.seconds()
    }

    /// How often an interrupt came to a core, in a second; `None`: the core has no column.
    pub(crate) fn interrupts(&self, irq: &str, core: u32) -> Option<f64> {
        let counts = |sample: &Sample| sample.interrupts.at(irq, core);
        Some(self.rate(counts(self.first)?, counts(self.last)?))
    }

    /// How often a softirq ran on a core, in a second.
    pub(crate) fn softirqs(&self, name: &str, core: u32) -> Option<f64> {
        let counts = |sample: &Sample| sample.softirqs.at(name, core);
        Some(self.rate(counts(self.first)?, counts(self.last)?))
    }

    /// Which part of a core's time the host took, 0 to 1.
    pub(crate) fn stolen(&self, core: u32) -> Option<f64> {
        let last = self.last.times.get(&core)?;
        last.stolen_since(self.first.times.get(&core)?)
    }

    /// In which part of its time nobody wanted a core, 0 to 1.
    pub(crate) fn idle(&self, core: u32) -> Option<f64> {
        let last = self.last.times.get(&core)?;
        last.idle_since(self.first.times.get(&core)?)
    }

    /// What a core's share of the network layer dropped and put off meanwhile.
    pub(crate) fn softnet(&self, core: u32) -> Option<Softnet> {
        let (first, last) = (
            self.first.softnet.get(&core)?,
            self.last.softnet.get(&core)?,
        );
        // The kernel keeps 32 bits of each.
        Some(Softnet {
            received: last.received.wrapping_sub(first.received),
            dropped: last.dropped.wrapping_sub(first.dropped),
            squeezed: last.squeezed.wrapping_sub(first.squeezed),
        })
    }

    /// What a NIC lost meanwhile, and since the boot, by reason.
    pub(crate) fn drops(&self, nic: &str) -> Vec<(&'static str, u64, u64)> {
        let of = |((name, reason), after): (&(String, &'static str), &u64)| {
            let before = self.first.drops.get(&(name.clone(), *reason))?;
            (name == nic).then_some((*reason, after.saturating_sub(*before), *after))
        };
        self.last.drops.iter().filter_map(of).collect()
    }

    /// What a task ran meanwhile, in ticks. One that is new has run all that it ever has.
    pub(crate) fn ran(&self, task: &Task) -> u64 {
        let before = self.first.tasks.get(&task.tid).map_or(0, |task| task.ran);
        task.ran.saturating_sub(before)
    }
}
