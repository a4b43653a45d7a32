// SPDX-License-Identifier: GPL-2.0
//! The addresses of the names, in the same order.
//!
//! Each layout is tried; the one is right by which the symbols ascend and `_text` (or `_stext`) is
//! where the image's `.text` begins.

use super::names::Names;
use super::tokens::Tokens;
use crate::bytes;
use crate::error::{Error, Result};
use crate::image::{Image, Section};

/// One way to store addresses: where the table is and what a number in it means.
struct Layout {
    table: usize,
    meaning: Meaning,
}

#[derive(Clone, Copy)]
enum Meaning {
    /// Whole addresses.
    Absolute,
    /// Unsigned distances from the base.
    FromBase(u64),
    /// Not negative: itself (per-CPU data); negative: `base - 1 - number`.
    FromBaseOrPerCpu(u64),
    /// Signed distances from the place of the number.
    FromItself,
}

/// Finds the addresses of all `names`.
pub(crate) fn find(
    image: &Image,
    section: &Section,
    data: &[u8],
    tokens: &Tokens,
    names: &Names,
) -> Result<Vec<u64>> {
    let text = image.section(".text").map(|text| text.address);
    let count = names.entries.len();
    candidates(data, tokens, names)
        .filter_map(|layout| {
            (0..count)
                .map(|index| address(data, section, &layout, index))
                .collect::<Option<Vec<u64>>>()
        })
        .find(|addresses| {
            let of = |name: &str| {
                let at = names.entries.iter().position(|entry| entry.name == name);
                at.map(|at| addresses[at])
            };
            let begins = of("_text").or_else(|| of("_stext"));
            begins.is_some() && begins == text && addresses.is_sorted()
        })
        .ok_or_else(|| Error::table("kallsyms", "no addresses that fit the names"))
}

fn candidates<'a>(
    data: &'a [u8],
    tokens: &Tokens,
    names: &Names,
) -> impl Iterator<Item = Layout> + 'a {
    let count = names.entries.len();
    let (before, after) = (names.start, tokens.end);
    let bases = |at: usize| {
        let base = bytes::u64(data, at);
        base.map(|base| [Meaning::FromBase(base), Meaning::FromBaseOrPerCpu(base)])
            .into_iter()
            .flatten()
    };
    let mut all = Vec::new();
    let mut add = |table: usize, meaning| all.push(Layout { table, meaning });
    // Behind the tokens, the base behind them; alignment is to four or to eight.
    for table in [after.next_multiple_of(4), after.next_multiple_of(8)] {
        add(table, Meaning::FromItself);
        for base in [4, 8].map(|to| (table + 4 * count).next_multiple_of(to)) {
            bases(base).for_each(|meaning| add(table, meaning));
        }
        add(table, Meaning::Absolute);
    }
    // Before the names, the base between them.
    for base in [before.checked_sub(8), before.checked_sub(12)]
        .into_iter()
        .flatten()
    {
        for gap in [0, 4] {
            if let Some(table) = base.checked_sub(gap + 4 * count) {
                bases(base).for_each(|meaning| add(table, meaning));
            }
        }
    }
    if let Some(table) = before.checked_sub(8 * count) {
        add(table, Meaning::Absolute);
    }
    all.into_iter()
}

fn address(data: &[u8], section: &Section, layout: &Layout, index: usize) -> Option<u64> {
    let at = layout.table + 4 * index;
    let number = || bytes::u32(data, at);
    match layout.meaning {
        Meaning::Absolute => bytes::u64(data, layout.table + 8 * index),
        Meaning::FromBase(base) => base.checked_add(u64::from(number()?)),
        Meaning::FromBaseOrPerCpu(base) => {
            let number = number()? as i32;
            match u64::try_from(number) {
                Ok(offset) => Some(offset),
                Err(_) => base.checked_add((-1 - i64::from(number)) as u64),
            }
        }
        Meaning::FromItself => {
            (section.address + at as u64).checked_add_signed(i64::from(number()? as i32))
        }
    }
}
