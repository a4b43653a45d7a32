// SPDX-License-Identifier: GPL-2.0
//! Finding the two module files and putting them into the kernel.

use std::io;
use std::path::{Path, PathBuf};

use nix::libc;

use crate::error::{Error, Exit, Result};
use crate::host::ftrace;
use crate::host::livepatch;
use crate::host::others;
use crate::host::packed;
use crate::host::suits;
use crate::sys::System;

/// The module with the pollers and /dev/kbp.
pub(crate) const KBP: &str = "kbp";

/// Whether the kernel takes no module and gives none back until the next boot.
pub(crate) fn are_sealed(sys: &dyn System) -> bool {
    let sealed = sys.read(Path::new("/proc/sys/kernel/modules_disabled"));
    sealed.is_ok_and(|text| text.trim() == "1")
}

/// Whether the module is loaded.
pub(crate) fn loaded(sys: &dyn System, name: &str) -> bool {
    sys.exists(&Path::new("/sys/module").join(name))
}

/// The folder with both module files: `dir` alone when given, else the first that has both.
pub(crate) fn find(sys: &dyn System, dir: Option<&Path>) -> Result<PathBuf> {
    let release = sys.release();
    let mut folders = vec![PathBuf::from("/lib/kbp")];
    folders.extend(installed(&release));
    if let Some(dir) = dir {
        folders = vec![dir.to_owned()];
    }
    folders
        .iter()
        .find(|folder| has_both(sys, folder))
        .cloned()
        .ok_or_else(|| {
            let places: Vec<String> = folders
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            Error::new(
                Exit::Unsupported,
                "no modules to load",
                format!(
                    "kbp.ko and kbp_livepatch.ko are not both in {}",
                    places.join(", ")
                ),
                curing(
                    sys,
                    &release,
                    format!(
                        "install kbp-dkms and the headers of kernel {release}, or build them and \
                         name their folder with --dir"
                    ),
                ),
            )
        })
}

/// Where modules for a kernel are installed.
fn installed(release: &str) -> [PathBuf; 3] {
    let modules = Path::new("/lib/modules").join(release);
    ["updates/kbp", "updates/dkms", "extra"].map(|folder| modules.join(folder))
}

/// Whether both modules are installed for a kernel, which need not be the running one.
pub(crate) fn are_installed(sys: &dyn System, release: &str) -> bool {
    installed(release)
        .iter()
        .any(|folder| has_both(sys, folder))
}

fn has_both(sys: &dyn System, folder: &Path) -> bool {
    [KBP, livepatch::MODULE]
        .iter()
        .all(|name| file(sys, folder, name).is_some())
}

/// How module files end: as built, then packed, as DKMS does where the kernel's own are.
const ENDINGS: [&str; 4] = ["ko", "ko.xz", "ko.zst", "ko.gz"];

fn file(sys: &dyn System, folder: &Path, name: &str) -> Option<PathBuf> {
    ENDINGS
        .iter()
        .map(|ending| folder.join(format!("{name}.{ending}")))
        .find(|file| sys.exists(file))
}

/// What to do where modules are missing: `build` them, unless that cannot be done.
fn curing(sys: &dyn System, release: &str, build: String) -> String {
    match suits::refusal(sys, release) {
        None => build,
        Some(why) => {
            format!("boot another kernel: KBP cannot be built for {release}, because {why}")
        }
    }
}

/// Puts a module in; true when this call did, false when it was there already or another
/// livepatch's transition has to end first.
pub(crate) fn insert(sys: &dyn System, folder: &Path, name: &str) -> Result<bool> {
    // It was there when the folder was found; without it, the kernel's answer names it.
    let file = file(sys, folder, name).unwrap_or_else(|| folder.join(format!("{name}.ko")));
    let unpacked = packed::unpacked(sys, &file)?;
    // The transition that was in the way may end before it is looked for.
    let pending = others::any_in_transition(sys);
    match sys.insert_module(name, &file, unpacked.as_deref()) {
        Ok(()) => Ok(true),
        Err(error) => match error.raw_os_error() {
            Some(libc::EEXIST) => Ok(false),
            Some(libc::EBUSY) if name == livepatch::MODULE => {
                match pending || others::any_in_transition(sys) {
                    true => Ok(false),
                    false => Err(ftrace::busy(sys)),
                }
            }
            _ => Err(refused(sys, &file, &error)),
        },
    }
}

/// The kernel says no more than "invalid": often it lacks symbols that the modules are relocated to.
fn invalid(sys: &dyn System, what: String, error: &io::Error) -> Error {
    let symbols = sys.read(Path::new("/proc/kallsyms"));
    let missing = symbols.map_or_else(|_| Vec::new(), |text| kbp_verify::missing_symbols(&text));
    if missing.is_empty() {
        // The module loader writes down what it did not like.
        return Error::system(what, error).curing("see the kernel log (dmesg)");
    }
    Error::new(
        Exit::Unsupported,
        what,
        format!(
            "kernel {} is not built as KBP needs it: {}",
            sys.release(),
            missing.join("; ")
        ),
        "boot another kernel; kbpctl verify --image FILE tells without loading whether it fits",
    )
}

fn refused(sys: &dyn System, file: &Path, error: &io::Error) -> Error {
    let release = sys.release();
    let what = format!("the kernel refused {}", file.display());
    match error.raw_os_error() {
        Some(libc::ENOEXEC) => Error::new(
            Exit::Unsupported,
            what,
            format!(
                "it is not a module for kernel {release} ({error}); dmesg says which part differs"
            ),
            curing(sys, &release, format!("build the modules for {release}")),
        ),
        Some(libc::ENOENT) => Error::new(
            Exit::Unsupported,
            what,
            format!("kernel {release} lacks a symbol it needs; dmesg names it"),
            curing(sys, &release, format!("build the modules for {release}")),
        ),
        Some(libc::EKEYREJECTED) => Error::new(
            Exit::Unsupported,
            what,
            "this kernel takes signed modules only, and does not know the key of this one",
            "sign the module and enrol the key (mokutil --import), or turn Secure Boot off",
        ),
        Some(libc::EPERM) => Error::new(
            Exit::Unsupported,
            what,
            "module loading is closed, by lockdown (Secure Boot) or by kernel.modules_disabled=1",
            "see /sys/kernel/security/lockdown and sysctl kernel.modules_disabled",
        ),
        Some(libc::EINVAL) => invalid(sys, what, error),
        _ => Error::system(what, error),
    }
}
