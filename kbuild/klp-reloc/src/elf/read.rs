// SPDX-License-Identifier: GPL-2.0
//! Reads the tables of an ELF file and refuses what does not hold together.

use std::ops::Range;

use object::{elf, pod, LittleEndian as LE};

use super::{Header, RawSymbol, Section, SectionHeader, Symbol};
use crate::Error;

pub(super) fn file_header(data: &[u8]) -> Result<Header, Error> {
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

pub(super) fn section_headers<'a>(
    data: &'a [u8],
    header: &Header,
) -> Result<&'a [SectionHeader], Error> {
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
pub(super) fn ranges(
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

pub(super) fn string_table<'a>(
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

pub(super) fn string(table: &[u8], offset: u32) -> Option<&str> {
    let rest = table.get(offset as usize..)?;
    let end = rest.iter().position(|byte| *byte == 0)?;
    // A line break in a name would break up the one line that an error has.
    std::str::from_utf8(&rest[..end])
        .ok()
        .filter(|name| !name.contains(char::is_control))
}

pub(super) fn only_symtab(sections: &[Section<'_>]) -> Result<usize, Error> {
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

pub(super) fn symbols<'a>(table: &[u8], names: &'a [u8]) -> Result<Vec<Symbol<'a>>, Error> {
    let raws: &[RawSymbol] = pod::slice_from_all_bytes(table)
        .map_err(|()| Error::damaged("the symbol table does not hold whole symbols"))?;
    let named = raws.iter().enumerate().map(|(index, raw)| {
        let name = string(names, raw.st_name.get(LE))
            .ok_or_else(|| Error::damaged(format!("symbol {index} has no valid name")))?;
        Ok(Symbol { name, raw: *raw })
    });
    named.collect()
}
