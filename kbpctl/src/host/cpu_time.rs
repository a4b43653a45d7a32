// SPDX-License-Identifier: GPL-2.0
//! `/proc/stat`: where the time of each core went, and what the host kept from a virtual one. The crate procfs reads it, too, and
//! forgets which CPU a line is of: those that are offline have none.

use std::collections::BTreeMap;
use std::path::Path;

use crate::sys::System;

/// user, nice, system, idle, iowait, irq, softirq, steal; a guest's time is in the first two.
const FIELDS: usize = 8;
const IDLE: [usize; 2] = [3, 4];
const STEAL: usize = 7;

/// How a CPU has spent its time since the boot, in ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CpuTime([u64; FIELDS]);

/// Of each CPU that is online.
pub(crate) fn now(sys: &dyn System) -> BTreeMap<u32, CpuTime> {
    let text = sys.read(Path::new("/proc/stat"));
    parse(&text.unwrap_or_default())
}

fn parse(text: &str) -> BTreeMap<u32, CpuTime> {
    let row = |line: &str| {
        let mut words = line.strip_prefix("cpu")?.split(' ');
        let cpu = words.next()?.parse().ok()?;
        let mut ticks = [0; FIELDS];
        for field in &mut ticks {
            *field = words.next()?.parse().ok()?;
        }
        Some((cpu, CpuTime(ticks)))
    };
    text.lines().filter_map(row).collect()
}

impl CpuTime {
    /// The part of the time since `before` that was stolen, 0 to 1, to a ten-thousandth.
    pub(crate) fn stolen_since(&self, before: &CpuTime) -> Option<f64> {
        self.share_since(before, &[STEAL])
    }

    /// The part of the time since `before` in which nobody wanted the core, 0 to 1.
    pub(crate) fn idle_since(&self, before: &CpuTime) -> Option<f64> {
        self.share_since(before, &IDLE)
    }

    fn share_since(&self, before: &CpuTime, fields: &[usize]) -> Option<f64> {
        // What is idle may go back by a tick.
        let grown = |field: usize| self.0[field].saturating_sub(before.0[field]);
        let all: u64 = (0..FIELDS).map(grown).sum();
        let part: u64 = fields.iter().map(|field| grown(*field)).sum();
        (all > 0).then(|| (part as f64 / all as f64 * 1e4).round() / 1e4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Of a guest with three CPUs, of which the second is offline.
    const RECORDED: &str = "\
cpu  2255 34 2290 22625563 6290 127 456 17 0 0
cpu0 1132 17 1441 11311718 3675 127 438 12 0 0
cpu2 1123 17 849 11313845 2614 0 18 5 0 0
intr 114930548 113199788 3 0 5 263 0 4
ctxt 1990473
btime 1062191376
softirq 183433 0 21755 12 39 1137 231 21459 2263
";

    #[test]
    fn a_line_is_of_the_cpu_it_names() {
        let before = parse(RECORDED);
        assert_eq!(before.keys().copied().collect::<Vec<_>>(), [0, 2]);
        let mut now = before[&2];
        now.0[STEAL] += 25;
        now.0[2] += 75;
        assert_eq!(now.stolen_since(&before[&2]), Some(0.25));
        // A tick of idle time that was taken back again.
        now.0[3] -= 1;
        assert_eq!(now.stolen_since(&before[&2]), Some(0.25));
        assert_eq!(now.stolen_since(&now), None);
        assert_eq!(now.idle_since(&before[&2]), Some(0.0));
        now.0[4] += 100;
        assert_eq!(now.idle_since(&before[&2]), Some(0.5));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "[cpu0-9 \n-]{0,80}") {
            let _ = parse(&text);
        }
    }
}
