// SPDX-License-Identifier: GPL-2.0
//! Static branches: no-ops that the kernel may turn into jumps (include/linux/jump_label.h).

use std::collections::HashMap;

use crate::bytes;
use crate::image::Image;
use crate::kallsyms::Symbols;

/// Where each static branch goes when it is taken.
#[derive(Debug, Default)]
pub struct StaticBranches {
    targets: HashMap<u64, u64>,
}

impl StaticBranches {
    /// Reads the jump table. None are known when its symbols are missing; then code behind them
    /// counts as reached from anywhere.
    pub fn read(image: &Image, symbols: &Symbols) -> StaticBranches {
        const ENTRY: usize = 16;
        let edge = |name: &str| symbols.unique(name).map(|symbol| symbol.address);
        let bounds = edge("__start___jump_table").zip(edge("__stop___jump_table"));
        let table = bounds.and_then(|(start, stop)| {
            let len = usize::try_from(stop.checked_sub(start)?).ok()?;
            Some((start, image.at(start, len)?))
        });
        let Some((start, table)) = table else {
            return StaticBranches::default();
        };
        let relative = |at: usize| {
            let distance = bytes::u32(table, at)? as i32;
            (start + at as u64).checked_add_signed(i64::from(distance))
        };
        let entries = (0..table.len() / ENTRY).map(|index| index * ENTRY);
        let targets = entries.filter_map(|at| relative(at).zip(relative(at + 4)));
        StaticBranches {
            targets: targets.collect(),
        }
    }

    /// Where the static branch at `address` goes.
    pub fn target(&self, address: u64) -> Option<u64> {
        self.targets.get(&address).copied()
    }
}
