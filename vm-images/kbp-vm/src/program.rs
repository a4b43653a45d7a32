// SPDX-License-Identifier: GPL-2.0
//! Which QEMU runs the guests.
//!
//! Debian 12's QEMU 7.2 now and then lets a vCPU run a stale translation of code that another one
//! has just patched ("Oops: int3" at a place that holds no int3 any more), and a livepatch patches
//! code all the time. So the toolchain root brings Debian 13's. It runs outside of its root, by the
//! root's own loader and libraries.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::error::{Error, Result};

/// The program.
const NAME: &str = "qemu-system-x86_64";

/// Where a Debian root has its libraries.
const LIBRARIES: &str = "usr/lib/x86_64-linux-gnu";

/// The start of the command line of a program of a Debian root, run outside of it by its own loader.
pub(crate) fn in_root(root: &Path, program: &str) -> Command {
    let mut command = Command::new(root.join("lib64/ld-linux-x86-64.so.2"));
    command
        .arg("--library-path")
        .arg(root.join(LIBRARIES))
        .arg(root.join(program));
    command
}

/// A QEMU that can be started.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Program {
    /// One in a Debian root that is not this machine's.
    InRoot(PathBuf),
    /// The one that a person names.
    Named(OsString),
}

impl Program {
    /// `KBP_QEMU` if it is set, else the one of the toolchain root in `cache`. The machine's own is not
    /// looked for: a guest must be the same wherever it runs.
    pub(crate) fn find(cache: &Path) -> Result<Program> {
        if let Some(named) = env::var_os("KBP_QEMU").filter(|named| !named.is_empty()) {
            return Ok(Program::Named(named));
        }
        let root = cache.join("root");
        if root.join("usr/bin").join(NAME).is_file() {
            return Ok(Program::InRoot(root));
        }
        Err(Error::Other(format!(
            "there is no {NAME} in {}: run `make toolchain`",
            root.display()
        )))
    }

    /// When the root's was installed; of another nothing but its name is known.
    pub(crate) fn installed(&self) -> Option<SystemTime> {
        let Program::InRoot(root) = self else {
            return None;
        };
        let about = fs::metadata(root.join("usr/bin").join(NAME)).ok()?;
        about.modified().ok()
    }

    /// The start of its command line.
    pub(crate) fn command(&self) -> Command {
        let root = match self {
            Program::Named(program) => return Command::new(program),
            Program::InRoot(root) => root,
        };
        let mut command = in_root(root, &format!("usr/bin/{NAME}"));
        command.env("QEMU_MODULE_DIR", root.join(LIBRARIES).join("qemu"));
        for data in ["usr/share/qemu", "usr/share/seabios"] {
            command.arg("-L").arg(root.join(data));
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qemu_is_the_toolchain_roots_and_runs_by_its_own_loader() {
        let cache = tempfile::tempdir().expect("a folder");
        let error = Program::find(cache.path()).unwrap_err().to_string();
        assert!(error.contains("run `make toolchain`"), "{error}");

        let bin = cache.path().join("root/usr/bin");
        std::fs::create_dir_all(&bin).expect("a folder");
        std::fs::write(bin.join(NAME), "").expect("a file");
        let found = Program::find(cache.path()).unwrap();
        assert_eq!(found, Program::InRoot(cache.path().join("root")));
        let command = found.command();
        assert!(Path::new(command.get_program()).ends_with("root/lib64/ld-linux-x86-64.so.2"));
    }
}
