// SPDX-License-Identifier: GPL-2.0
//! Runs `kbpctl`.

use std::process::{Command, Output};

use crate::{Error, Result};

/// Runs `kbpctl` with these words and gives what it printed.
pub(crate) fn kbpctl(words: &[&str]) -> Result<Vec<u8>> {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new("kbpctl")
        .arg("--json")
        .args(words)
        .output()
        .map_err(Error::doing("cannot run kbpctl"))?;
    if status.success() {
        return Ok(stdout);
    }
    Err(Error::Other(format!(
        "kbpctl {} failed ({status}): {}{}",
        words.join(" "),
        String::from_utf8_lossy(&stdout).trim(),
        String::from_utf8_lossy(&stderr).trim()
    )))
}
