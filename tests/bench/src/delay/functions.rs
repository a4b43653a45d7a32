// SPDX-License-Identifier: GPL-2.0
//! The guest's functions, by the addresses of their instructions.

use std::collections::BTreeMap;

use super::event::Symbol;

/// The interrupt of the synthetic NIC.
pub(super) const FROM: &str = "source_tick ";

/// Where the functions are.
#[derive(Debug, Default)]
pub(super) struct Functions {
    kernel: BTreeMap<u64, String>,
    modules: BTreeMap<u64, String>,
}

impl Functions {
    /// Adds what the guest tells: of modules all, since they come and go.
    pub(super) fn add(&mut self, of_modules: bool, symbols: Vec<Symbol>) {
        match of_modules {
            true => self.modules = symbols.into_iter().collect(),
            false => self.kernel.extend(symbols),
        }
    }

    /// The function that begins there.
    pub(super) fn beginning(&self, address: u64) -> Option<&str> {
        let found = self.kernel.get(&address).or(self.modules.get(&address));
        found.map(String::as_str)
    }

    pub(super) fn at(&self, address: u64) -> &str {
        let last = [&self.kernel, &self.modules]
            .into_iter()
            .filter_map(|functions| functions.range(..=address).next_back())
            .max_by_key(|(start, _)| **start);
        last.map_or("elsewhere", |(_, name)| name)
    }
}
