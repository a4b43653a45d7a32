// SPDX-License-Identifier: GPL-2.0
//! Who a kernel is: its build id and its release.

use std::fmt::Write;

use memchr::memmem;

use crate::bytes;

const NT_GNU_BUILD_ID: u32 = 3;

/// The GNU build id in ELF notes (of an image, or of /sys/kernel/notes).
pub(crate) fn build_id(notes: &[u8]) -> Option<String> {
    let padded = |len: u32| (len as usize).checked_add(3).map(|len| len & !3);
    let mut rest = notes;
    while rest.len() >= 12 {
        let (name, desc, kind) = (
            bytes::u32(rest, 0)?,
            bytes::u32(rest, 4)?,
            bytes::u32(rest, 8)?,
        );
        let start = padded(name)?.checked_add(12)?;
        if kind == NT_GNU_BUILD_ID && bytes::array(rest, 12) == Some(*b"GNU\0") && name == 4 {
            let id = rest.get(start..start.checked_add(desc as usize)?)?;
            return Some(id.iter().fold(String::new(), |mut text, byte| {
                // Writing to a String cannot fail.
                let _ = write!(text, "{byte:02x}");
                text
            }));
        }
        rest = rest.get(start.checked_add(padded(desc)?)?..)?;
    }
    None
}

/// The release in `linux_banner`.
pub(crate) fn release(rodata: &[u8]) -> Option<String> {
    const BANNER: &[u8] = b"Linux version ";
    memmem::find_iter(rodata, BANNER).find_map(|at| {
        let text = bytes::c_str(rodata, at)?;
        let release = text.get(BANNER.len()..)?.split(' ').next()?;
        let begins = release.starts_with(|first: char| first.is_ascii_digit());
        begins.then(|| release.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_build_id_behind_other_notes() {
        let mut notes = Vec::new();
        for (name, kind, desc) in [("Xen\0", 5, &[1u8][..]), ("GNU\0", 3, &[0xab, 0x01])] {
            notes.extend((name.len() as u32).to_le_bytes());
            notes.extend((desc.len() as u32).to_le_bytes());
            notes.extend((kind as u32).to_le_bytes());
            notes.extend(name.as_bytes());
            notes.extend(desc);
            notes.resize(notes.len().next_multiple_of(4), 0);
        }
        assert_eq!(build_id(&notes).as_deref(), Some("ab01"));
        assert_eq!(build_id(&notes[..20]), None);
    }

    #[test]
    fn the_banner_is_not_the_format_of_one() {
        let rodata = b"..Linux version %s (\0Linux version 7.3.4+deb13 (who)\0";
        assert_eq!(release(rodata).as_deref(), Some("7.3.4+deb13"));
        assert_eq!(release(b"Linux version 7.3"), None);
    }
}
