// SPDX-License-Identifier: GPL-2.0
//! A kernel's ELF file: bytes by the address they have in the running kernel (before KASLR).

mod layers;
mod notes;
mod sections;
mod unpack;

use std::io::{Read, Seek};
use std::ops::Range;

use crate::error::{Error, Result};

pub(crate) use notes::build_id as build_id_of_notes;
pub(crate) use unpack::unpacked;

/// A section of the file.
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
    /// What is in it; empty when no check looks at it.
    content: Vec<u8>,
}

/// The kernel's ELF file, as far as the checks look at it.
#[derive(Debug)]
pub struct Image {
    sections: Vec<Section>,
}

/// The whole ELF file in `file`, out of whatever it is packed in. `file` may be the ELF file.
///
/// # Errors
/// When there is none, or when it does not unpack.
pub fn unpack(file: impl Read) -> Result<Vec<u8>> {
    let mut elf = Vec::new();
    layers::elf(file)?.read_to_end(&mut elf)?;
    Ok(elf)
}

impl Image {
    /// Reads a bzImage, a vmlinux or a unified kernel image, packed or not: twice, because its
    /// table of sections is at the end, and only some sections are worth their memory.
    ///
    /// # Errors
    /// When it is none of them, for another machine, or damaged.
    pub fn read(mut file: impl Read + Seek) -> Result<Image> {
        file.rewind()?;
        let mut sections = sections::list(layers::elf(&mut file)?)?;
        file.rewind()?;
        sections::fill(layers::elf(&mut file)?, &mut sections)?;
        match sections.is_empty() {
            true => Err(Error::NotAKernel("an ELF file without sections".into())),
            false => Ok(Image { sections }),
        }
    }

    /// These bytes of the ELF file, if they are in one section that was kept.
    pub fn bytes(&self, at: Range<usize>) -> Option<&[u8]> {
        self.sections.iter().find_map(|section| {
            let start = at.start.checked_sub(section.offset)?;
            section.content.get(start..at.end - section.offset)
        })
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
        (!section.content.is_empty()).then_some(&section.content)
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

    /// `size` bytes from `address` on, within one section.
    pub fn at(&self, address: u64, size: usize) -> Option<&[u8]> {
        let section = self.section_of(address)?;
        let from = (address - section.address) as usize;
        section.content.get(from..from.checked_add(size)?)
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
