// SPDX-License-Identifier: GPL-2.0
//! The guest's functions, by the addresses of their instructions.

use std::collections::BTreeMap;

use super::event::Symbol;

/// The interrupt of the synthetic NIC.
pub(super) const INTERRUPT: &str = "source_tick ";
/// Its poll.
pub(super) const POLL: &str = "kbp_tn_poll ";
/// What that calls for a packet.
pub(super) const PACKET: &str = "kbp_tn_hist_add ";
/// Where the CPU halts.
pub(super) const HALTS: &[&str] = &["default_idle", "acpi_safe_halt", "mwait_idle"];
/// A poller's next look at its list.
pub(super) const LOOK: &str = "kbp_poller_take_list ";

/// Whether a function has this name, or one that begins with it, if it ends in `_` or, before the name of
/// a module, in a space.
pub(super) fn is_called(name: &str, known: &str) -> bool {
    name == known || (known.ends_with(['_', ' ']) && name.starts_with(known))
}

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

    /// The function that an instruction there is of.
    pub(super) fn at(&self, address: u64) -> &str {
        let last = [&self.kernel, &self.modules]
            .into_iter()
            .filter_map(|functions| functions.range(..=address).next_back())
            .max_by_key(|(start, _)| **start);
        last.map_or("elsewhere", |(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_the_function_before_it() {
        let mut functions = Functions::default();
        let named = |address, name: &str| (address, name.to_owned());
        functions.add(false, vec![named(0x100, "timer"), named(0x200, "irq")]);
        functions.add(true, vec![named(0x1000, "source_tick [nic]")]);
        for (address, name) in [
            (0x1, "elsewhere"),
            (0x1ff, "timer"),
            (0xfff, "irq"),
            (0x1001, "source_tick [nic]"),
        ] {
            assert_eq!(functions.at(address), name);
        }
    }
}
