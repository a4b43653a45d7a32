// SPDX-License-Identifier: GPL-2.0
//! Programs of Debian that a guest gets from the toolchain root, with the libraries they need.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use object::elf::{FileHeader64, DT_NEEDED};
use object::read::elf::{Dyn, FileHeader};
use object::Endianness;

use crate::error::{Error, Result};

const LIBRARIES: &str = "usr/lib/x86_64-linux-gnu";
const LOADER: &str = "lib64/ld-linux-x86-64.so.2";

/// A file of the guest: its path and what is in it.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// The programs `names` of the Debian root in `root`, their libraries and the loader.
pub(crate) fn collect(root: &Path, names: &[String]) -> Result<Files> {
    let mut files = Files::new();
    for name in names {
        let program = ["usr/bin", "usr/sbin"]
            .iter()
            .map(|folder| root.join(folder).join(name))
            .find(|path| path.is_file())
            .ok_or_else(|| {
                Error::Other(format!(
                    "the toolchain root has no program '{name}': add its package to kbuild/lib/toolchain.sh and run kbuild/kbuild.sh toolchain"
                ))
            })?;
        add(root, &program, format!("bin/{name}"), &mut files)?;
    }
    if !files.is_empty() {
        let loader = read(&root.join(LOADER))?;
        files.insert(LOADER.into(), loader);
    }
    Ok(files)
}

/// Adds one ELF file and, unless they are there, the libraries it names.
fn add(root: &Path, file: &Path, guest: String, files: &mut Files) -> Result<()> {
    let data = read(file)?;
    let needed = needed(&data)
        .map_err(|error| Error::Other(format!("{} cannot be read: {error}", file.display())))?;
    files.insert(guest, data);
    for library in needed {
        let place = format!("lib/x86_64-linux-gnu/{library}");
        let from: PathBuf = root.join(LIBRARIES).join(&library);
        // The loader itself is named by libc, and stands elsewhere.
        if !files.contains_key(&place) && !LOADER.ends_with(&library) {
            add(root, &from, place, files)?;
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).map_err(Error::at("read", file))
}

/// The names in `DT_NEEDED` of an ELF file.
fn needed(data: &[u8]) -> object::Result<Vec<String>> {
    let header = FileHeader64::<Endianness>::parse(data)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, data)?;
    let Some((dynamic, link)) = sections.dynamic(endian, data)? else {
        return Ok(Vec::new());
    };
    let strings = sections.strings(endian, data, link)?;
    let names = dynamic
        .iter()
        .filter(|entry| entry.tag(endian) == DT_NEEDED)
        .filter_map(|entry| strings.get(entry.val32(endian)?).ok())
        .map(|name| String::from_utf8_lossy(name).into_owned());
    Ok(names.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_the_root_lacks_is_named_with_the_cure() {
        let root = tempfile::tempdir().expect("a folder");
        let error = collect(root.path(), &["frobnicate".into()]).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("'frobnicate'") && text.contains("kbuild.sh toolchain"));
    }

    #[test]
    fn no_program_needs_no_loader() {
        let root = tempfile::tempdir().expect("a folder");
        assert!(collect(root.path(), &[]).expect("nothing to do").is_empty());
    }

    #[test]
    fn this_test_names_the_c_library_it_needs() {
        let data = fs::read(std::env::current_exe().expect("a path")).expect("a file");
        let needed = needed(&data).expect("an ELF file");
        // A static one needs nothing.
        assert!(needed.is_empty() || needed.iter().any(|name| name.starts_with("libc.so")));
    }
}
