// SPDX-License-Identifier: GPL-2.0
//! The sections of an ELF file that is read as it comes: first what there is, then, of the same
//! file from its beginning again, what the checks look at. That is a good half of a kernel.

use std::io::{self, Read};

use object::elf::{FileHeader64, SectionHeader64, SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS, SHT_NULL};
use object::read::elf::{FileHeader, SectionHeader};
use object::LittleEndian as LE;

use super::layers::skip;
use super::Section;
use crate::bytes;
use crate::error::{Error, Result};

/// Beside code: symbols and the release, types, the build id, ftrace's list, static branches.
const KEPT: [&str; 5] = [".rodata", ".BTF", ".notes", ".init.data", "__jump_table"];
/// Several times what any kernel has of it.
const KEPT_MAX: u64 = 256 << 20;
/// Linkers put the names of the sections right before the table.
const NAMES_NEAR: u64 = 1 << 20;

/// All sections that are in the file, without their content.
pub(super) fn list(mut elf: impl Read) -> Result<Vec<Section>> {
    let damaged = |what: &str| Error::Damaged(what.to_owned());
    let mut head = vec![0; size_of::<FileHeader64<LE>>()];
    elf.read_exact(&mut head)?;
    let header = FileHeader64::<LE>::parse(&head[..])
        .map_err(|_| Error::NotAKernel("no 64-bit ELF file".into()))?;
    if header.e_machine(LE) != object::elf::EM_X86_64 {
        return Err(Error::NotAKernel("an ELF file for another machine".into()));
    }
    let (table, count) = (header.e_shoff(LE), usize::from(header.e_shnum(LE)));
    if table < head.len() as u64 || count == 0 {
        return Err(Error::NotAKernel("an ELF file without sections".into()));
    }
    let start = table.saturating_sub(NAMES_NEAR).max(head.len() as u64);
    skip(&mut elf, start - head.len() as u64)?;
    let near = (table - start) as usize;
    let mut tail = vec![0; near + count * size_of::<SectionHeader64<LE>>()];
    elf.read_exact(&mut tail)?;
    let headers = object::slice_from_all_bytes::<SectionHeader64<LE>>(&tail[near..])
        .map_err(|()| damaged("its table of sections cannot be read"))?;
    let names = headers.get(usize::from(header.e_shstrndx(LE).0));
    let names = names.and_then(|names| {
        let from = usize::try_from(names.sh_offset(LE).checked_sub(start)?).ok()?;
        tail.get(from..from.checked_add(usize::try_from(names.sh_size(LE)).ok()?)?)
    });
    let names =
        names.ok_or_else(|| damaged("the names of its sections are not before the table"))?;
    let present = headers.iter().filter(|header| {
        !matches!(header.sh_type(LE), SHT_NOBITS | SHT_NULL) && header.sh_size(LE) != 0
    });
    present.map(|header| section(header, names)).collect()
}

fn section(header: &SectionHeader64<LE>, names: &[u8]) -> Result<Section> {
    let (address, size) = (header.sh_addr(LE), header.sh_size(LE));
    let damaged = |what: String| Error::Damaged(what);
    let name = bytes::c_str(names, header.sh_name(LE) as usize)
        .ok_or_else(|| damaged(format!("section at {address:#x} has no name")))?;
    let ends = [address, header.sh_offset(LE)].map(|start| start.checked_add(size));
    let number = |number: u64| usize::try_from(number).ok();
    let (Some(offset), Some(size), [Some(_), Some(_)]) =
        (number(header.sh_offset(LE)), number(size), ends)
    else {
        return Err(damaged(format!("section {name} wraps around")));
    };
    // Kernels may have data that is marked executable, for pages that become so at boot.
    let flags = header.sh_flags(LE);
    Ok(Section {
        name: name.to_owned(),
        address,
        offset,
        size,
        code: flags.contains(SHF_EXECINSTR) && !flags.contains(SHF_WRITE),
        content: Vec::new(),
    })
}

/// Reads the content that is wanted; the other sections keep their places only.
pub(super) fn fill(mut elf: impl Read, sections: &mut [Section]) -> Result<()> {
    let is_kept = |section: &&mut Section| section.code || KEPT.contains(&&*section.name);
    let mut kept: Vec<&mut Section> = sections.iter_mut().filter(is_kept).collect();
    kept.sort_by_key(|section| section.offset);
    let (mut at, mut total) = (0, 0);
    for section in kept {
        let (start, size) = (section.offset as u64, section.size as u64);
        let bad = |what| Error::Damaged(format!("section {} {what}", section.name));
        total += size;
        if total > KEPT_MAX {
            return Err(bad("is larger than in any kernel"));
        }
        skip(
            &mut elf,
            start
                .checked_sub(at)
                .ok_or_else(|| bad("begins in another one"))?,
        )?;
        // Pages that the number lies about are never touched.
        let mut content = vec![0; section.size];
        elf.read_exact(&mut content)
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => bad("reaches beyond the end"),
                _ => error.into(),
            })?;
        section.content = content;
        at = start + size;
    }
    Ok(())
}
