// SPDX-License-Identifier: GPL-2.0
//! What a guest asks of its host, as `kbp-host` does, but without the instructions of a program.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use nix::libc;

use crate::{Error, Result};

/// The port of `kbp-vm` for such requests.
const PORT: &str = "/dev/ttyS2";

/// Asks, and waits until it is done.
pub(crate) fn ask(request: &str) -> Result<()> {
    let path = Path::new(PORT);
    // The port is not to become this session's terminal, which ends with it.
    let port = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(libc::O_NOCTTY)
        .open(path);
    let mut port = port.map_err(Error::at("open", path))?;
    port.write_all(format!("host {request}\n").as_bytes())
        .map_err(Error::at("write", path))?;
    let mut answer = String::new();
    BufReader::new(port)
        .read_line(&mut answer)
        .map_err(Error::at("read", path))?;
    match answer.trim() {
        "done" => Ok(()),
        other => Err(Error::Other(format!("the host on '{request}': {other}"))),
    }
}
