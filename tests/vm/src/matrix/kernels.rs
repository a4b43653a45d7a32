// SPDX-License-Identifier: GPL-2.0
//! The kernels there are, and their modules: what `kbuild.sh` knows.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A kernel of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kernel {
    /// Its release, as `uname -r` says it.
    pub release: String,
    /// The suite that serves it.
    pub suite: String,
    /// The version of its package.
    pub version: String,
}

/// How to come by kernels and modules.
#[derive(Debug)]
pub struct Kernels {
    kbuild: PathBuf,
}

impl Kernels {
    /// With the build of the repository at `root`.
    pub fn of(root: &Path) -> Self {
        Self {
            kbuild: root.join("kbuild/kbuild.sh"),
        }
    }

    /// Every kernel that the archive serves with headers.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn list(&self) -> Result<Vec<Kernel>, String> {
        let listed = Command::new(&self.kbuild)
            .arg("kernels")
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cannot run {}: {error}", self.kbuild.display()))?;
        if !listed.status.success() {
            return Err("the archive's kernels cannot be listed (see above)".into());
        }
        String::from_utf8_lossy(&listed.stdout)
            .lines()
            .map(|line| kernel(line).ok_or_else(|| format!("kbuild.sh kernels says '{line}'")))
            .collect()
    }

    /// Builds the modules for `release`; the last line that the build said, when it failed.
    ///
    /// # Errors
    /// Why there are no modules.
    pub fn build(&self, release: &str) -> Result<(), String> {
        let built = Command::new(&self.kbuild)
            .args(["modules", release])
            // The kernel's own Rust would need its whole source; it is what `make test` uses.
            .env("KBP_RUST", "freestanding")
            .output()
            .map_err(|error| format!("cannot run {}: {error}", self.kbuild.display()))?;
        if built.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&built.stderr).into_owned();
        let why = said.lines().rev().find(|line| line.starts_with("kbuild: "));
        Err(why.unwrap_or("kbuild: failed without a word")["kbuild: ".len()..].into())
    }
}

fn kernel(line: &str) -> Option<Kernel> {
    let mut words = line.split(' ');
    let kernel = Kernel {
        release: words.next()?.into(),
        suite: words.next()?.into(),
        version: words.next()?.into(),
    };
    words.next().is_none().then_some(kernel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_three_words() {
        let known = kernel("6.1.0-56-cloud-amd64 bookworm 6.1.192-2").expect("three words");
        assert_eq!(known.suite, "bookworm");
        assert_eq!(kernel("6.1.0-56-cloud-amd64 bookworm"), None);
        assert_eq!(kernel("a b c d"), None);
    }
}
