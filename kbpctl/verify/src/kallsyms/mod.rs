// SPDX-License-Identifier: GPL-2.0
//! The kernel's own symbol table, as it is in the image.
//!
//! scripts/kallsyms.c of the kernel writes these tables; none has a header. They are found by what
//! they must look like, not by the kernel's version:
//! ```text
//! up to 6.4:     offsets relative_base num_syms names markers [seqs] token_table token_index
//! from 6.5 on:   num_syms names markers token_table token_index offsets relative_base seqs
//! later:         the same without relative_base; each offset is relative to its own place
//! ```

mod addresses;
mod names;
mod tokens;

use std::ops::Range;

use crate::error::{Error, Result};
use crate::image::Image;

/// One symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// The letter that nm(1) would print.
    pub kind: char,
    /// Its address; of per-CPU data in older kernels, its offset.
    pub address: u64,
    /// Where its compressed name is in the file.
    pub entry: Range<usize>,
}

impl Symbol {
    /// Whether it is code.
    pub fn is_code(&self) -> bool {
        matches!(self.kind, 't' | 'T' | 'w' | 'W')
    }
}

/// All symbols, in the order of their addresses.
#[derive(Debug)]
pub struct Symbols {
    all: Vec<Symbol>,
    /// Places in `all`, in the order of the names, and of the addresses where those are the same.
    by_name: Vec<u32>,
}

impl Symbols {
    /// Finds and reads the tables.
    ///
    /// # Errors
    /// When one is missing or does not fit the others.
    pub fn read(image: &Image) -> Result<Symbols> {
        let section = image
            .section(".rodata")
            .ok_or_else(|| Error::table("kallsyms", "the image has no .rodata section"))?;
        let data = image.content(".rodata").unwrap_or_default();
        let tokens = tokens::find(data)?;
        let names = names::find(data, &tokens)?;
        let addresses = addresses::find(image, section, data, &tokens, &names)?;
        let all = names.entries.into_iter().zip(addresses);
        let all = all.map(|(entry, address)| Symbol {
            address,
            entry: entry.at.start + section.offset..entry.at.end + section.offset,
            kind: entry.kind,
            name: entry.name,
        });
        Ok(Symbols::new(all.collect()))
    }

    /// A table of these symbols.
    pub fn new(mut all: Vec<Symbol>) -> Symbols {
        all.sort_by_key(|symbol| symbol.address);
        // There are a few hundred thousand of them.
        let mut by_name: Vec<u32> = (0..).take(all.len()).collect();
        by_name.sort_by_key(|at| all[*at as usize].name.as_str());
        Symbols { all, by_name }
    }

    /// Those of the kernel itself in the text of /proc/kallsyms: `ADDRESS KIND NAME [MODULE]`.
    pub fn of_text(text: &str) -> Symbols {
        let symbols = text.lines().filter_map(|line| {
            let mut words = line.split_ascii_whitespace();
            let address = u64::from_str_radix(words.next()?, 16).ok()?;
            let kind = words.next()?.chars().next()?;
            let name = words.next()?.to_owned();
            words.next().is_none().then_some(Symbol {
                name,
                kind,
                address,
                entry: 0..0,
            })
        });
        Symbols::new(symbols.collect())
    }

    /// All of them, in the order of their addresses.
    pub fn all(&self) -> &[Symbol] {
        &self.all
    }

    /// Those of this name.
    pub fn named<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Symbol> + 'a {
        let name_at = |at: &u32| self.all[*at as usize].name.as_str();
        let first = self.by_name.partition_point(|at| name_at(at) < name);
        let from_there = &self.by_name[first..];
        let count = from_there.partition_point(|at| name_at(at) == name);
        from_there[..count].iter().map(|at| &self.all[*at as usize])
    }

    /// The only one of this name.
    pub fn unique(&self, name: &str) -> Option<&Symbol> {
        let mut named = self.named(name);
        named.next().filter(|_| named.next().is_none())
    }

    /// The symbols at `address`, or at the last address before it that has any.
    pub fn covering(&self, address: u64) -> &[Symbol] {
        let after = self.all.partition_point(|symbol| symbol.address <= address);
        let Some(last) = self.all[..after].last() else {
            return &[];
        };
        let first = self
            .all
            .partition_point(|symbol| symbol.address < last.address);
        &self.all[first..after]
    }

    /// The name of what is at `address` and the distance from it. Of several names the shortest:
    /// the others are aliases with a prefix.
    pub fn name_at(&self, address: u64) -> Option<(&str, u64)> {
        let shortest = self.covering(address).iter();
        let symbol = shortest.min_by_key(|symbol| (symbol.name.len(), &symbol.name))?;
        Some((&symbol.name, address - symbol.address))
    }

    /// From the address of a symbol to the next symbol's.
    pub fn extent(&self, address: u64) -> Option<Range<u64>> {
        let after = self.all.partition_point(|symbol| symbol.address <= address);
        Some(address..self.all.get(after)?.address)
    }
}
