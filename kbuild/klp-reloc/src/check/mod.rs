// SPDX-License-Identifier: GPL-2.0
//! Refuses a module that would fail to load, or would be unsafe once loaded.

mod hooks;
mod violation;

pub use violation::Violation;

use object::elf;

use crate::elf::{Image, Rela, SHF_RELA_LIVEPATCH};
use crate::names::{relocation_name, split_livepatch_name};
use crate::{Error, SymbolList, Symvers};

/// What a module is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The symbols it may reach through livepatch relocations.
    pub list: &'a SymbolList,
    /// The symbols that the kernel and other modules export to it.
    pub symvers: &'a Symvers,
    /// How the names of its hooks start, when it has hooks.
    pub hooks: Option<&'a str>,
}

/// Looks for everything that makes a rewritten module unfit. An empty answer means it is fit.
///
/// # Errors
/// See [`Error`]: the file is not a module, or is damaged. A signed module is checked like another.
pub fn check(input: &[u8], rules: &Rules<'_>) -> Result<Vec<Violation>, Error> {
    let image = Image::parse(input)?;
    let mut found = Vec::new();
    symbols(&image, rules, &mut found);
    relocations(&image, rules.list, &mut found);
    if let Some(prefix) = rules.hooks {
        hooks::hooks(&image, prefix, &mut found);
    }
    Ok(found)
}

fn symbols(image: &Image<'_>, rules: &Rules<'_>, found: &mut Vec<Violation>) {
    if image.symbols.iter().any(|symbol| symbol.is_livepatch()) && !image.says_livepatch() {
        found.push(Violation::NoLivepatchMark);
    }
    for symbol in image.symbols.iter().skip(1) {
        let name = symbol.name.to_owned();
        if symbol.is_livepatch() {
            let listed = split_livepatch_name(symbol.name).is_some_and(|(name, sympos)| {
                rules
                    .list
                    .get(name)
                    .is_some_and(|entry| entry.sympos == sympos)
            });
            if !listed {
                found.push(Violation::Unlisted(name));
            }
        } else if !symbol.is_undefined() {
            continue;
        } else if symbol.raw.st_bind() == elf::STB_WEAK {
            found.push(Violation::Weak(name));
        } else if rules.list.get(symbol.name).is_some() {
            found.push(Violation::NotRewritten(name));
        } else if !rules.symvers.contains(symbol.name) {
            found.push(Violation::Unresolved(name));
        }
    }
}

fn relocations(image: &Image<'_>, list: &SymbolList, found: &mut Vec<Violation>) {
    for section in image.loaded_relas() {
        let marked = image.sections[section].has(SHF_RELA_LIVEPATCH);
        let target = image.target(section);
        for rela in image.relas(section) {
            let symbol = image.symbols[rela.symbol];
            let place = || format!("{}+{:#x}", image.sections[target].name, rela.offset);
            if symbol.is_livepatch() != marked && rela.kind != elf::R_X86_64_NONE.0 {
                let symbol = symbol.name.to_owned();
                found.push(Violation::Misplaced {
                    place: place(),
                    symbol,
                });
                continue;
            }
            if symbol.is_livepatch()
                && !is_data(symbol.name, list)
                && !is_branch(image, target, rela)
            {
                found.push(Violation::Address {
                    place: place(),
                    kind: relocation_name(rela.kind),
                    symbol: symbol.name.to_owned(),
                });
            }
        }
    }
}

fn is_data(livepatch_name: &str, list: &SymbolList) -> bool {
    split_livepatch_name(livepatch_name)
        .and_then(|(name, _)| list.get(name))
        .is_some_and(|entry| entry.data)
}

/// True for the operand of a direct call, jump or conditional jump.
///
/// On a CPU that checks indirect branches, a function without ENDBR at its start cannot be reached
/// through a pointer, and most of the listed ones have none.
fn is_branch(image: &Image<'_>, target: usize, rela: Rela) -> bool {
    let kind = elf::RelocationType(rela.kind);
    if !matches!(kind, elf::R_X86_64_PLT32 | elf::R_X86_64_PC32) || rela.addend != -4 {
        return false;
    }
    let before = usize::try_from(rela.offset)
        .ok()
        .and_then(|offset| image.bytes(target).get(..offset))
        .unwrap_or_default();
    image.sections[target].is_code()
        && matches!(before, [.., 0xe8 | 0xe9] | [.., 0x0f, 0x80..=0x8f])
}
