// SPDX-License-Identifier: GPL-2.0
//! A boot that did not survive KBP is not repeated.
//!
//! At boot a note with the boot's identity is on the disk before anything is done. It goes when the
//! attempt fails and leaves nothing behind, when `kbp.service` stops, and some minutes later or at a
//! shutdown before (`kbp-survived.service`). A note of another boot therefore means that the machine died in between.

use std::io;
use std::path::Path;

use crate::error::{Error, Exit, Result, NOTHING_CHANGED};
use crate::sys::System;

/// The note; the units in `packaging/systemd` name it, too.
pub(crate) const NOTE: &str = "/var/lib/kbp/boot";
const BOOT: &str = "/proc/sys/kernel/random/boot_id";

/// The kernel of an earlier boot that did not survive KBP.
pub(crate) fn casualty(sys: &dyn System) -> Option<String> {
    let note = match sys.read(Path::new(NOTE)) {
        Ok(note) => note,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        // There is one, of a boot that nobody can tell any more.
        Err(_) => String::new(),
    };
    match note.trim().split_once(' ') {
        Some((boot, _)) if this_boot(sys).is_ok_and(|this| this == boot) => None,
        Some((_, release)) => Some(release.to_owned()),
        None => Some("unknown".to_owned()),
    }
}

/// Does `what` under the protection of a note. It goes at once where `what` failed, unless that
/// left something behind that can still bring the machine down.
pub(crate) fn attempt<T>(
    sys: &dyn System,
    what: impl FnOnce() -> Result<T>,
    left_something: impl FnOnce() -> bool,
) -> Result<T> {
    let boot = this_boot(sys)
        .map_err(|error| Error::system(format!("cannot read {BOOT}{NOTHING_CHANGED}"), &error))?;
    if let Some(release) = casualty(sys) {
        return Err(Error::new(
            Exit::CheckFailed,
            "KBP stays off in this boot",
            format!("the last boot with it, of kernel {release}, did not survive it"),
            format!(
                "find out why (journalctl -k -b -1), then remove {NOTE}; kbpctl reapply without \
                 --boot does not ask"
            ),
        ));
    }
    let note = format!("{boot} {}\n", sys.release());
    sys.store(Path::new(NOTE), &note).map_err(|error| {
        let error = Error::system(format!("cannot write {NOTE}{NOTHING_CHANGED}"), &error);
        without_note(sys, error)
    })?;
    what().map_err(|error| match left_something() {
        true => error,
        false => without_note(sys, error),
    })
}

/// The attempt ended in good order, so the next boot need not be warned of it.
fn without_note(sys: &dyn System, error: Error) -> Error {
    match sys.remove(Path::new(NOTE)) {
        Ok(()) => error,
        Err(second) => error.noting(&format!(
            "{NOTE} could not be removed ({second}): remove it, or the next boot keeps KBP off"
        )),
    }
}

fn this_boot(sys: &dyn System) -> io::Result<String> {
    Ok(sys.read(Path::new(BOOT))?.trim().to_owned())
}
