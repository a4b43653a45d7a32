// SPDX-License-Identifier: GPL-2.0
//! One pass over all code of the kernel: which functions call the functions we look for, or touch
//! the per-CPU word we look for.

use std::collections::BTreeSet;
use std::ops::Range;

use iced_x86::{Decoder, DecoderOptions, FlowControl, Instruction, Register};

use crate::image::Image;
use crate::kallsyms::Symbols;

/// What to look for.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Targets of calls and jumps.
    pub targets: Vec<u64>,
    /// Per-CPU addresses of operands.
    pub per_cpu: Range<u64>,
}

/// Symbols whose code has what was looked for, by their addresses.
#[derive(Debug, Default)]
pub struct Found {
    /// Those that call or jump to a target from outside it.
    pub callers: BTreeSet<u64>,
    /// Those that have an operand there.
    pub per_cpu: BTreeSet<u64>,
}

/// Looks through all code that symbols cover.
pub fn scan(image: &Image, symbols: &Symbols, wanted: &Wanted) -> Found {
    let mut found = Found::default();
    let mut starts: Vec<u64> = symbols.all().iter().map(|symbol| symbol.address).collect();
    starts.dedup();
    let mut code = Instruction::default();
    for (at, start) in starts.iter().enumerate() {
        let Some(section) = image.section_of(*start).filter(|section| section.code) else {
            continue;
        };
        let section_end = section.address + section.size as u64;
        let end = starts
            .get(at + 1)
            .map_or(section_end, |next| section_end.min(*next));
        let Some(bytes) = image.at(*start, (end - start) as usize) else {
            continue;
        };
        let mut decoder = Decoder::with_ip(64, bytes, *start, DecoderOptions::NONE);
        while decoder.can_decode() {
            decoder.decode_out(&mut code);
            if calls(&code, wanted) {
                found.callers.insert(*start);
            }
            if code.segment_prefix() == Register::GS
                && wanted.per_cpu.contains(&code.memory_displacement64())
            {
                found.per_cpu.insert(*start);
            }
        }
    }
    found
}

fn calls(code: &Instruction, wanted: &Wanted) -> bool {
    matches!(
        code.flow_control(),
        FlowControl::Call | FlowControl::UnconditionalBranch | FlowControl::ConditionalBranch
    ) && wanted.targets.contains(&code.near_branch_target())
}
