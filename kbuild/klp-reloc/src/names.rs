// SPDX-License-Identifier: GPL-2.0
//! The names that the livepatch loader and the psABI give to things.

use object::elf;

/// How the name of every livepatch symbol starts.
pub(crate) const SYMBOL_PREFIX: &str = ".klp.sym.";

/// The livepatch name of a listed symbol.
pub(crate) fn livepatch_name(name: &str, sympos: u32) -> String {
    format!("{SYMBOL_PREFIX}vmlinux.{name},{sympos}")
}

/// The kernel name and position in a livepatch symbol's name.
pub(crate) fn split_livepatch_name(name: &str) -> Option<(&str, u32)> {
    let (name, sympos) = name
        .strip_prefix(SYMBOL_PREFIX)?
        .strip_prefix("vmlinux.")?
        .rsplit_once(',')?;
    Some((name, sympos.parse().ok()?))
}

/// The psABI's name of a relocation that kernel modules use, else its number.
pub(crate) fn relocation_name(kind: u32) -> String {
    let name = match elf::RelocationType(kind) {
        elf::R_X86_64_NONE => "NONE",
        elf::R_X86_64_64 => "64",
        elf::R_X86_64_PC32 => "PC32",
        elf::R_X86_64_PLT32 => "PLT32",
        elf::R_X86_64_32 => "32",
        elf::R_X86_64_32S => "32S",
        elf::R_X86_64_PC64 => "PC64",
        _ => return format!("R_X86_64_({kind})"),
    };
    format!("R_X86_64_{name}")
}
