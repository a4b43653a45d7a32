// SPDX-License-Identifier: GPL-2.0
//! A boot that did not survive KBP is not repeated.
//!
//! At boot a note with the boot's identity is on the disk before anything is done. It goes when the
//! attempt fails in good order, when `kbp.service` stops, and some minutes later
//! (`kbp-survived.timer`). A note of another boot therefore means that the machine died in between.

use std::path::Path;

use crate::error::{Error, Exit, Result};
use crate::sys::System;

/// The note; the units in `packaging/systemd` name it, too.
pub(crate) const NOTE: &str = "/var/lib/kbp/boot";
const BOOT: &str = "/proc/sys/kernel/random/boot_id";

/// The kernel of an earlier boot that did not survive KBP.
pub(crate) fn casualty(sys: &dyn System) -> Option<String> {
    let note = sys.read(Path::new(NOTE)).ok()?;
    let (boot, release) = note.trim().split_once(' ')?;
    (boot != this_boot(sys).ok()?).then(|| release.to_owned())
}

/// Does `what` under the protection of a note.
pub(crate) fn attempt<T>(sys: &dyn System, what: impl FnOnce() -> Result<T>) -> Result<T> {
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
    let failed = |error| Error::system(format!("cannot write {NOTE}"), &error);
    let note = format!("{} {}\n", this_boot(sys).map_err(failed)?, sys.release());
    sys.store(Path::new(NOTE), &note).map_err(failed)?;
    what().inspect_err(|_| {
        // The error of the attempt is the one to tell; a note that stays only makes the next boot ask.
        let _ = sys.remove(Path::new(NOTE));
    })
}

fn this_boot(sys: &dyn System) -> std::io::Result<String> {
    Ok(sys.read(Path::new(BOOT))?.trim().to_owned())
}
