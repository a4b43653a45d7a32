// SPDX-License-Identifier: GPL-2.0
//! What an operator can do about an errno that nothing more is known about.

use std::io;

use nix::libc;

/// The cure. The kernel log is named only where the kernel writes one.
pub(crate) fn of(cause: &io::Error) -> &'static str {
    match cause.raw_os_error() {
        Some(libc::EROFS) => {
            "that file system is mounted read-only: mount it writable, or write where it is built"
        }
        Some(libc::ENOSPC | libc::EDQUOT) => "make room on that file system (df, df -i)",
        Some(libc::EPERM) => {
            "run it as root in the host's user namespace, not in a container; see whether the file \
             is immutable (lsattr)"
        }
        Some(libc::EACCES) => "run it as root in the host's user namespace, not in a container",
        Some(libc::EISDIR) => "that is a folder: name a file, or move the folder away",
        Some(libc::ENOTDIR | libc::EEXIST) => {
            "a part of that path is no folder: move it away, or name another path"
        }
        Some(libc::ELOOP) => "a link of that path leads in a circle, or must not be one: see ls -l",
        Some(libc::EBUSY | libc::ETXTBSY) => {
            "somebody holds it (is it a mount point of its own?): see findmnt and fuser"
        }
        Some(libc::ENOMEM) => "free memory, then run the command again",
        Some(libc::EMFILE | libc::ENFILE) => "raise the limit of open files (ulimit -n)",
        // The layers below a file system say which device failed.
        Some(libc::EIO) => "see the kernel log (dmesg) for the device that failed",
        _ => of_kind(cause.kind()),
    }
}

/// For errors without a number.
fn of_kind(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::NotFound => "see whether that path is right (ls -l)",
        io::ErrorKind::PermissionDenied => {
            "run it as root in the host's user namespace, not in a container"
        }
        io::ErrorKind::FileTooLarge => "put a smaller file there",
        io::ErrorKind::InvalidInput => "put a regular file there (ls -lL)",
        _ => "run the command again; if it stays so, report it with what kbpctl report packs",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_log_is_named_where_the_kernel_has_said_something() {
        for errno in 1..134 {
            let cure = of(&io::Error::from_raw_os_error(errno));
            assert_eq!(cure.contains("dmesg"), errno == libc::EIO, "{errno}");
            assert!(!cure.is_empty());
        }
    }
}
