// SPDX-License-Identifier: GPL-2.0
//! The names: their number, then each as a length and that many token numbers; then, for every
//! 256th, where it begins (the markers), which proves the find.

use std::ops::Range;

use super::tokens::Tokens;
use crate::bytes;
use crate::error::{Error, Result};

/// One name, without its type letter.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) kind: char,
    /// Where its tokens are in .rodata.
    pub(crate) at: Range<usize>,
}

/// All names and where they are.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) entries: Vec<Entry>,
    /// Where their number is in .rodata.
    pub(crate) start: usize,
}

/// Fewer symbols than any kernel, and more.
const COUNT: Range<usize> = 1000..4_000_000;

/// Finds the names, which come before the tokens.
pub(crate) fn find(data: &[u8], tokens: &Tokens) -> Result<Names> {
    // The number is padded to four or to eight bytes.
    let starts = (0..tokens.start).step_by(4);
    let starts = starts.flat_map(|start| [(start, start + 4), (start, start + 8)]);
    starts
        .filter(|(start, names)| plausible(data, tokens, *start, *names))
        .find_map(|(start, names)| read(data, tokens, start, names))
        .ok_or_else(|| Error::table("kallsyms", "no names with markers before the token table"))
}

fn count(data: &[u8], start: usize, tokens: &Tokens) -> Option<usize> {
    let count = bytes::u32(data, start)? as usize;
    // Each takes two bytes at least.
    let fits = count * 2 < tokens.start - start;
    (COUNT.contains(&count) && fits).then_some(count)
}

/// Whether the first few names begin with a type letter. Quick: it is asked of every address.
fn plausible(data: &[u8], tokens: &Tokens, start: usize, names: usize) -> bool {
    const LETTERS: &[u8] = b"AaBbCcDdGgNnRrSsTtUuVvWw?";
    let mut at = names;
    count(data, start, tokens).is_some()
        && (0..8).all(|_| {
            let Some(range) = entry(data, at) else {
                return false;
            };
            at = range.end;
            let first = data
                .get(range.start)
                .map(|token| &tokens.texts[usize::from(*token)]);
            first.is_some_and(|text| text.bytes().next().is_some_and(|c| LETTERS.contains(&c)))
        })
}

/// The tokens of the name at `at`: a length of one byte, or of two (LEB128) for long ones.
fn entry(data: &[u8], at: usize) -> Option<Range<usize>> {
    let low = usize::from(*data.get(at)?);
    let (start, len) = match low & 0x80 {
        0 => (at + 1, low),
        _ => (
            at + 2,
            (low & 0x7f) | (usize::from(*data.get(at + 1)?) << 7),
        ),
    };
    (len > 0 && start + len <= data.len()).then_some(start..start + len)
}

fn read(data: &[u8], tokens: &Tokens, start: usize, names: usize) -> Option<Names> {
    let count = count(data, start, tokens)?;
    let (mut at, mut markers) = (names, Vec::new());
    let mut ranges = Vec::with_capacity(count);
    for index in 0..count {
        if index % 256 == 0 {
            markers.push(u32::try_from(at - names).ok()?);
        }
        let range = entry(data, at).filter(|range| range.end <= tokens.start)?;
        at = range.end;
        ranges.push(range);
    }
    let proves = |from: usize| {
        let mut markers = markers.iter().enumerate();
        markers.all(|(index, marker)| bytes::u32(data, from + 4 * index) == Some(*marker))
    };
    if !proves(at.next_multiple_of(4)) && !proves(at.next_multiple_of(8)) {
        return None;
    }
    let entries = ranges.into_iter().map(|range| expand(data, tokens, range));
    Some(Names {
        entries: entries.collect::<Option<_>>()?,
        start,
    })
}

fn expand(data: &[u8], tokens: &Tokens, at: Range<usize>) -> Option<Entry> {
    let mut name = String::new();
    for token in &data[at.clone()] {
        name.push_str(&tokens.texts[usize::from(*token)]);
    }
    let kind = name.chars().next()?;
    name.drain(..kind.len_utf8());
    Some(Entry { name, kind, at })
}
