// SPDX-License-Identifier: GPL-2.0
//! The token table: the 256 pieces that compressed names are made of.
//!
//! A character that occurs in names stands for itself, so `0` to `9` follow one another, each with
//! its zero byte. The index that follows holds where each token begins, which proves the find.

use memchr::memmem;

use crate::bytes;
use crate::error::{Error, Result};

/// The table and where it is.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) texts: Vec<String>,
    /// Where the table begins in .rodata.
    pub(crate) start: usize,
    /// Where the index ends.
    pub(crate) end: usize,
}

/// Finds the table in `data`.
pub(crate) fn find(data: &[u8]) -> Result<Tokens> {
    const DIGITS: &[u8] = b"0\x001\x002\x003\x004\x005\x006\x007\x008\x009\x00";
    memmem::find_iter(data, DIGITS)
        .find_map(|digits| table(data, digits))
        .ok_or_else(|| {
            Error::table(
                "kallsyms",
                "no token table with its index: is CONFIG_KALLSYMS on?",
            )
        })
}

/// The table whose token `0` is at `digits`.
fn table(data: &[u8], digits: usize) -> Option<Tokens> {
    /// The longest name is 512 bytes, and so is the longest token.
    const TOKEN_MAX: usize = 512;
    let mut start = digits;
    for _ in 0..b'0' {
        let before = data.get(..start.checked_sub(1)?)?;
        let zero = memchr::memrchr(0, &before[before.len().saturating_sub(TOKEN_MAX)..])?;
        start = before.len() - before.len().min(TOKEN_MAX) + zero + 1;
    }
    // The first token has no token before it; what is there may be padding or anything.
    (0..=TOKEN_MAX)
        .find_map(|back| whole(data, start.checked_sub(back)?))
        .or_else(|| (1..TOKEN_MAX).find_map(|on| whole(data, start + on)))
}

/// Reads the table at `start` and proves it by the index behind it.
fn whole(data: &[u8], start: usize) -> Option<Tokens> {
    if start % 4 != 0 {
        return None;
    }
    let (mut texts, mut offsets, mut at) = (Vec::new(), Vec::new(), start);
    for _ in 0..256 {
        let text = bytes::c_str(data, at)?;
        offsets.push(u16::try_from(at - start).ok()?);
        at += text.len() + 1;
        texts.push(text.to_owned());
    }
    let proves = |from: usize| {
        (0..256).all(|index| bytes::u16(data, from + 2 * index) == Some(offsets[index]))
    };
    let index = [at.next_multiple_of(4), at.next_multiple_of(8)]
        .into_iter()
        .find(|from| proves(*from))?;
    Some(Tokens {
        texts,
        start,
        end: index + 512,
    })
}
