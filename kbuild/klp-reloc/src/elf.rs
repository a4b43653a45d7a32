// SPDX-License-Identifier: GPL-2.0
//! A module's ELF file, read and checked once so that later code can index without surprises.

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
        let header = file_header(data)?;
        let headers = section_headers(data, &header)?;
        let ranges = ranges(data, &header, headers)?;
        let shstrtab = usize::from(header.e_shstrndx.get(LE).0);
        let names = string_table(data, headers, &ranges, shstrtab)?;
        let mut sections = Vec::with_capacity(headers.len());
        for (index, (header, range)) in headers.iter().zip(ranges.iter().cloned()).enumerate() {
            let name = string(names, header.sh_name.get(LE))
                .ok_or_else(|| Error::damaged(format!("section {index} has no valid name")))?;
            sections.push(Section {
                name,
                header: *header,
                range,
            });
        }
        let symtab = only_symtab(&sections)?;
        let strtab = sections[symtab].header.sh_link.get(LE) as usize;
        let names = string_table(data, headers, &ranges, strtab)?;
        let symbols = symbols(&data[ranges[symtab].clone()], names)?;
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

fn file_header(data: &[u8]) -> Result<Header, Error> {
    let not = |what: &str| Err(Error::NotAModule(what.to_owned()));
    let Ok((header, _)) = pod::from_bytes::<Header>(data) else {
        return not("shorter than an ELF header");
    };
    let ident = &header.e_ident;
    if ident.magic != elf::ELFMAG {
        return not("no ELF magic");
    }
    if ident.class != elf::ELFCLASS64 || ident.data != elf::ELFDATA2LSB {
        return not("not 64-bit little-endian");
    }
    if header.e_machine.get(LE) != elf::EM_X86_64 {
        return not("another machine's code");
    }
    if header.e_type.get(LE) != elf::ET_REL {
        return not("not of type ET_REL");
    }
    Ok(*header)
}

fn section_headers<'a>(data: &'a [u8], header: &Header) -> Result<&'a [SectionHeader], Error> {
    let count = header.e_shnum.get(LE);
    if header.e_shentsize.get(LE) != 64 || count == 0 || count >= elf::SHN_LORESERVE {
        return Err(Error::damaged("no section header table of the usual kind"));
    }
    usize::try_from(header.e_shoff.get(LE))
        .ok()
        .and_then(|offset| data.get(offset..))
        .and_then(|rest| pod::slice_from_bytes(rest, usize::from(count)).ok())
        .map(|(headers, _)| headers)
        .ok_or_else(|| Error::damaged("the section header table reaches past the end of the file"))
}

/// The file range of every section. They must not overlap: a change to one must not change another.
fn ranges(
    data: &[u8],
    header: &Header,
    headers: &[SectionHeader],
) -> Result<Vec<Range<usize>>, Error> {
    let mut all = Vec::with_capacity(headers.len());
    for (index, section) in headers.iter().enumerate() {
        let past = || Error::damaged(format!("section {index} reaches past the end of the file"));
        if matches!(section.sh_type.get(LE), elf::SHT_NULL | elf::SHT_NOBITS) {
            all.push(0..0);
            continue;
        }
        let start = usize::try_from(section.sh_offset.get(LE)).map_err(|_| past())?;
        let size = usize::try_from(section.sh_size.get(LE)).map_err(|_| past())?;
        let end = start
            .checked_add(size)
            .filter(|end| *end <= data.len())
            .ok_or_else(past)?;
        all.push(start..end);
    }
    let table = header.e_shoff.get(LE) as usize;
    let mut used: Vec<_> = all
        .iter()
        .filter(|range| !range.is_empty())
        .cloned()
        .collect();
    used.extend([0..size_of::<Header>(), table..table + size_of_val(headers)]);
    used.sort_by_key(|range| range.start);
    if used.windows(2).any(|pair| pair[0].end > pair[1].start) {
        return Err(Error::damaged("sections or headers overlap in the file"));
    }
    Ok(all)
}

fn string_table<'a>(
    data: &'a [u8],
    headers: &[SectionHeader],
    ranges: &[Range<usize>],
    index: usize,
) -> Result<&'a [u8], Error> {
    match headers.get(index) {
        Some(header) if header.sh_type.get(LE) == elf::SHT_STRTAB => {
            Ok(&data[ranges[index].clone()])
        }
        _ => Err(Error::damaged(format!(
            "section {index} should be a string table"
        ))),
    }
}

fn string(table: &[u8], offset: u32) -> Option<&str> {
    let rest = table.get(offset as usize..)?;
    let end = rest.iter().position(|byte| *byte == 0)?;
    std::str::from_utf8(&rest[..end]).ok()
}

fn only_symtab(sections: &[Section<'_>]) -> Result<usize, Error> {
    if sections
        .iter()
        .any(|section| section.kind() == elf::SHT_SYMTAB_SHNDX)
    {
        return Err(Error::damaged("extended symbol section indices"));
    }
    let mut all = sections
        .iter()
        .enumerate()
        .filter(|(_, s)| s.kind() == elf::SHT_SYMTAB);
    match (all.next(), all.next()) {
        (Some((index, section)), None) if section.header.sh_entsize.get(LE) == 24 => Ok(index),
        (Some(_), None) => Err(Error::damaged("symbols are not 24 bytes each")),
        _ => Err(Error::damaged("there must be exactly one symbol table")),
    }
}

fn symbols<'a>(table: &[u8], names: &'a [u8]) -> Result<Vec<Symbol<'a>>, Error> {
    let raws: &[RawSymbol] = pod::slice_from_all_bytes(table)
        .map_err(|()| Error::damaged("the symbol table does not hold whole symbols"))?;
    let named = raws.iter().enumerate().map(|(index, raw)| {
        let name = string(names, raw.st_name.get(LE))
            .ok_or_else(|| Error::damaged(format!("symbol {index} has no valid name")))?;
        Ok(Symbol { name, raw: *raw })
    });
    named.collect()
}

/// The flags of a section that holds livepatch relocations.
pub(crate) fn livepatch_rela_flags() -> SectionFlags {
    SectionFlags(elf::SHF_ALLOC.0 | elf::SHF_INFO_LINK.0 | SHF_RELA_LIVEPATCH)
}
