// SPDX-License-Identifier: GPL-2.0
//! Programs that the guest has.

use std::process::Command;

use crate::{Error, Result};

/// Runs one and gives what it says; an error with its complaint if it fails. Where it cannot be
/// run, `needs` is added to that.
pub(crate) fn run(program: &str, words: &[&str], needs: &str) -> Result<String> {
    let output = Command::new(program)
        .args(words)
        .output()
        .map_err(Error::doing(format!("cannot run {program}{needs}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Err(Error::Other(format!(
        "{program} {} failed: {}",
        words.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    )))
}
