// SPDX-License-Identifier: GPL-2.0
//! A function's instructions.

use std::ops::Range;

use iced_x86::{Decoder, DecoderOptions, Instruction};

use crate::image::Image;
use crate::kallsyms::Symbols;

/// A piece of code under one symbol.
#[derive(Debug)]
pub struct Function {
    /// The symbol's name.
    pub name: String,
    /// The addresses it covers, up to the next symbol.
    pub extent: Range<u64>,
    /// Its instructions, in the order of their addresses.
    pub code: Vec<Instruction>,
}

impl Function {
    /// Decodes the code from the symbol at `address` to the next symbol.
    pub fn read(image: &Image, symbols: &Symbols, address: u64) -> Option<Function> {
        let name = symbols.name_at(address)?.0.to_owned();
        let extent = extent(image, symbols, address)?;
        let bytes = image.at(extent.start, (extent.end - extent.start) as usize)?;
        let decoder = Decoder::with_ip(64, bytes, extent.start, DecoderOptions::NONE);
        Some(Function {
            name,
            extent,
            code: decoder.into_iter().collect(),
        })
    }

    /// The name in the source: without what the compiler appends to copies and parts.
    pub fn source_name(&self) -> &str {
        source_name(&self.name)
    }
}

/// `foo` of `foo`, `foo.part.0`, `foo.isra.0.cold`, ...
pub fn source_name(name: &str) -> &str {
    match name.split_once('.') {
        Some((source, _)) if !source.is_empty() => source,
        _ => name,
    }
}

/// From a symbol to the next, or to the end of the code.
fn extent(image: &Image, symbols: &Symbols, address: u64) -> Option<Range<u64>> {
    let section = image.section_of(address).filter(|section| section.code)?;
    let section_end = section.address + section.size as u64;
    let end = symbols
        .extent(address)
        .map_or(section_end, |extent| extent.end.min(section_end));
    Some(address..end)
}

#[cfg(test)]
mod tests {
    use super::source_name;

    #[test]
    fn copies_and_parts_count_as_their_source() {
        for name in ["foo", "foo.part.0", "foo.isra.0", "foo.constprop.0.cold"] {
            assert_eq!(source_name(name), "foo");
        }
        assert_eq!(source_name(".text"), ".text");
    }
}
