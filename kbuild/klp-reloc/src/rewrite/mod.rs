// SPDX-License-Identifier: GPL-2.0
//! Turns listed undefined symbols into livepatch symbols and moves their relocations.

mod output;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use object::elf;

use self::output::Output;
use crate::elf::{Image, SHF_RELA_LIVEPATCH};
use crate::names::{livepatch_name, relocation_name, split_livepatch_name, SYMBOL_PREFIX};
use crate::{Error, SymbolList};

/// What a rewrite found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Symbols were turned into livepatch symbols.
    Rewritten,
    /// An earlier rewrite with this list did it all.
    AlreadyRewritten,
    /// The module uses none of the listed symbols.
    NothingListed,
}

/// The result of [`rewrite`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    /// The module; equal to the input unless the outcome is [`Outcome::Rewritten`].
    pub bytes: Vec<u8>,
    /// What was found.
    pub outcome: Outcome,
    /// How many livepatch symbols the module has.
    pub symbols: usize,
    /// The relocations that moved, in file order.
    pub moved: Vec<Moved>,
}

/// One relocation that moved to a livepatch section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The section it changes.
    pub section: String,
    /// Where in that section.
    pub offset: u64,
    /// Its `R_X86_64_*` number.
    pub kind: u32,
    /// The livepatch symbol's name.
    pub symbol: String,
    /// What is added to the symbol's address.
    pub addend: i64,
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            section,
            offset,
            kind,
            symbol,
            addend,
        } = self;
        write!(
            f,
            "{section}+{offset:#x} {} {symbol} {addend:+}",
            relocation_name(*kind)
        )
    }
}

/// Turns every listed undefined symbol of the module into a livepatch symbol.
///
/// # Errors
/// See [`Error`]: the file is not a module, is signed, is damaged, lacks `livepatch=Y`, or uses a
/// listed symbol in a way that cannot work.
pub fn rewrite(input: &[u8], list: &SymbolList) -> Result<Rewritten, Error> {
    let image = Image::parse(input)?;
    if image.is_signed() {
        return Err(Error::Signed);
    }
    if !image.says_livepatch() {
        return Err(Error::NoLivepatchMark);
    }
    let wanted = wanted(&image, list)?;
    let done = image
        .symbols
        .iter()
        .filter(|symbol| symbol.is_livepatch())
        .count();
    let same = |outcome| Rewritten {
        bytes: input.to_vec(),
        outcome,
        symbols: done,
        moved: Vec::new(),
    };
    if done > 0
        || image
            .sections
            .iter()
            .any(|section| section.has(SHF_RELA_LIVEPATCH))
    {
        check_done(&image, list, &wanted)?;
        return Ok(same(Outcome::AlreadyRewritten));
    }
    if wanted.is_empty() {
        return Ok(same(Outcome::NothingListed));
    }
    apply(&image, &wanted)
}

/// Symbols to turn, by index, with their new names.
fn wanted(image: &Image<'_>, list: &SymbolList) -> Result<BTreeMap<usize, String>, Error> {
    let mut wanted = BTreeMap::new();
    for (index, symbol) in image.symbols.iter().enumerate().skip(1) {
        let name = symbol.name;
        if symbol.is_undefined() && name.starts_with(SYMBOL_PREFIX) {
            return Err(Error::AsmLabel(name.to_owned()));
        }
        let Some(entry) = list.get(name) else {
            continue;
        };
        if !symbol.is_undefined() {
            return Err(Error::Defined(name.to_owned()));
        }
        match symbol.raw.st_bind() {
            elf::STB_GLOBAL => {}
            elf::STB_WEAK => return Err(Error::Weak(name.to_owned())),
            other => {
                return Err(Error::Binding {
                    name: name.to_owned(),
                    binding: other.0,
                })
            }
        }
        wanted.insert(index, livepatch_name(name, entry.sympos));
    }
    Ok(wanted)
}

/// An earlier rewrite must have done the whole job, and with this list.
fn check_done(
    image: &Image<'_>,
    list: &SymbolList,
    wanted: &BTreeMap<usize, String>,
) -> Result<(), Error> {
    if let Some(index) = wanted.keys().next() {
        return Err(Error::Partly(format!(
            "{} is still a plain symbol",
            image.symbols[*index].name
        )));
    }
    for symbol in image.symbols.iter().filter(|symbol| symbol.is_livepatch()) {
        let listed = split_livepatch_name(symbol.name)
            .is_some_and(|(name, pos)| list.get(name).is_some_and(|entry| entry.sympos == pos));
        if !listed {
            return Err(Error::OtherList(symbol.name.to_owned()));
        }
    }
    for section in image.loaded_relas() {
        let marked = image.sections[section].has(SHF_RELA_LIVEPATCH);
        for rela in image.relas(section) {
            let symbol = &image.symbols[rela.symbol];
            if symbol.is_livepatch() != marked {
                let name = image.sections[section].name;
                return Err(Error::Partly(format!(
                    "{name} still refers to {}",
                    symbol.name
                )));
            }
        }
    }
    Ok(())
}

fn apply(image: &Image<'_>, wanted: &BTreeMap<usize, String>) -> Result<Rewritten, Error> {
    let mut out = Output::new(image);
    for (index, name) in wanted {
        let offset = out.add_string(image.strtab, name);
        out.set_symbol(*index, offset);
    }
    let indices: BTreeSet<usize> = wanted.keys().copied().collect();
    let mut moved = Vec::new();
    for section in image.loaded_relas() {
        let target = image.target(section);
        let name = image.sections[target].name;
        let taken = out.take_relas(section, &indices);
        if taken.is_empty() {
            continue;
        }
        for rela in &taken {
            moved.push(Moved {
                section: name.to_owned(),
                offset: rela.offset,
                kind: rela.kind,
                symbol: wanted[&rela.symbol].clone(),
                addend: rela.addend,
            });
        }
    }
    if out.section_count() >= usize::from(elf::SHN_LORESERVE) {
        return Err(Error::damaged("too many sections for another one"));
    }
    let outcome = Outcome::Rewritten;
    Ok(Rewritten {
        bytes: out.finish(),
        outcome,
        symbols: wanted.len(),
        moved,
    })
}
