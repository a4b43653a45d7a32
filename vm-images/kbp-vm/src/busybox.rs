// SPDX-License-Identifier: GPL-2.0
//! The programs that every guest has: busybox, under the name of each of its applets.
//!
//! Debian's static busybox prefers its own applets to the programs in PATH, not only as a shell but
//! wherever it starts a program: `env date` is its own date, whatever PATH says. So it is not the shell of
//! guests, and of its applets those that start others ([`STARTERS`]) make room for programs that look in
//! PATH.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::cpio::Archive;
use crate::error::{Error, Result};

const PROGRAM: &str = "/bin/busybox";

/// Its applets that start the program they are told to.
pub(crate) const STARTERS: [&str; 18] = [
    "chroot",
    "cttyhack",
    "env",
    "find",
    "ionice",
    "linux32",
    "linux64",
    "nsenter",
    "run-parts",
    "setpriv",
    "setsid",
    "start-stop-daemon",
    "taskset",
    "time",
    "timeout",
    "unshare",
    "watch",
    "xargs",
];

/// The shell that takes the place of its own: the same language, and it knows nothing but PATH.
const SHELL: &str = "dash";

/// The programs of the Debian in `root` that take the places of those that prefer applets. A starter that
/// it has not is in no guest.
pub(crate) fn replacements(root: &Path) -> Vec<String> {
    let there = |name: &&str| {
        let file = |folder| root.join(folder).join(name).is_file();
        file("usr/bin") || file("usr/sbin")
    };
    let starters = STARTERS.into_iter().filter(there);
    starters.chain([SHELL]).map(String::from).collect()
}

/// Adds it with its names; `replaced` leaves those to [`replacements`] that prefer applets.
pub(crate) fn add(archive: &mut Archive, replaced: bool) -> Result<()> {
    let missing = Error::NoProgram {
        program: PROGRAM,
        package: "busybox-static",
    };
    let Ok(data) = fs::read(PROGRAM) else {
        return Err(missing);
    };
    // A dynamic one would look for a loader that the guest does not have.
    if data.windows(15).any(|text| text == b"/ld-linux-x86-6") {
        return Err(missing);
    }
    archive.file("bin/busybox", 0o755, &data);
    let list = Command::new(PROGRAM).arg("--list").output();
    let list = list.map_err(Error::doing(format!("cannot run {PROGRAM} --list")))?;
    for applet in String::from_utf8_lossy(&list.stdout)
        .lines()
        .filter(|name| *name != "busybox")
        .filter(|name| !(replaced && prefers_applets(name)))
    {
        archive.symlink(&format!("bin/{applet}"), "busybox");
    }
    if replaced {
        archive.symlink("bin/sh", SHELL);
    }
    Ok(())
}

fn prefers_applets(name: &str) -> bool {
    name == "sh" || STARTERS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names in an archive's bytes; good enough for names that are nowhere else.
    fn has(bytes: &[u8], name: &str) -> bool {
        let entry = format!("bin/{name}\0");
        bytes
            .windows(entry.len())
            .any(|part| part == entry.as_bytes())
    }

    #[test]
    fn what_prefers_applets_has_no_place_beside_its_replacement() {
        for (replaced, there) in [(false, true), (true, false)] {
            let mut archive = Archive::default();
            add(&mut archive, replaced).expect("busybox-static");
            let bytes = archive.finish();
            for name in ["env", "timeout", "xargs", "taskset"] {
                assert_eq!(has(&bytes, name), there, "{name}");
            }
            for name in ["sh", "usleep", "awk", "busybox"] {
                assert!(has(&bytes, name), "{name}");
            }
        }
    }

    #[test]
    fn a_shell_is_needed_and_starters_are_what_the_root_has() {
        let root = tempfile::tempdir().expect("a folder");
        assert_eq!(replacements(root.path()), [SHELL]);
        fs::create_dir_all(root.path().join("usr/sbin")).expect("a folder");
        fs::write(root.path().join("usr/sbin/chroot"), "").expect("a file");
        assert_eq!(replacements(root.path()), ["chroot", SHELL]);
    }
}
