// SPDX-License-Identifier: GPL-2.0
//! Tells from a kernel's image whether KBP may be loaded on it.
//!
//! KBP hooks functions of the kernel (one on 7.x, four on 6.1 and 6.12) and calls some that it does
//! not export. What it relies on there is checked here, on the very image that runs, without
//! loading anything: [`verify`]. No input makes it panic.
//!
//! ```text
//! file ── image ──┬── kallsyms ── symbols ──┐
//!                 ├── btf ─────── types ────┼── check/ against known/ ── report
//!                 └── code ────── facts ────┘
//! ```
#![forbid(unsafe_code)]

pub mod btf;
mod bytes;
mod check;
pub mod code;
mod config;
pub mod error;
pub mod image;
pub mod kallsyms;
mod kernel;
pub mod known;
mod report;

use std::io::{Read, Seek};

pub use config::{config_text, Config};
pub use error::{Error, Result};
pub use image::{unpack, Image};
pub use kallsyms::Symbols;
pub use kernel::Kernel;
pub use report::{Check, Report, Verdict};

/// Checks a kernel's image with its configuration.
///
/// # Errors
/// When the file is no kernel image.
pub fn verify(file: impl Read + Seek, config: Option<&str>) -> Result<Report> {
    let image = Image::read(file)?;
    Ok(verify_image(&image, config))
}

/// Checks an unpacked image with its configuration.
pub fn verify_image(image: &Image, config: Option<&str>) -> Report {
    check::all(image, config.map(Config::read).as_ref())
}

/// What a running kernel lacks of the symbols that the modules need: from its /proc/kallsyms, one
/// reason each.
pub fn missing_symbols(kallsyms: &str) -> Vec<String> {
    check::symbols::check(&Symbols::of_text(kallsyms), None, None).reasons
}

/// The build id in the notes that a running kernel shows in /sys/kernel/notes.
pub fn build_id_of_notes(notes: &[u8]) -> Option<String> {
    image::build_id_of_notes(notes)
}
