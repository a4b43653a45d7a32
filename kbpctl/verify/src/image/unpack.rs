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
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => read(liblzma::read::XzDecoder::new(payload), "xz"),
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const KERNEL: &[u8] = b"\x7fELF and whatever else is in a kernel";
    /// `xz --check=crc32 --x86 --lzma2=dict=1MiB`, as scripts/xz_wrap.sh of the kernel does.
    #[rustfmt::skip]
    const XZ: &[u8] = &[
        0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x01, 0x69, 0x22, 0xde, 0x36, 0x02, 0x01, 0x04, 0x00,
        0x21, 0x01, 0x10, 0x00, 0x8b, 0x21, 0x6f, 0x49, 0x01, 0x00, 0x24, 0x7f, 0x45, 0x4c, 0x46, 0x20,
        0x61, 0x6e, 0x64, 0x20, 0x77, 0x68, 0x61, 0x74, 0x65, 0x76, 0x65, 0x72, 0x20, 0x65, 0x6c, 0x73,
        0x65, 0x20, 0x69, 0x73, 0x20, 0x69, 0x6e, 0x20, 0x61, 0x20, 0x6b, 0x65, 0x72, 0x6e, 0x65, 0x6c,
        0x00, 0x00, 0x00, 0x00, 0x89, 0x27, 0xa0, 0xb3, 0x00, 0x01, 0x39, 0x25, 0xd6, 0xec, 0x06, 0x65,
        0x90, 0x42, 0x99, 0x0d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x01, 0x59, 0x5a,
    ];
    #[rustfmt::skip]
    const ZSTD: &[u8] = &[
        0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x25, 0x29, 0x01, 0x00, 0x7f, 0x45, 0x4c, 0x46, 0x20, 0x61, 0x6e,
        0x64, 0x20, 0x77, 0x68, 0x61, 0x74, 0x65, 0x76, 0x65, 0x72, 0x20, 0x65, 0x6c, 0x73, 0x65, 0x20,
        0x69, 0x73, 0x20, 0x69, 0x6e, 0x20, 0x61, 0x20, 0x6b, 0x65, 0x72, 0x6e, 0x65, 0x6c, 0x7c, 0xea,
        0x09, 0xe6,
    ];
    /// `lz4 -l`
    #[rustfmt::skip]
    const LZ4: &[u8] = &[
        0x02, 0x21, 0x4c, 0x18, 0x27, 0x00, 0x00, 0x00, 0xf0, 0x16, 0x7f, 0x45, 0x4c, 0x46, 0x20, 0x61,
        0x6e, 0x64, 0x20, 0x77, 0x68, 0x61, 0x74, 0x65, 0x76, 0x65, 0x72, 0x20, 0x65, 0x6c, 0x73, 0x65,
        0x20, 0x69, 0x73, 0x20, 0x69, 0x6e, 0x20, 0x61, 0x20, 0x6b, 0x65, 0x72, 0x6e, 0x65, 0x6c,
    ];

    fn gzip() -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(KERNEL).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    /// As the build makes it: 4 KiB of set-up code, some code, the packed kernel, more code.
    fn bzimage(payload: &[u8], size_follows: bool) -> Vec<u8> {
        let size = (KERNEL.len() as u32).to_le_bytes();
        let payload = [payload, if size_follows { &size } else { &[] }].concat();
        let mut file = vec![0x90; 8 * 512 + 100];
        file[0x1f1] = 7;
        file[0x202..0x206].copy_from_slice(b"HdrS");
        file[0x206..0x208].copy_from_slice(&0x20f_u16.to_le_bytes());
        file[0x248..0x24c].copy_from_slice(&100_u32.to_le_bytes());
        file[0x24c..0x250].copy_from_slice(&(payload.len() as u32).to_le_bytes());
        file.extend(payload);
        file.extend([0xcc; 300]);
        file
    }

    #[test]
    fn all_ways_to_pack_a_kernel() {
        for (packed, size_follows) in [(&*gzip(), false), (XZ, true), (ZSTD, true), (LZ4, true)] {
            let file = bzimage(packed, size_follows);
            assert_eq!(unpack(&file).as_deref(), Ok(KERNEL), "{packed:02x?}");
        }
        assert_eq!(unpack(KERNEL).as_deref(), Ok(KERNEL));
    }

    #[test]
    fn what_does_not_unpack_is_told() {
        let damaged = |result| matches!(result, Err(Error::Damaged(_)));
        for packed in [&*gzip(), XZ, ZSTD, LZ4] {
            let half = &packed[..packed.len() / 2];
            assert!(damaged(unpack(&bzimage(half, false))), "{packed:02x?}");
        }
        let file = bzimage(XZ, true);
        assert!(damaged(unpack(&file[..file.len() - 400])));
        let packing = Error::Packing("bzip2".into());
        assert_eq!(unpack(&bzimage(b"BZh9 and so on", true)), Err(packing));
    }
}
