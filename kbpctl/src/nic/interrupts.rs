// SPDX-License-Identifier: GPL-2.0
//! `/proc/interrupts`, and what is written alike: how often each interrupt came, by core.

use std::collections::BTreeMap;
use std::path::Path;

use crate::sys::System;

/// By interrupt, then by core.
pub(crate) struct Counts(BTreeMap<String, BTreeMap<u32, u64>>);

impl Counts {
    /// As they are now; none where the kernel does not tell.
    pub(crate) fn now(sys: &dyn System) -> Counts {
        let text = sys.read(Path::new("/proc/interrupts"));
        Counts::parse(&text.unwrap_or_default())
    }

    /// The first line names the cores that are online; each of the others begins with the
    /// interrupt and has a column for each of them, or fewer (`ERR:`), and then words.
    pub(crate) fn parse(text: &str) -> Counts {
        let mut lines = text.lines();
        let head = lines.next().unwrap_or_default().split_whitespace();
        let cores: Vec<Option<u32>> = head
            .map(|name| name.strip_prefix("CPU")?.parse().ok())
            .collect();
        let row = |line: &str| {
            let mut words = line.split_whitespace();
            let irq = words.next()?.strip_suffix(':')?.to_owned();
            let columns = cores.iter().zip(words);
            let counts = columns.map_while(|(core, word)| Some(((*core)?, word.parse().ok()?)));
            Some((irq, counts.collect()))
        };
        Counts(lines.filter_map(row).collect())
    }

    /// What has a line.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// How often it came to each core.
    pub(crate) fn of(&self, irq: &str) -> impl Iterator<Item = (u32, u64)> + '_ {
        let row = self.0.get(irq).into_iter().flatten();
        row.map(|(core, count)| (*core, *count))
    }

    /// How often it came to this core; `None`: the core has no column.
    pub(crate) fn at(&self, irq: &str, core: u32) -> Option<u64> {
        let mut columns = self.of(irq);
        columns.find_map(|(column, count)| (column == core).then_some(count))
    }

    /// How often it came.
    pub(crate) fn total(&self, irq: &str) -> u64 {
        self.of(irq).map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_are_read_whatever_their_words() {
        let counts = Counts::parse(concat!(
            "            CPU0       CPU2       CPU10       \n",
            "   0:        126          0          5   IO-APIC   2-edge      timer\n",
            "  25:          0         17          3  PCI-MSIX-0000:00:02.0   1-edge      virtio0-input.0\n",
            "  26:          0          4          0  PCI-MSI 32770-edge      eth0-rx-0, 12 more\n",
            " NMI:          1          2          3   Non-maskable interrupts\n",
            " ERR:          7\n",
            "\n",
            "garbage\n",
        ));
        let of = |irq| counts.of(irq).collect::<Vec<_>>();
        assert_eq!(of("25"), [(0, 0), (2, 17), (10, 3)]);
        assert_eq!(of("26"), [(0, 0), (2, 4), (10, 0)]);
        assert_eq!(of("ERR"), [(0, 7)]);
        assert_eq!(of("27"), []);
        assert_eq!(counts.total("25"), 20);
        assert_eq!(Counts::parse("").total("25"), 0);
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "[CPU0-9: \n]{0,60}") {
            let _ = Counts::parse(&text);
        }
    }
}
