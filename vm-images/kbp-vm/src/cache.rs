// SPDX-License-Identifier: GPL-2.0
//! Where kernels and built files are: the repository root, its cache and the lock file.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Debian's builds of a version; the shortest name is the end of the others.
const FLAVOURS: [&str; 4] = [FLAVOUR, "rt-amd64", DEBUG, "amd64"];
/// A kernel that checks itself, built by `make debug-kernel`.
const DEBUG: &str = "debug-amd64";
/// The one that a suite means.
const FLAVOUR: &str = "cloud-amd64";

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

    /// Looks a release, a suite, or a suite's kernel of another flavour than `KBP_FLAVOUR` up, as in
    /// `trixie:amd64`.
    pub fn kernel(&self, name: &str) -> Result<Kernel> {
        let missing = || Error::NoKernel {
            name: name.into(),
            cache: self.cache.clone(),
        };
        let lock = fs::read_to_string(self.cache.join("kernels.lock")).unwrap_or_default();
        let usual = env::var("KBP_FLAVOUR").unwrap_or_default();
        let usual = Some(usual.as_str()).filter(|usual| !usual.is_empty());
        let release = resolve(&lock, name, usual.unwrap_or(FLAVOUR)).unwrap_or_else(|| name.into());
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

/// The kernel of whoever names none: `KBP_KERNEL`, or the newest that Debian stable can run.
pub fn default_kernel() -> String {
    match env::var("KBP_KERNEL") {
        Ok(kernel) if !kernel.is_empty() => kernel,
        _ => "trixie-backports".to_owned(),
    }
}

/// The release that a suite was resolved to; a later line is a later resolution.
fn resolve(lock: &str, name: &str, usual: &str) -> Option<String> {
    let (suite, flavour) = name.split_once(':').unwrap_or((name, usual));
    let entries = parse_lock(lock).into_iter().rev();
    let mut wanted = entries.filter(|e| e.suite == suite && suite != "-");
    wanted
        .find(|e| flavour_of(&e.release) == flavour)
        .map(|e| e.release)
}

/// Whether a release is a kernel that checks itself: it is slow, large, and no verdict knows its
/// functions.
pub fn checks_itself(release: &str) -> bool {
    flavour_of(release) == DEBUG
}

/// Which of Debian's builds of a version a release is.
fn flavour_of(release: &str) -> &str {
    let ends = |flavour: &&&str| release.ends_with(&format!("-{flavour}"));
    FLAVOURS.iter().find(ends).copied().unwrap_or_default()
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
            "sid\t1-cloud-amd64\tv\trust\td\nsid\t2-cloud-amd64\tv\trust\td\nsid\t2-amd64\tv\trust\td\n",
        )
        .unwrap();
        for release in ["1-cloud-amd64", "2-cloud-amd64", "2-amd64"] {
            let kernel = dir.path().join("kernels").join(release);
            fs::create_dir_all(kernel.join("modules")).unwrap();
            fs::write(kernel.join("vmlinuz"), "").unwrap();
        }
        for (name, release) in [
            ("sid", "2-cloud-amd64"),
            ("sid:amd64", "2-amd64"),
            ("sid:cloud-amd64", "2-cloud-amd64"),
            ("1-cloud-amd64", "1-cloud-amd64"),
        ] {
            assert_eq!(layout.kernel(name).unwrap().release, release, "{name}");
        }
        assert!(layout.kernel("sid:rt-amd64").is_err());
        assert!(checks_itself("7.3.4-debug-amd64"));
        assert!(!checks_itself("7.3.4+deb13-amd64"));
        let error = layout.kernel("forky").unwrap_err().to_string();
        assert!(error.contains("run `make kernel KERNEL=forky`"), "{error}");
        assert!(layout.kernel("../x").is_err());
    }
}
