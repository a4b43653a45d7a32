// SPDX-License-Identifier: GPL-2.0
//! Gets to the ELF file through whatever is around it.
//!
//! ```text
//! vmlinuz.gz ── PE with a section .linux (unified kernel image) ── bzImage ── packed ELF
//! ```
//! Each layer may be missing. A layer is read as it comes, so none of them is ever whole in memory.
//! In a bzImage the boot protocol (Documentation/arch/x86/boot.rst) says where the packed kernel
//! is: `payload_offset` after the protected-mode code, `payload_length` long.

use std::io::{self, Cursor, Read};
use std::ops::Range;

use object::read::pe::PeFile64;
use object::{Object, ObjectSection};

use super::unpack::unpacked;
use crate::bytes;
use crate::error::{Error, Result};

const ELF: &[u8] = b"\x7fELF";
/// Enough for the header of a bzImage and for the section table of a PE file.
const HEAD: u64 = 64 << 10;
/// More than anybody has reason to wrap around a kernel.
const LAYERS: u32 = 6;

/// The ELF file in `file`, which may be one itself.
pub(super) fn elf<'a>(file: impl Read + 'a) -> Result<Box<dyn Read + 'a>> {
    let mut inner: Box<dyn Read + 'a> = Box::new(file);
    for _ in 0..LAYERS {
        let mut head = Vec::new();
        inner.by_ref().take(HEAD).read_to_end(&mut head)?;
        if head.starts_with(ELF) {
            return Ok(Box::new(Cursor::new(head).chain(inner)));
        }
        let range = payload(&head)?;
        let whole = Cursor::new(head.clone()).chain(inner);
        inner = match range {
            Some(range) => cut(whole, range)?,
            None => unpacked(&head, whole)?.ok_or_else(|| unlike_a_kernel(&head))?,
        };
    }
    Err(Error::NotAKernel(format!("it is packed {LAYERS} times")))
}

/// Where the kernel is in a file that begins like this; `None`: it is neither bzImage nor PE.
fn payload(head: &[u8]) -> Result<Option<Range<u64>>> {
    if bytes::array(head, 0x202) == Some(*b"HdrS") {
        return bzimage(head).map(Some);
    }
    match head.starts_with(b"MZ") {
        true => unified(head).map(Some),
        false => Ok(None),
    }
}

fn bzimage(head: &[u8]) -> Result<Range<u64>> {
    const PROTOCOL_WITH_PAYLOAD: u16 = 0x208;
    if bytes::u16(head, 0x206).unwrap_or(0) < PROTOCOL_WITH_PAYLOAD {
        let reason = "the boot protocol is older than 2.08";
        return Err(Error::NotAKernel(reason.into()));
    }
    let sectors = match head.get(0x1f1) {
        Some(0) | None => 4,
        Some(sectors) => u64::from(*sectors),
    };
    let field = |at| bytes::u32(head, at).map(u64::from);
    let range = field(0x248).zip(field(0x24c)).map(|(offset, len)| {
        let start = (sectors + 1) * 512 + offset;
        start..start + len
    });
    range.ok_or_else(|| Error::Damaged("its header is cut off".into()))
}

/// The section `.linux`, where a unified kernel image has the kernel.
fn unified(head: &[u8]) -> Result<Range<u64>> {
    let not = |reason: &str| Error::NotAKernel(reason.into());
    let file = PeFile64::parse(head).map_err(|_| not("a PE file that cannot be read"))?;
    let section = file.section_by_name(".linux");
    let range = section.and_then(|section| section.file_range());
    let (start, len) =
        range.ok_or_else(|| not("a PE file without a .linux section: no unified kernel image"))?;
    Ok(start..start + len)
}

/// A part of `from`, which must reach that far.
fn cut<'a>(mut from: impl Read + 'a, range: Range<u64>) -> Result<Box<dyn Read + 'a>> {
    skip(&mut from, range.start)?;
    Ok(Box::new(from.take(range.end - range.start)))
}

/// Reads over `len` bytes.
pub(super) fn skip(from: &mut impl Read, len: u64) -> Result<()> {
    match io::copy(&mut from.by_ref().take(len), &mut io::sink())? {
        skipped if skipped == len => Ok(()),
        _ => Err(Error::Damaged("it ends too early".into())),
    }
}

fn unlike_a_kernel(head: &[u8]) -> Error {
    let begins = match head {
        [] => "there is nothing in it".to_owned(),
        head => format!("it begins with {:02x?}", &head[..head.len().min(4)]),
    };
    Error::NotAKernel(format!(
        "{begins}, unlike a bzImage, an ELF file, a unified kernel image, or one of them packed"
    ))
}

#[cfg(test)]
mod tests;
