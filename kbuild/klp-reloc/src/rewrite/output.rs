// SPDX-License-Identifier: GPL-2.0
//! Writes the changed module.
//!
//! Nothing in the file moves that need not: symbols and kept relocations are changed in place, the
//! two string tables grow into new places at the end, and so do the new sections and the section
//! header table. Section and symbol indices stay what they were.

use std::collections::{BTreeMap, BTreeSet};

use object::elf::{self, SymbolSection};
use object::endian::{U16, U32, U64};
use object::{pod, LittleEndian as LE};

use crate::elf::{livepatch_rela_flags, Image, RawSymbol, Rela, SectionHeader, SHN_LIVEPATCH};

const RELA_PREFIX: &str = ".klp.rela.vmlinux.";
const RELA_SIZE: usize = 24;
const SYMBOL_SIZE: usize = 24;

/// The module being written.
pub(super) struct Output<'a> {
    image: &'a Image<'a>,
    bytes: Vec<u8>,
    headers: Vec<SectionHeader>,
    /// Grown string tables by section index: the one for symbols and the one for sections may be one.
    strings: BTreeMap<usize, Vec<u8>>,
    /// Contents of the new sections; their headers are the last ones.
    added: Vec<Vec<u8>>,
}

impl<'a> Output<'a> {
    pub(super) fn new(image: &'a Image<'a>) -> Self {
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

    pub(super) fn section_count(&self) -> usize {
        self.headers.len()
    }

    pub(super) fn add_string(&mut self, section: usize, text: &str) -> U32<LE> {
        let table = self.strings.entry(section).or_default();
        let offset = table.len() as u32;
        table.extend_from_slice(text.as_bytes());
        table.push(0);
        U32::new(LE, offset)
    }

    pub(super) fn set_symbol(&mut self, index: usize, name: U32<LE>) {
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
    pub(super) fn take_relas(&mut self, section: usize, symbols: &BTreeSet<usize>) -> Vec<Rela> {
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
    pub(super) fn finish(mut self) -> Vec<u8> {
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
