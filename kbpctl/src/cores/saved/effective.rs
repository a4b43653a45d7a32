// SPDX-License-Identifier: GPL-2.0
//! What all sets together come to, and where each part of it was said.

use std::collections::{BTreeMap, BTreeSet};

use kbp_uapi::kbp_core_set;
use serde_json::Value;

use super::fault::Place;
use super::keys::{alone, CHANNELS, CORES, FORCE, FROM, OPTIONS, XPS};
use super::print;
use super::served::Served;
use super::Set;
use crate::cli::Options;
use crate::cores::config::parse::read;
use crate::cores::list;

/// The cores that are served after a boot, once these sets were reapplied in their order.
#[derive(Default)]
pub(crate) struct Effective<'a> {
    served: Served,
    sets: Vec<&'a Set>,
    said: BTreeMap<u32, Said>,
}

/// Which sets said what of a core, by their places in the list.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    names: Vec<usize>,
    force: Vec<usize>,
    /// The one that brings it interrupts.
    nics: Option<usize>,
    /// The last one for each field of its configuration.
    fields: BTreeMap<u32, usize>,
}

/// Cores alike.
pub(crate) struct Block {
    pub(crate) keys: Vec<Key>,
}

/// A value, as a file has it.
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) value: Value,
    /// Empty: no file says it, and this is the default.
    pub(crate) origins: Vec<Place>,
}

impl<'a> Effective<'a> {
    /// After this set, which names these cores.
    pub(crate) fn add(&mut self, set: &'a Set, cores: &kbp_core_set) {
        // Every value was checked when it was read.
        let settings = read(&set.options).unwrap_or_default();
        self.served.enable(cores, &settings, set.force, &set.nics);
        let number = self.sets.len();
        self.sets.push(set);
        for core in cores.iter() {
            let said = self.said.entry(core).or_default();
            said.names.push(number);
            said.force.extend(set.force.then_some(number));
            if !set.nics.from.is_empty() {
                said.nics = Some(number);
            }
            said.fields
                .extend(bits(settings.fields).map(|bit| (bit, number)));
        }
    }

    /// All of it, as the fewest sets that say the same.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        let said = |core: u32| self.said.get(&core).cloned().unwrap_or_default();
        let blocks = print::blocks(&self.served, said);
        blocks.into_iter().map(|block| self.block(block)).collect()
    }

    fn block(&self, block: print::Block<'_>) -> Block {
        let options = block.config.map_or_else(Options::default, |config| {
            print::options_of(config, u32::MAX)
        });
        let cores = list::print(&list::set(block.cores.iter().copied()));
        let serve = print::serve(cores, &block.nics, block.force, options);
        // Plain numbers and words: that cannot fail.
        let document = serde_json::to_value(serve).unwrap_or_default();
        let keys = document.as_object().into_iter().flatten();
        let keys = keys.filter(|(_, value)| !value.is_null());
        Block {
            keys: keys
                .map(|(name, value)| Key {
                    origins: self.origins(&block.cores, name, value),
                    name: name.clone(),
                    value: value.clone(),
                })
                .collect(),
        }
    }

    /// Where it was said that these cores have this value.
    fn origins(&self, cores: &[u32], name: &str, value: &Value) -> Vec<Place> {
        let said = cores.iter().filter_map(|core| self.said.get(core));
        let sets: BTreeSet<usize> = match name {
            CORES => said.flat_map(|said| said.names.clone()).collect(),
            FORCE => said.flat_map(|said| said.force.clone()).collect(),
            FROM | CHANNELS | XPS => said.filter_map(|said| said.nics).collect(),
            option => {
                let fields = fields_of(option, value);
                let of = |said: &Said| {
                    let sets = fields.iter().filter_map(|bit| said.fields.get(bit));
                    sets.copied().collect::<Vec<_>>()
                };
                said.flat_map(of).collect()
            }
        };
        sets.into_iter()
            .map(|set| self.sets[set].place_of(name))
            .collect()
    }
}

/// The fields that an option of this value sets.
fn fields_of(option: &str, value: &Value) -> Vec<u32> {
    let word = match value {
        Value::String(word) => word.clone(),
        other => other.to_string(),
    };
    let known = OPTIONS.iter().find(|(known, _)| *known == option);
    let settings = known.and_then(|(_, field)| read(&alone(*field, word)).ok());
    bits(settings.unwrap_or_default().fields).collect()
}

/// The bits of this number that are set.
fn bits(number: u32) -> impl Iterator<Item = u32> {
    (0..u32::BITS)
        .map(|bit| 1 << bit)
        .filter(move |bit| number & bit != 0)
}
