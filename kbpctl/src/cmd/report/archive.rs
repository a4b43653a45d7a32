// SPDX-License-Identifier: GPL-2.0
//! The archive, and the list of what is in it.

use std::io::{self, Write};
use std::time::Duration;

use flate2::write::GzEncoder;
use flate2::Compression;
use tar::{Builder, Header};

use super::part::Parts;

/// The folder in the archive.
const FOLDER: &str = "kbp-report";

/// The files and the manifest, packed.
pub(super) fn pack(parts: &Parts, manifest: &str, date: Duration) -> io::Result<Vec<u8>> {
    let mut archive = Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    let mut add = |name: &str, text: &str| {
        let mut header = Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(date.as_secs());
        archive.append_data(&mut header, format!("{FOLDER}/{name}"), text.as_bytes())
    };
    add("MANIFEST", manifest)?;
    for part in &parts.all {
        add(&part.name, &part.text)?;
    }
    let mut packed = archive.into_inner()?;
    packed.flush()?;
    packed.finish()
}

/// What is in the archive, and what is not and why.
pub(super) fn list(parts: &Parts) -> String {
    let mut lines: Vec<String> = parts
        .all
        .iter()
        .map(|part| format!("{:>9}  {:<36}  {}", part.bytes, part.name, part.source))
        .collect();
    if !parts.missing.is_empty() {
        lines.push(String::new());
        lines.push("Not in it:".to_owned());
        let missing = parts.missing.iter();
        lines.extend(missing.map(|missing| format!("  {missing}")));
    }
    lines.join("\n")
}
