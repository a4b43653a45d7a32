// SPDX-License-Identifier: GPL-2.0
//! Files of kbpctl's own: written whole or not at all, through links, and asked beforehand whether
//! that will go.

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{fchown, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::sys::statvfs::statvfs;
use nix::unistd::{eaccess, AccessFlags};

/// Opens a file to read it; a device, a pipe and a folder are refused. Their kind is asked before,
/// because a pipe without a writer would not open.
pub(super) fn open(path: &Path) -> io::Result<File> {
    regular(&fs::metadata(path)?)?;
    File::open(path)
}

fn regular(file: &Metadata) -> io::Result<()> {
    match (file.is_file(), file.is_dir()) {
        (true, _) => Ok(()),
        (false, true) => Err(Errno::EISDIR.into()),
        (false, false) => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is a device, a pipe or a socket, not a regular file",
        )),
    }
}

/// Writes `text` to `path` and onto the disk. A new file takes the place of the old one, with its
/// owner and its permissions, or with `mode`: a reader never sees half of it.
pub(super) fn store(path: &Path, text: &str, mode: Option<u32>) -> io::Result<()> {
    let path = end_of_links(path)?;
    if let Ok(old) = fs::metadata(&path) {
        regular(&old)?;
    }
    let folder = path.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder)?;
    let new = path.with_extension(format!("{}.new", std::process::id()));
    let written = write_through(&new, &path, text, mode).and_then(|()| fs::rename(&new, &path));
    if written.is_err() {
        // It may not be there at all; the first error is the one to tell.
        let _ = fs::remove_file(&new);
    }
    written?;
    // It is in its place whatever becomes of this: after a crash there is the old one, or this.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Writes a new file, whole or not at all, for its owner alone.
pub(super) fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(path)?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half of it is worth nothing; the first error is the one to tell.
        let _ = fs::remove_file(path);
    }
    written
}

/// Whether [`store`] could write so many bytes, or a file that is there could be written to.
pub(super) fn may_write(path: &Path, bytes: usize) -> io::Result<()> {
    let path = end_of_links(path)?;
    let there = fs::metadata(&path).ok();
    if let Some(old) = &there {
        regular(old)?;
        eaccess(&path, AccessFlags::W_OK)?;
    }
    if bytes == 0 && there.is_some() {
        return Ok(());
    }
    // What is missing of the path is made, but not behind a link.
    let is_there = |folder: &&Path| fs::symlink_metadata(folder).is_ok();
    let folder = path.ancestors().skip(1).find(is_there);
    let folder = folder.unwrap_or(Path::new("/"));
    if !folder.exists() {
        return Err(Errno::ENOENT.into());
    }
    if !folder.is_dir() {
        return Err(Errno::ENOTDIR.into());
    }
    eaccess(folder, AccessFlags::W_OK | AccessFlags::X_OK)?;
    match bytes {
        0 => Ok(()),
        bytes => has_room(folder, bytes),
    }
}

fn has_room(folder: &Path, bytes: usize) -> io::Result<()> {
    let room = statvfs(folder)?;
    let free = u128::from(room.blocks_free()) * u128::from(room.fragment_size());
    // A file system that counts nothing says 0 of 0.
    let full = room.blocks() > 0 && free < bytes as u128;
    let no_more_files = room.files() > 0 && room.files_free() == 0;
    match full || no_more_files {
        true => Err(Errno::ENOSPC.into()),
        false => Ok(()),
    }
}

/// Where a write to `path` goes: what it leads to need not be there.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    /// The kernel follows as many.
    const MOST: u32 = 40;
    let mut at = path.to_owned();
    for _ in 0..MOST {
        match fs::read_link(&at) {
            Ok(target) => at = at.parent().unwrap_or(Path::new("/")).join(target),
            Err(error) => {
                return match error.kind() {
                    // No link, or nothing at all.
                    io::ErrorKind::InvalidInput | io::ErrorKind::NotFound => Ok(at),
                    _ => Err(error),
                };
            }
        }
    }
    Err(Errno::ELOOP.into())
}

