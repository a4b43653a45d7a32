// SPDX-License-Identifier: GPL-2.0
//! Module files that are packed, as DKMS does where the kernel's own are.

use std::path::Path;

use crate::error::{Error, Exit, Result};
use crate::sys::System;

/// What is packed in the file, if it is a packed one. The kernel may not unpack at all, or not this
/// format, or not all that `xz` does; its answers are those to a module that does not suit.
pub(crate) fn unpacked(sys: &dyn System, file: &Path) -> Result<Option<Vec<u8>>> {
    const AGAIN: &str = "install kbp-dkms again, or build the modules again";
    if file.extension().is_none_or(|ending| ending == "ko") {
        return Ok(None);
    }
    let what = format!("cannot unpack {}", file.display());
    let packed = sys
        .open(file)
        .map_err(|error| Error::system(what.clone(), &error).curing_the_input(AGAIN))?;
    kbp_verify::unpack(packed).map(Some).map_err(|error| {
        let (cause, cure) = match &error {
            kbp_verify::Error::NotAKernel(_) => ("there is no module in it".to_owned(), AGAIN),
            kbp_verify::Error::Packing(_) => (
                error.to_string(),
                "unpack kbp.ko and kbp_livepatch.ko beside it, and load again",
            ),
            _ => (error.to_string(), AGAIN),
        };
        Error::new(Exit::Unsupported, what, cause, cure)
    })
}
