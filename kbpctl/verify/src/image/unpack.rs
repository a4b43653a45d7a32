// SPDX-License-Identifier: GPL-2.0
//! Unpacks what the kernel's build, distributions and people pack kernels and modules with. Nothing
//! is held but what a format needs to look back at.

use std::io::{self, BufRead, BufReader, Read};

use crate::error::{Error, Result};

/// No kernel is that large; what is packed to fill the memory or to have no end ends here.
const UNPACKED_MAX: u64 = 1 << 30;
/// `xz` may ask for 4 GiB. The kernel's build takes 128 MiB at most.
const XZ_MEMORY_MAX: u64 = 256 << 20;

/// What is packed in `from`, which begins with `head`; `None`: it does not look packed.
pub(crate) fn unpacked<'a>(
    head: &[u8],
    from: impl Read + 'a,
) -> Result<Option<Box<dyn Read + 'a>>> {
    let from = BufReader::new(from);
    Ok(Some(match head {
        [0x1f, 0x8b, ..] => named("gzip", flate2::bufread::GzDecoder::new(from)),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
            let stream = liblzma::stream::Stream::new_stream_decoder(XZ_MEMORY_MAX, 0);
            let stream = stream.map_err(|error| damaged("xz", &error))?;
            named("xz", liblzma::bufread::XzDecoder::new_stream(from, stream))
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let decoder = zstd::stream::read::Decoder::with_buffer(from);
            let decoder = decoder.map_err(|error| damaged("zstd", &error))?;
            // A second frame is not looked for: the unpacked size may follow.
            named("zstd", decoder.single_frame())
        }
        [0x02, 0x21, 0x4c, 0x18, ..] => named("lz4", Lz4::new(from)),
        [b'B', b'Z', b'h', ..] => return Err(Error::Packing("bzip2".into())),
        [0x5d, 0, 0, ..] => return Err(Error::Packing("lzma".into())),
        [0x89, b'L', b'Z', b'O', ..] => return Err(Error::Packing("lzo".into())),
        _ => return Ok(None),
    }))
}

fn damaged(packing: &str, error: &impl std::fmt::Display) -> Error {
    Error::Damaged(format!("it does not unpack ({packing}: {error})"))
}

fn named<'a>(packing: &'static str, from: impl Read + 'a) -> Box<dyn Read + 'a> {
    Box::new(Named { packing, from }.take(UNPACKED_MAX))
}

/// Says with an error what could not be unpacked.
struct Named<R> {
    packing: &'static str,
    from: R,
}

impl<R: Read> Read for Named<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.from.read(into).map_err(|error| {
            match error.raw_os_error() {
                // The file could not be read, which says nothing of its packing.
                Some(_) => error,
                None => io::Error::other(damaged(self.packing, &error)),
            }
        })
    }
}

/// The "legacy" format of `lz4 -l`, which the kernel uses: a magic number, then blocks, each with
/// its packed size. The kernel's build appends the unpacked size, four bytes.
struct Lz4<R> {
    from: R,
    block: Vec<u8>,
    /// What of the block was not read yet.
    left: std::ops::Range<usize>,
    began: bool,
}

impl<R: BufRead> Lz4<R> {
    const BLOCK: usize = 8 << 20;

    fn new(from: R) -> Lz4<R> {
        Lz4 {
            from,
            block: Vec::new(),
            left: 0..0,
            began: false,
        }
    }

    fn number(&mut self) -> io::Result<usize> {
        let mut number = [0; 4];
        self.from.read_exact(&mut number)?;
        Ok(u32::from_le_bytes(number) as usize)
    }

    fn at_end(&mut self) -> io::Result<bool> {
        Ok(self.from.fill_buf()?.is_empty())
    }

    /// Unpacks the next block; leaves nothing when there is none.
    fn next(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.began, true) {
            self.number()?;
            self.block = vec![0; Self::BLOCK];
        }
        if self.at_end()? {
            return Ok(());
        }
        let size = self.number()?;
        if self.at_end()? {
            return Ok(());
        }
        let mut packed = Vec::new();
        self.from
            .by_ref()
            .take(size as u64)
            .read_to_end(&mut packed)?;
        if packed.len() < size {
            return Err(io::Error::other("a block reaches beyond the end"));
        }
        let len = lz4_flex::block::decompress_into(&packed, &mut self.block);
        self.left = 0..len.map_err(io::Error::other)?;
        Ok(())
    }
}

impl<R: BufRead> Read for Lz4<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left.is_empty() {
            self.next()?;
        }
        let len = into.len().min(self.left.len());
        into[..len].copy_from_slice(&self.block[self.left.start..self.left.start + len]);
        self.left.start += len;
        Ok(len)
    }
}