/// On the disk before it gets its name: a crash in between leaves the old file.
fn write_through(new: &Path, old: &Path, text: &str, mode: Option<u32>) -> io::Result<()> {
    let mut file = File::create(new)?;
    if let Ok(old) = fs::metadata(old) {
        fchown(&file, Some(old.uid()), Some(old.gid()))?;
        file.set_permissions(old.permissions())?;
    }
    if let Some(mode) = mode {
        file.set_permissions(Permissions::from_mode(mode))?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    fn errno(result: io::Result<()>) -> Option<Errno> {
        let error = result.expect_err("it must fail");
        error.raw_os_error().map(Errno::from_raw)
    }

    #[test]
    fn a_file_for_others_has_its_mode_whatever_it_had() {
        let folder = folder();
        let path = folder.path().join("kbp.prom");
        for before in [None, Some(0o600), Some(0o444)] {
            if let Some(mode) = before {
                fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
            }
            store(&path, "text", Some(0o644)).expect("it is written");
            let mode = fs::metadata(&path).expect("it").permissions().mode();
            assert_eq!(mode & 0o7777, 0o644, "{before:?}");
        }
        // Nothing of the writing is left.
        assert_eq!(fs::read_dir(folder.path()).expect("it").count(), 1);
    }

    #[test]
    fn a_new_file_takes_nobodys_place_and_is_for_its_owner() {
        let folder = folder();
        let path = folder.path().join("report.tar.gz");
        create(&path, b"first").expect("it is written");
        let mode = fs::metadata(&path).expect("it").permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        symlink("nowhere", folder.path().join("link")).expect("a link");
        for there in ["report.tar.gz", "link"] {
            let second = create(&folder.path().join(there), b"second");
            assert_eq!(errno(second), Some(Errno::EEXIST), "{there}");
        }
        assert_eq!(fs::read(&path).expect("it"), b"first");
    }

    #[test]
    fn a_link_stays_a_link_and_a_file_keeps_its_permissions() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("real")).expect("a folder");
        fs::write(at("real/file"), "old").expect("a file");
        fs::set_permissions(at("real/file"), fs::Permissions::from_mode(0o640)).expect("a mode");
        symlink("real/file", at("link")).expect("a link");
        symlink(at("link"), at("link-to-link")).expect("a link");
        symlink("real/to-be-made", at("dangling")).expect("a link");
        for (link, file) in [
            ("link", "real/file"),
            ("link-to-link", "real/file"),
            ("dangling", "real/to-be-made"),
        ] {
            may_write(&at(link), 3).expect(link);
            store(&at(link), link, None).expect(link);
            assert!(at(link).is_symlink(), "{link}");
            assert_eq!(fs::read_to_string(at(file)).expect(file), link);
        }
        let mode = fs::metadata(at("real/file")).expect("a file").mode();
        assert_eq!(mode & 0o777, 0o640);
        let names = fs::read_dir(at("real")).expect("a folder").count();
        assert_eq!(names, 2, "nothing half made is left");
        symlink("circle", at("circle")).expect("a link");
        assert_eq!(errno(store(&at("circle"), "", None)), Some(Errno::ELOOP));
        assert_eq!(errno(may_write(&at("circle"), 1)), Some(Errno::ELOOP));
    }

    #[test]
    fn devices_and_pipes_are_neither_read_nor_replaced() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        nix::unistd::mkfifo(&at("pipe"), nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
        symlink("/dev/null", at("masked")).expect("a link");
        for name in ["pipe", "masked"] {
            for result in [
                store(&at(name), "text", None),
                may_write(&at(name), 4),
                may_write(&at(name), 0),
                open(&at(name)).map(drop),
            ] {
                let error = result.expect_err(name).to_string();
                assert!(error.contains("not a regular file"), "{name}: {error}");
            }
        }
        assert!(at("masked").is_symlink());
        assert_eq!(errno(open(folder.path()).map(drop)), Some(Errno::EISDIR));
    }

    #[test]
    fn what_cannot_be_written_is_known_beforehand() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        may_write(&at("a/b/new"), 1).expect("folders are made");
        assert!(!at("a").exists(), "but not by asking");
        fs::write(at("file"), "").expect("a file");
        assert_eq!(errno(may_write(folder.path(), 1)), Some(Errno::EISDIR));
        symlink("nowhere", at("lost")).expect("a link");
        let behind = at("lost/file");
        assert_eq!(errno(may_write(&behind, 1)), Some(Errno::ENOENT));
        let below = at("file/below");
        assert_eq!(errno(may_write(&below, 1)), Some(Errno::ENOTDIR));
        assert_eq!(
            errno(may_write(&at("new"), usize::MAX)),
            Some(Errno::ENOSPC)
        );
    }
}
