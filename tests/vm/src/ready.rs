// SPDX-License-Identifier: GPL-2.0
//! What must have been built before a story can be told. A missing or stale piece fails the story: a test
//! that skips itself is a test that nobody runs, and one of yesterday's module shows nothing.

use std::process::{Command, Stdio};

use kbp_vm::cache::Layout;
use kbp_vm::{Error, Result};

/// Whether the host's programs and the modules of `kernel` are built from the sources of now. The build
/// itself is asked: it knows what they were built from.
///
/// # Errors
/// What is missing or stale, with its cure.
pub fn check(kernel: &str) -> Result<()> {
    let layout = Layout::find()?;
    let release = layout.kernel(kernel)?.release;
    let kbuild = layout.root.join("kbuild/kbuild.sh");
    let asked = Command::new(&kbuild)
        .args(["stale", &release])
        .env("KBP_CACHE", &layout.cache)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Error::Other(format!("cannot run {}: {error}", kbuild.display())))?;
    let stale = String::from_utf8_lossy(&asked.stdout);
    if !asked.status.success() {
        return Err(Error::Other("kbuild.sh stale failed (see above)".into()));
    }
    cure(kernel, &stale).map_or(Ok(()), |why| Err(Error::Other(why)))
}

/// What to do about the names that `kbuild.sh stale` printed, if any.
fn cure(kernel: &str, stale: &str) -> Option<String> {
    let (modules, programs): (Vec<&str>, Vec<&str>) =
        stale.lines().partition(|name| name.ends_with(".ko"));
    let told = |names: &[&str], make: &str| {
        let names = names.join(", ");
        (!names.is_empty()).then(|| format!("not built from these sources: {names}: run `{make}`"))
    };
    told(&programs, "make bins")
        .or_else(|| told(&modules, &format!("make modules KERNEL={kernel}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stale_is_named_with_its_cure() {
        assert_eq!(cure("trixie", ""), None);
        let why = cure("trixie", "kbp.ko\nkbp_livepatch.ko\n").unwrap_or_default();
        assert!(why.contains("kbp.ko, kbp_livepatch.ko: run `make modules KERNEL=trixie`"));
        // Programs come first: the modules' build makes some of them.
        let why = cure("trixie", "kbpctl\nkbp.ko\n").unwrap_or_default();
        assert!(why.ends_with("kbpctl: run `make bins`"), "{why}");
    }
}
