// SPDX-License-Identifier: GPL-2.0
//! `/proc/net/softnet_stat`: what the network stack received on each core, by whomever it was polled,
//! and what it had to drop because the core's backlog was full.

use std::collections::BTreeMap;
use std::path::Path;

use crate::sys::System;

/// Of a core since the boot. The kernel keeps 32 bits of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Softnet {
    pub(super) received: u32,
    pub(super) dropped: u32,
}

/// The column with the number of the core, in every kernel since 5.10.
const CORE: usize = 12;

/// Of each core that is online.
pub(super) fn now(sys: &dyn System) -> BTreeMap<u32, Softnet> {
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
        let (received, dropped) = (*columns.first()?, *columns.get(1)?);
        Some((*columns.get(CORE)?, Softnet { received, dropped }))
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
        let row = |received, dropped| Softnet { received, dropped };
        let want = [(0, row(0x12ab, 0)), (3, row(0x10, u32::MAX))];
        assert_eq!(rows, want.into());
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "[0-9a-f \n]{0,120}") {
            let _ = parse(&text);
        }
    }
}
