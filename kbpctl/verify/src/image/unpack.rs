// SPDX-License-Identifier: GPL-2.0
//! Gets the ELF file out of a bzImage.
//!
//! The boot protocol (Documentation/arch/x86/boot.rst) says where the packed kernel is:
//! `payload_offset` after the protected-mode code, `payload_length` long. The build appends the
//! unpacked size, four bytes, to most formats.

use std::io::Read;

use crate::bytes;
use crate::error::{Error, Result};

/// No kernel is that large; a damaged file must not fill the memory.
const UNPACKED_MAX: u64 = 1 << 30;
const ELF: &[u8] = b"\x7fELF";

/// The ELF file in `file`, which may be one itself.
///
/// # Errors
/// When it is neither an ELF file nor a bzImage, or when it does not unpack.
pub fn unpack(file: &[u8]) -> Result<Vec<u8>> {
    if file.starts_with(ELF) {
        return Ok(file.to_vec());
    }
    let payload = payload(file)?;
    let unpacked = match payload {
        [0x1f, 0x8b, ..] => read(flate2::read::GzDecoder::new(payload), "gzip"),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
            read(lzma_rust2::XzReader::new(payload, false), "xz")
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => match ruzstd::decoding::StreamingDecoder::new(payload) {
            Ok(decoder) => read(decoder, "zstd"),
            Err(error) => Err(damaged("zstd", &error)),
        },
        [0x02, 0x21, 0x4c, 0x18, blocks @ ..] => lz4(blocks),
        [b'B', b'Z', b'h', ..] => Err(Error::Packing("bzip2".into())),
        [0x5d, 0, 0, ..] => Err(Error::Packing("lzma".into())),
        [0x89, b'L', b'Z', b'O', ..] => Err(Error::Packing("lzo".into())),
        _ => Err(Error::Packing(format!(
            "something that begins with {:02x?}",
            &payload[..payload.len().min(4)]
        ))),
    }?;
    match unpacked.starts_with(ELF) {
        true => Ok(unpacked),
        false => Err(Error::NotAKernel(
            "what is packed in it is no ELF file".into(),
        )),
    }
}

fn payload(file: &[u8]) -> Result<&[u8]> {
    const PROTOCOL_WITH_PAYLOAD: u16 = 0x208;
    let not = |reason: &str| Error::NotAKernel(reason.into());
    if bytes::array(file, 0x202) != Some(*b"HdrS") {
        return Err(not("no ELF file, and no bzImage: 'HdrS' is not at 0x202"));
    }
    if bytes::u16(file, 0x206).unwrap_or(0) < PROTOCOL_WITH_PAYLOAD {
        return Err(not("the boot protocol is older than 2.08"));
    }
    let sectors = match file.get(0x1f1) {
        Some(0) | None => 4,
        Some(sectors) => usize::from(*sectors),
    };
    let field = |at| bytes::u32(file, at).map(|value| value as usize);
    let range = || {
        let start = ((sectors + 1) * 512).checked_add(field(0x248)?)?;
        file.get(start..start.checked_add(field(0x24c)?)?)
    };
    range().ok_or_else(|| Error::Damaged("the packed kernel reaches beyond the end".into()))
}

fn damaged(packing: &str, error: &impl std::fmt::Display) -> Error {
    Error::Damaged(format!("it does not unpack ({packing}: {error})"))
}

fn read(from: impl Read, packing: &str) -> Result<Vec<u8>> {
    let mut data = Vec::new();
    match from.take(UNPACKED_MAX).read_to_end(&mut data) {
        Ok(_) => Ok(data),
        Err(error) => Err(damaged(packing, &error)),
    }
}

/// The "legacy" format of `lz4 -l`, which the kernel uses: blocks, each with its packed size.
fn lz4(mut blocks: &[u8]) -> Result<Vec<u8>> {
    const BLOCK: usize = 8 << 20;
    let mut data = Vec::new();
    let mut block = vec![0; BLOCK];
    // The last four bytes are the unpacked size.
    while blocks.len() > 4 {
        let size = bytes::u32(blocks, 0).unwrap_or(0) as usize;
        let packed = size.checked_add(4).and_then(|end| blocks.get(4..end));
        let Some(packed) = packed else {
            return Err(damaged("lz4", &"a block reaches beyond the end"));
        };
        let len = lz4_flex::block::decompress_into(packed, &mut block)
            .map_err(|error| damaged("lz4", &error))?;
        data.extend_from_slice(&block[..len]);
        if data.len() as u64 > UNPACKED_MAX {
            return Err(damaged("lz4", &"more than 1 GiB"));
        }
        blocks = &blocks[4 + size..];
    }
    Ok(data)
}
