// SPDX-License-Identifier: GPL-2.0
//! A module's ELF file, read and checked once so that later code can index without surprises.

mod read;

use std::ops::Range;

use object::elf::{self, SectionFlags, SectionType};
use object::{pod, LittleEndian as LE};

use crate::Error;

pub(crate) type Header = elf::FileHeader64<LE>;
pub(crate) type SectionHeader = elf::SectionHeader64<LE>;
pub(crate) type RawSymbol = elf::Sym64<LE>;
pub(crate) type RawRela = elf::Rela64<LE>;

/// Section index of a symbol that the livepatch loader resolves (`SHN_LIVEPATCH`).
pub(crate) const SHN_LIVEPATCH: u16 = 0xff20;
/// Relocations that the livepatch loader applies (`SHF_RELA_LIVEPATCH`).
pub(crate) const SHF_RELA_LIVEPATCH: u64 = 0x0010_0000;
const SIGNATURE_END: &[u8] = b"~Module signature appended~\n";

pub(crate) struct Section<'a> {
    pub(crate) name: &'a str,
    pub(crate) header: SectionHeader,
    /// Where its bytes are in the file; empty when it has none there.
    pub(crate) range: Range<usize>,
}

impl Section<'_> {
    pub(crate) fn kind(&self) -> SectionType {
        self.header.sh_type.get(LE)
    }

    pub(crate) fn has(&self, flags: u64) -> bool {
        self.header.sh_flags.get(LE).0 & flags != 0
    }

    pub(crate) fn is_loaded(&self) -> bool {
        self.has(elf::SHF_ALLOC.0)
    }

    pub(crate) fn is_code(&self) -> bool {
        self.has(elf::SHF_EXECINSTR.0)
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Symbol<'a> {
    pub(crate) name: &'a str,
    pub(crate) raw: RawSymbol,
}

impl Symbol<'_> {
    pub(crate) fn section(&self) -> u16 {
        self.raw.st_shndx.get(LE).0
    }

    pub(crate) fn is_undefined(&self) -> bool {
        self.section() == elf::SHN_UNDEF.0
    }

    pub(crate) fn is_livepatch(&self) -> bool {
        self.section() == SHN_LIVEPATCH
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Rela {
    pub(crate) offset: u64,
    pub(crate) symbol: usize,
    pub(crate) kind: u32,
    pub(crate) addend: i64,
}

pub(crate) struct Image<'a> {
    pub(crate) data: &'a [u8],
    pub(crate) header: Header,
    pub(crate) sections: Vec<Section<'a>>,
    pub(crate) symbols: Vec<Symbol<'a>>,
    pub(crate) symtab: usize,
    pub(crate) strtab: usize,
    pub(crate) shstrtab: usize,
}

impl<'a> Image<'a> {
    pub(crate) fn parse(data: &'a [u8]) -> Result<Self, Error> {
        let header = read::file_header(data)?;
        let headers = read::section_headers(data, &header)?;
        let ranges = read::ranges(data, &header, headers)?;
        let shstrtab = usize::from(header.e_shstrndx.get(LE).0);
        let names = read::string_table(data, headers, &ranges, shstrtab)?;
        let mut sections = Vec::with_capacity(headers.len());
        for (index, (header, range)) in headers.iter().zip(ranges.iter().cloned()).enumerate() {
            let name = read::string(names, header.sh_name.get(LE))
                .ok_or_else(|| Error::damaged(format!("section {index} has no valid name")))?;
            sections.push(Section {
                name,
                header: *header,
                range,
            });
        }
        let symtab = read::only_symtab(&sections)?;
        let strtab = sections[symtab].header.sh_link.get(LE) as usize;
        let names = read::string_table(data, headers, &ranges, strtab)?;
        let symbols = read::symbols(&data[ranges[symtab].clone()], names)?;
        let image = Self {
            data,
            header,
            sections,
            symbols,
            symtab,
            strtab,
            shstrtab,
        };
        image.check_relocations()?;
        Ok(image)
    }

    pub(crate) fn is_signed(&self) -> bool {
        self.data.ends_with(SIGNATURE_END)
    }

    pub(crate) fn bytes(&self, section: usize) -> &'a [u8] {
        &self.data[self.sections[section].range.clone()]
    }

    /// Indices of the relocation sections whose target is loaded into the kernel.
    pub(crate) fn loaded_relas(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.sections.len()).filter(|index| {
            let section = &self.sections[*index];
            section.kind() == elf::SHT_RELA && self.sections[self.target(*index)].is_loaded()
        })
    }

    /// The section that a relocation section changes.
    pub(crate) fn target(&self, rela: usize) -> usize {
        self.sections[rela].header.sh_info.get(LE) as usize
    }

    pub(crate) fn relas(&self, section: usize) -> impl Iterator<Item = Rela> + 'a {
        let all: &[RawRela] = pod::slice_from_all_bytes(self.bytes(section)).unwrap_or_default();
        all.iter().map(|raw| Rela {
            offset: raw.r_offset.get(LE),
            symbol: raw.r_sym(LE, false) as usize,
            kind: raw.r_type(LE, false).0,
            addend: raw.r_addend.get(LE),
        })
    }

    /// True when `.modinfo` says `livepatch=Y`.
    pub(crate) fn says_livepatch(&self) -> bool {
        let infos = (0..self.sections.len()).filter(|i| self.sections[*i].name == ".modinfo");
        infos
            .flat_map(|i| self.bytes(i).split(|b| *b == 0))
            .any(|info| info == b"livepatch=Y")
    }

    fn check_relocations(&self) -> Result<(), Error> {
        for (index, section) in self.sections.iter().enumerate() {
            let odd = |what: &str| Err(Error::damaged(format!("section {} {what}", section.name)));
            if section.kind() == elf::SHT_REL {
                return odd("holds REL relocations, x86-64 modules use RELA");
            }
            if section.kind() != elf::SHT_RELA {
                continue;
            }
            if section.header.sh_entsize.get(LE) != 24 || section.range.len() % 24 != 0 {
                return odd("does not hold whole relocations of 24 bytes");
            }
            if section.header.sh_link.get(LE) as usize != self.symtab {
                return odd("does not refer to the symbol table");
            }
            if self.target(index) >= self.sections.len() {
                return odd("relocates a section that does not exist");
            }
            if self
                .relas(index)
                .any(|rela| rela.symbol >= self.symbols.len())
            {
                return odd("refers to a symbol that does not exist");
            }
        }
        Ok(())
    }
}

/// The flags of a section that holds livepatch relocations.
pub(crate) fn livepatch_rela_flags() -> SectionFlags {
    SectionFlags(elf::SHF_ALLOC.0 | elf::SHF_INFO_LINK.0 | SHF_RELA_LIVEPATCH)
}
