// SPDX-License-Identifier: GPL-2.0
//! `/proc/net/softnet_stat`: what the network stack received on each core, by whomever it was polled,
//! what it had to drop because the core's backlog was full, and how often it left work for later.

use std::collections::BTreeMap;
use std::path::Path;

use crate::sys::System;

/// Of a core since the boot. The kernel keeps 32 bits of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Softnet {
    pub(crate) received: u32,
    pub(crate) dropped: u32,
    /// Times that softirq stopped with work left.
    pub(crate) squeezed: u32,
}

/// The column with the number of the core, in every kernel since 5.10.
const CORE: usize = 12;

/// Of each core that is online.
pub(crate) fn now(sys: &dyn System) -> BTreeMap<u32, Softnet> {
    let text = sys.read(Path::new("/proc/net/softnet_stat"));
    parse(&text.unwrap_or_default())
}

fn parse(text: &str) -> BTreeMap<u32, Softnet> {
    let row = |line: &str| {
        let columns: Option<Vec<u32>> = line
            .split_whitespace()
            .map(|word| u32::from_str_radix(word, 16).ok())
            .collect();
        let columns = columns?;
        let softnet = Softnet {
            received: *columns.first()?,
            dropped: *columns.get(1)?,
            squeezed: *columns.get(2)?,
        };
        Some((*columns.get(CORE)?, softnet))
    };
    text.lines().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_row_is_of_the_core_it_names() {
        // 6.12, cores 0 and 3 online; 6.1 has two columns less.
        let text = "\
000012ab 00000000 00000003 00000000 00000000 00000000 00000000 00000000 00000000 00000000 \
00000000 00000000 00000000 00000000 00000000
00000010 ffffffff 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 \
00000000 00000000 00000003
00000010 00000001 00000000
garbage
";
        let rows = parse(text);
        let row = |received, dropped, squeezed| Softnet {
            received,
            dropped,
            squeezed,
        };
        let want = [(0, row(0x12ab, 0, 3)), (3, row(0x10, u32::MAX, 0))];
        assert_eq!(rows, want.into());
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "[0-9a-f \n]{0,120}") {
            let _ = parse(&text);
        }
    }
}
