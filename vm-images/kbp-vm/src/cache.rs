// SPDX-License-Identifier: GPL-2.0
//! Where kernels and built files are: the repository root, its cache and the lock file.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// One line of `kernels.lock`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockEntry {
    /// The suite that was resolved, or `-` for a release named exactly.
    pub suite: String,
    /// The kernel release it was resolved to.
    pub release: String,
}

/// A kernel that is ready to boot.
#[derive(Debug, Clone)]
pub struct Kernel {
    /// Its release, as `uname -r` prints it.
    pub release: String,
    /// The image.
    pub image: PathBuf,
    /// Its modules: the tree below `lib/modules/<release>/kernel`.
    pub modules: PathBuf,
}

/// The two folders everything is found in.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The repository; built files are in its `out`.
    pub root: PathBuf,
    /// The cache: `.kbp-cache` of the repository, or what `KBP_CACHE` says.
    pub cache: PathBuf,
}

impl Layout {
    /// Finds the repository from `KBP_ROOT` or by walking up from the current folder.
    pub fn find() -> Result<Layout> {
        let root = match env::var_os("KBP_ROOT") {
            Some(root) => PathBuf::from(root),
            None => {
                let here =
                    env::current_dir().map_err(Error::doing("cannot tell the current folder"))?;
                here.ancestors()
                    .find(|dir| dir.join("Cargo.toml").is_file() && dir.join("kbuild").is_dir())
                    .map(Path::to_path_buf)
                    .ok_or_else(|| {
                        Error::Other(format!(
                            "{} is not inside the KBP repository: change to it or set KBP_ROOT",
                            here.display()
                        ))
                    })?
            }
        };
        let cache = env::var_os("KBP_CACHE").map_or_else(|| root.join(".kbp-cache"), PathBuf::from);
        Ok(Layout { root, cache })
    }

    /// Looks a suite or a release up.
    pub fn kernel(&self, name: &str) -> Result<Kernel> {
        let missing = || Error::NoKernel {
            name: name.into(),
            cache: self.cache.clone(),
        };
        let lock = fs::read_to_string(self.cache.join("kernels.lock")).unwrap_or_default();
        // A later line is a later resolution of the same suite.
        let entry = parse_lock(&lock)
            .into_iter()
            .rev()
            .find(|e| e.suite == name && name != "-");
        let release = entry.map_or_else(|| name.to_string(), |e| e.release);
        if release.is_empty() || release.contains('/') || release.starts_with('.') {
            return Err(missing());
        }
        let dir = self.cache.join("kernels").join(&release);
        let kernel = Kernel {
            release,
            image: dir.join("vmlinuz"),
            modules: dir.join("modules"),
        };
        if kernel.image.is_file() && kernel.modules.is_dir() {
            Ok(kernel)
        } else {
            Err(missing())
        }
    }

    /// Any kernel of the cache, for questions that every kernel can answer.
    pub fn any_kernel(&self) -> Option<Kernel> {
        let dirs = fs::read_dir(self.cache.join("kernels")).ok()?;
        let mut names: Vec<_> = dirs
            .flatten()
            .filter_map(|d| d.file_name().into_string().ok())
            .collect();
        names.sort();
        names.iter().rev().find_map(|name| self.kernel(name).ok())
    }
}

/// Reads the lock file: tab-separated lines, `#` comments; lines that are too short are passed over.
pub fn parse_lock(text: &str) -> Vec<LockEntry> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut fields = line.split('\t').map(str::trim);
            let (suite, release) = (fields.next()?, fields.next()?);
            (!suite.is_empty() && !release.is_empty()).then(|| LockEntry {
                suite: suite.into(),
                release: release.into(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_lines_comments_and_rubbish() {
        let text = "# kernels\nbookworm\t6.1.0-9-amd64\t6.1.9\tnorust\t2026-01-02\n\nshort\n-\t7.3.4\t1\trust\tx\n";
        let entries = parse_lock(text);
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].release, "6.1.0-9-amd64");
        assert_eq!(entries[1].suite, "-");
    }

    #[test]
    fn the_newest_resolution_wins_and_a_missing_kernel_names_the_cure() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout {
            root: dir.path().into(),
            cache: dir.path().into(),
        };
        fs::write(
            dir.path().join("kernels.lock"),
            "sid\told\tv\trust\td\nsid\tnew\tv\trust\td\n",
        )
        .unwrap();
        for release in ["old", "new"] {
            let kernel = dir.path().join("kernels").join(release);
            fs::create_dir_all(kernel.join("modules")).unwrap();
            fs::write(kernel.join("vmlinuz"), "").unwrap();
        }
        assert_eq!(layout.kernel("sid").unwrap().release, "new");
        assert_eq!(layout.kernel("old").unwrap().release, "old");
        let error = layout.kernel("forky").unwrap_err().to_string();
        assert!(error.contains("run `make kernel KERNEL=forky`"), "{error}");
        assert!(layout.kernel("../x").is_err());
    }
}
