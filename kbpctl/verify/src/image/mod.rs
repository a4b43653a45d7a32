// SPDX-License-Identifier: GPL-2.0
//! An uncompressed kernel: bytes by the address they have in the running kernel (before KASLR).

mod notes;
mod unpack;

use object::elf::{FileHeader64, SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS};
use object::read::elf::{FileHeader, SectionHeader};
use object::LittleEndian as LE;

use crate::error::{Error, Result};

pub(crate) use notes::build_id as build_id_of_notes;
pub use unpack::unpack;

/// A section with content.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// Its first address.
    pub address: u64,
    /// Where its content is in the file.
    pub offset: usize,
    /// How long it is.
    pub size: usize,
    /// Whether it holds code.
    pub code: bool,
}

/// The kernel's ELF file.
#[derive(Debug)]
pub struct Image {
    data: Vec<u8>,
    sections: Vec<Section>,
}

impl Image {
    /// Reads a bzImage or a vmlinux.
    ///
    /// # Errors
    /// When it is neither, for another machine, or damaged.
    pub fn read(file: &[u8]) -> Result<Image> {
        let data = unpack(file)?;
        let sections = sections(&data)?;
        Ok(Image { data, sections })
    }

    /// The whole ELF file.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Where the last section ends in the file. In a bzImage a table of relocations follows.
    pub fn end(&self) -> usize {
        let ends = self
            .sections
            .iter()
            .map(|section| section.offset + section.size);
        ends.max().unwrap_or(0)
    }

    /// The section of this name.
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }

    /// The content of the section of this name.
    pub fn content(&self, name: &str) -> Option<&[u8]> {
        let section = self.section(name)?;
        self.data.get(section.offset..section.offset + section.size)
    }

    /// The section that holds `address`. Sections of per-CPU data that begin at 0 do not count:
    /// their addresses are offsets.
    pub fn section_of(&self, address: u64) -> Option<&Section> {
        self.sections.iter().find(|section| {
            section.address != 0 && address.wrapping_sub(section.address) < section.size as u64
        })
    }

    /// Where the byte at `address` is in the file.
    pub fn offset_of(&self, address: u64) -> Option<usize> {
        let section = self.section_of(address)?;
        Some(section.offset + (address - section.address) as usize)
    }

    /// The address of the byte at `offset` of the file.
    pub fn address_of(&self, offset: usize) -> Option<u64> {
        self.sections
            .iter()
            .find(|section| offset.wrapping_sub(section.offset) < section.size)
            .map(|section| section.address + (offset - section.offset) as u64)
    }

    /// `size` bytes from `address` on, within one section.
    pub fn at(&self, address: u64, size: usize) -> Option<&[u8]> {
        let section = self.section_of(address)?;
        let from = (address - section.address) as usize;
        if size > section.size - from {
            return None;
        }
        let from = section.offset + from;
        self.data.get(from..from + size)
    }

    /// Whether there is code at `address`.
    pub fn is_code(&self, address: u64) -> bool {
        self.section_of(address).is_some_and(|section| section.code)
    }

    /// The GNU build id, in hexadecimal digits.
    pub fn build_id(&self) -> Option<String> {
        notes::build_id(self.content(".notes")?)
    }

    /// The release, as `uname -r` prints it.
    pub fn release(&self) -> Option<String> {
        notes::release(self.content(".rodata")?)
    }
}

fn sections(data: &[u8]) -> Result<Vec<Section>> {
    let damaged = |error: object::Error| Error::Damaged(error.to_string());
    let header = FileHeader64::<LE>::parse(data)
        .map_err(|_| Error::NotAKernel("no 64-bit ELF file".into()))?;
    if header.e_machine(LE) != object::elf::EM_X86_64 {
        return Err(Error::NotAKernel("an ELF file for another machine".into()));
    }
    let table = header.sections(LE, data).map_err(damaged)?;
    let mut sections = Vec::new();
    for section in table.iter() {
        if section.sh_type(LE) == SHT_NOBITS {
            continue;
        }
        let content = section.data(LE, data).map_err(damaged)?;
        if content.is_empty() {
            continue;
        }
        let name = table.section_name(LE, section).map_err(damaged)?;
        let address = section.sh_addr(LE);
        if address.checked_add(content.len() as u64).is_none() {
            return Err(Error::Damaged(format!(
                "section at {address:#x} wraps around"
            )));
        }
        // Kernels may have data that is marked executable, for pages that become so at boot.
        let flags = section.sh_flags(LE);
        let code = flags.contains(SHF_EXECINSTR) && !flags.contains(SHF_WRITE);
        sections.push(Section {
            name: String::from_utf8_lossy(name).into_owned(),
            address,
            offset: section.sh_offset(LE) as usize,
            size: content.len(),
            code,
        });
    }
    match sections.is_empty() {
        true => Err(Error::NotAKernel("an ELF file without sections".into())),
        false => Ok(sections),
    }
}
