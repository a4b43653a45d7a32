// SPDX-License-Identifier: GPL-2.0
//! Programs that the guest has.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::{Error, Result};

/// Runs one and gives what it says; an error with its complaint if it fails. Where it cannot be
/// run, `needs` is added to that.
pub(crate) fn run(program: &str, words: &[&str], needs: &str) -> Result<String> {
    run_with(program, words, "", needs)
}

/// The same with something to read.
pub(crate) fn run_with(program: &str, words: &[&str], input: &str, needs: &str) -> Result<String> {
    let failed = || Error::doing(format!("cannot run {program}{needs}"));
    let mut child = Command::new(program)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed())?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that ends before it has read all says why.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(failed())?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() {
        return Ok(said);
    }
    Err(Error::Other(format!(
        "{program} {} failed ({}): {said}{}",
        words.join(" "),
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    )))
}
