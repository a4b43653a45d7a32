// SPDX-License-Identifier: GPL-2.0
//! Hooks must stay on the stack for as long as anything they call runs.
//!
//! Before livepatch unloads a hook it looks for return addresses inside the hook's function. A hook
//! that ends in a jump to a helper is not on the stack while the helper sleeps, and a cold part lies
//! outside the function, so livepatch would free code that is still to be returned to.

use std::collections::BTreeMap;
use std::ops::Range;

use iced_x86::{Decoder, DecoderOptions, FlowControl, Instruction, OpKind};
use object::{elf, LittleEndian as LE};

use super::Violation;
use crate::elf::{Image, Rela};

/// The one jump out of a function that is a return.
const RETURN_THUNK: &str = "__x86_return_thunk";

/// A function, or its cold part.
#[derive(Clone)]
struct Part<'a> {
    name: &'a str,
    section: usize,
    range: Range<u64>,
}

impl Part<'_> {
    fn holds(&self, section: usize, offset: u64) -> bool {
        self.section == section && self.range.contains(&offset)
    }

    fn place(&self, offset: u64) -> String {
        format!("{}+{:#x}", self.name, offset.wrapping_sub(self.range.start))
    }

    /// The name without the suffix of a cold part.
    fn base(&self) -> &str {
        self.name.split(".cold").next().unwrap_or(self.name)
    }

    fn is_cold(&self) -> bool {
        self.base() != self.name
    }
}

/// Where a branch goes.
enum Goal {
    Place { section: usize, offset: u64 },
    Outside(String),
    Unknown,
}

pub(super) fn hooks(image: &Image<'_>, prefix: &str, found: &mut Vec<Violation>) {
    let parts = parts(image, prefix);
    if !parts.iter().any(|part| !part.is_cold()) {
        found.push(Violation::NoHooks(prefix.to_owned()));
    }
    for part in &parts {
        let own: Vec<&Part<'_>> = parts
            .iter()
            .filter(|other| other.base() == part.base())
            .collect();
        check_part(image, part, &own, found);
    }
}

fn parts<'a>(image: &Image<'a>, prefix: &str) -> Vec<Part<'a>> {
    let functions = image
        .symbols
        .iter()
        .filter(|symbol| symbol.raw.st_type() == elf::STT_FUNC && symbol.name.starts_with(prefix));
    functions
        .filter_map(|symbol| {
            let section = usize::from(symbol.section());
            let start = symbol.raw.st_value.get(LE);
            let range = start..start.saturating_add(symbol.raw.st_size.get(LE));
            let code = image
                .sections
                .get(section)
                .is_some_and(|section| section.is_code());
            code.then_some(Part {
                name: symbol.name,
                section,
                range,
            })
        })
        .collect()
}

fn check_part(image: &Image<'_>, part: &Part<'_>, own: &[&Part<'_>], found: &mut Vec<Violation>) {
    let unreadable = |offset, problem: &str| Violation::Unreadable {
        place: part.place(offset),
        problem: problem.to_owned(),
    };
    let bytes = code(image, part);
    let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else {
        found.push(unreadable(
            part.range.start,
            "has no size or lies outside its section",
        ));
        return;
    };
    let relas = relocations(image, part.section);
    for instruction in Decoder::with_ip(64, bytes, part.range.start, DecoderOptions::NONE).iter() {
        let at = instruction.ip();
        if instruction.is_invalid() {
            found.push(unreadable(at, "is no x86-64 instruction"));
            return;
        }
        match instruction.flow_control() {
            FlowControl::UnconditionalBranch | FlowControl::ConditionalBranch => {
                let target = match goal(image, part.section, &instruction, &relas) {
                    Goal::Place { section, offset } => {
                        if own.iter().any(|part| part.holds(section, offset)) {
                            continue;
                        }
                        describe(image, section, offset)
                    }
                    Goal::Outside(name) if name == RETURN_THUNK => continue,
                    Goal::Outside(name) => name,
                    Goal::Unknown => {
                        found.push(unreadable(at, "jumps through a relocation of another kind"));
                        continue;
                    }
                };
                found.push(Violation::TailCall {
                    place: part.place(at),
                    target,
                });
            }
            FlowControl::IndirectBranch => {
                let target = "an address in a register or in memory".to_owned();
                found.push(Violation::TailCall {
                    place: part.place(at),
                    target,
                });
            }
            FlowControl::Call | FlowControl::IndirectCall if part.is_cold() => {
                found.push(Violation::ColdCall(part.place(at)));
            }
            _ => {}
        }
    }
}

fn code<'a>(image: &Image<'a>, part: &Part<'_>) -> Option<&'a [u8]> {
    let start = usize::try_from(part.range.start).ok()?;
    let end = usize::try_from(part.range.end).ok()?;
    image.bytes(part.section).get(start..end)
}

/// All relocations of a section, ordinary and livepatch, by offset.
fn relocations(image: &Image<'_>, section: usize) -> BTreeMap<u64, Rela> {
    image
        .loaded_relas()
        .filter(|rela| image.target(*rela) == section)
        .flat_map(|rela| image.relas(rela))
        .filter(|rela| rela.kind != elf::R_X86_64_NONE.0)
        .map(|rela| (rela.offset, rela))
        .collect()
}

fn goal(
    image: &Image<'_>,
    section: usize,
    instruction: &Instruction,
    relas: &BTreeMap<u64, Rela>,
) -> Goal {
    let next = instruction.next_ip();
    let Some((_, rela)) = relas.range(instruction.ip()..next).next() else {
        return match instruction.op0_kind() {
            OpKind::NearBranch64 => Goal::Place {
                section,
                offset: instruction.near_branch_target(),
            },
            _ => Goal::Unknown,
        };
    };
    let kind = elf::RelocationType(rela.kind);
    // Only a 32-bit operand at the end of the instruction can be what the relocation changes.
    if !matches!(kind, elf::R_X86_64_PLT32 | elf::R_X86_64_PC32) || next - rela.offset != 4 {
        return Goal::Unknown;
    }
    let symbol = image.symbols[rela.symbol];
    let section = usize::from(symbol.section());
    if section == 0 || section >= image.sections.len() {
        return Goal::Outside(symbol.name.to_owned());
    }
    let offset = symbol
        .raw
        .st_value
        .get(LE)
        .wrapping_add_signed(rela.addend)
        .wrapping_add(4);
    Goal::Place { section, offset }
}

fn describe(image: &Image<'_>, section: usize, offset: u64) -> String {
    let function = image.symbols.iter().find(|symbol| {
        symbol.raw.st_type() == elf::STT_FUNC
            && usize::from(symbol.section()) == section
            && symbol.raw.st_value.get(LE) == offset
    });
    match function {
        Some(symbol) => symbol.name.to_owned(),
        None => format!("{}+{offset:#x}", image.sections[section].name),
    }
}
