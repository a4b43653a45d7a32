// SPDX-License-Identifier: GPL-2.0
//! Turns listed undefined symbols into livepatch symbols and moves their relocations.
//!
//! Nothing in the file moves that need not: symbols and kept relocations are changed in place, the
//! two string tables grow into new places at the end, and so do the new sections and the section
//! header table. Section and symbol indices stay what they were.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use object::elf::{self, SymbolSection};
use object::endian::{U16, U32, U64};
use object::{pod, LittleEndian as LE};

use crate::elf::{
    livepatch_rela_flags, Image, RawSymbol, Rela, SectionHeader, SHF_RELA_LIVEPATCH, SHN_LIVEPATCH,
};
use crate::{Error, SymbolList};

pub(crate) const SYMBOL_PREFIX: &str = ".klp.sym.";
const RELA_PREFIX: &str = ".klp.rela.vmlinux.";
const RELA_SIZE: usize = 24;
const SYMBOL_SIZE: usize = 24;

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

/// The livepatch name of a listed symbol.
pub(crate) fn livepatch_name(name: &str, sympos: u32) -> String {
    format!("{SYMBOL_PREFIX}vmlinux.{name},{sympos}")
}

/// The kernel name and position in a livepatch symbol's name.
pub(crate) fn split_livepatch_name(name: &str) -> Option<(&str, u32)> {
    let (name, sympos) = name
        .strip_prefix(SYMBOL_PREFIX)?
        .strip_prefix("vmlinux.")?
        .rsplit_once(',')?;
    Some((name, sympos.parse().ok()?))
}

/// The psABI's name of a relocation that kernel modules use, else its number.
pub(crate) fn relocation_name(kind: u32) -> String {
    let name = match elf::RelocationType(kind) {
        elf::R_X86_64_NONE => "NONE",
        elf::R_X86_64_64 => "64",
        elf::R_X86_64_PC32 => "PC32",
        elf::R_X86_64_PLT32 => "PLT32",
        elf::R_X86_64_32 => "32",
        elf::R_X86_64_32S => "32S",
        elf::R_X86_64_PC64 => "PC64",
        _ => return format!("R_X86_64_({kind})"),
    };
    format!("R_X86_64_{name}")
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
    if out.headers.len() >= usize::from(elf::SHN_LORESERVE) {
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

/// The module being written.
struct Output<'a> {
    image: &'a Image<'a>,
    bytes: Vec<u8>,
    headers: Vec<SectionHeader>,
    /// Grown string tables by section index: the one for symbols and the one for sections may be one.
    strings: BTreeMap<usize, Vec<u8>>,
    /// Contents of the new sections; their headers are the last ones.
    added: Vec<Vec<u8>>,
}

impl<'a> Output<'a> {
    fn new(image: &'a Image<'a>) -> Self {
        let mut strings = BTreeMap::new();
        for section in [image.strtab, image.shstrtab] {
            strings.insert(section, image.bytes(section).to_vec());
        }
        let headers = image
            .sections
            .iter()
            .map(|section| section.header)
            .collect();
        Self {
            image,
            bytes: image.data.to_vec(),
            headers,
            strings,
            added: Vec::new(),
        }
    }

    fn add_string(&mut self, section: usize, text: &str) -> U32<LE> {
        let table = self.strings.entry(section).or_default();
        let offset = table.len() as u32;
        table.extend_from_slice(text.as_bytes());
        table.push(0);
        U32::new(LE, offset)
    }

    fn set_symbol(&mut self, index: usize, name: U32<LE>) {
        let raw = RawSymbol {
            st_name: name,
            st_shndx: U16::new(LE, SymbolSection(SHN_LIVEPATCH)),
            st_value: U64::new(LE, 0),
            st_size: U64::new(LE, 0),
            ..self.image.symbols[index].raw
        };
        let start = self.image.sections[self.image.symtab].range.start + index * SYMBOL_SIZE;
        self.bytes[start..start + SYMBOL_SIZE].copy_from_slice(pod::bytes_of(&raw));
    }

    /// Moves a section's relocations against `symbols` to a new livepatch section.
    fn take_relas(&mut self, section: usize, symbols: &BTreeSet<usize>) -> Vec<Rela> {
        let relas: Vec<Rela> = self.image.relas(section).collect();
        let (mut kept, mut taken) = (Vec::new(), Vec::new());
        for (rela, raw) in relas
            .iter()
            .zip(self.image.bytes(section).chunks_exact(RELA_SIZE))
        {
            let side = if symbols.contains(&rela.symbol) {
                &mut taken
            } else {
                &mut kept
            };
            side.extend_from_slice(raw);
        }
        if taken.is_empty() {
            return Vec::new();
        }
        let range = self.image.sections[section].range.clone();
        self.headers[section].sh_size = U64::new(LE, kept.len() as u64);
        kept.resize(range.len(), 0);
        self.bytes[range].copy_from_slice(&kept);

        let target = self.image.target(section);
        let name = format!("{RELA_PREFIX}{}", self.image.sections[target].name);
        let sh_name = self.add_string(self.image.shstrtab, &name);
        self.headers.push(SectionHeader {
            sh_name,
            sh_type: U32::new(LE, elf::SHT_RELA),
            sh_flags: U64::new(LE, livepatch_rela_flags()),
            sh_addr: U64::new(LE, 0),
            sh_offset: U64::new(LE, 0),
            sh_size: U64::new(LE, taken.len() as u64),
            sh_link: U32::new(LE, self.image.symtab as u32),
            sh_info: U32::new(LE, target as u32),
            sh_addralign: U64::new(LE, 8),
            sh_entsize: U64::new(LE, RELA_SIZE as u64),
        });
        self.added.push(taken);
        relas
            .into_iter()
            .filter(|rela| symbols.contains(&rela.symbol))
            .collect()
    }

    /// Puts what grew or is new behind what was there.
    fn finish(mut self) -> Vec<u8> {
        let table = self.image.header.e_shoff.get(LE) as usize;
        let old = size_of::<SectionHeader>() * self.image.sections.len();
        self.bytes[table..table + old].fill(0);
        if table + old == self.bytes.len() {
            self.bytes.truncate(table);
        }
        for (section, table) in std::mem::take(&mut self.strings) {
            // The old place is zeroed so that no tool finds a stale copy.
            self.bytes[self.image.sections[section].range.clone()].fill(0);
            self.headers[section].sh_size = U64::new(LE, table.len() as u64);
            self.headers[section].sh_offset = self.append(&table);
        }
        let first = self.image.sections.len();
        for (index, content) in std::mem::take(&mut self.added).into_iter().enumerate() {
            self.headers[first + index].sh_offset = self.append(&content);
        }
        let mut header = self.image.header;
        let table: Vec<u8> = pod::bytes_of_slice(&self.headers).to_vec();
        header.e_shoff = self.append(&table);
        header.e_shnum = U16::new(LE, self.headers.len() as u16);
        self.bytes[..size_of_val(&header)].copy_from_slice(pod::bytes_of(&header));
        self.bytes
    }

    fn append(&mut self, content: &[u8]) -> U64<LE> {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        let offset = self.bytes.len() as u64;
        self.bytes.extend_from_slice(content);
        U64::new(LE, offset)
    }
}
