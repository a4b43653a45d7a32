// SPDX-License-Identifier: GPL-2.0
//! QEMU's monitor, by which the instructions are written down that a guest executes.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{json, Value};

use crate::error::{Error, Result};

/// Longest wait for an answer.
const LIMIT: Duration = Duration::from_secs(20);

/// Where it is, and where the instructions go.
#[derive(Debug, Clone)]
pub(crate) struct Monitor {
    socket: PathBuf,
    folder: PathBuf,
}

impl Monitor {
    /// That of the run whose files are in `dir`; instructions go to files in `folder`.
    pub(crate) fn new(dir: &Path, folder: &Path) -> Monitor {
        Monitor {
            socket: dir.join("monitor"),
            folder: folder.to_owned(),
        }
    }

    /// What QEMU must be told.
    pub(crate) fn argument(dir: &Path) -> String {
        // QEMU reads a comma in a path as the end of it unless it is doubled.
        let socket = dir.join("monitor").to_string_lossy().replace(',', ",,");
        format!("unix:{socket},server=on,wait=off")
    }

    /// From now on the address of each instruction is written to `NAME.log`, a line each.
    pub(crate) fn begin(&self, name: &str) -> Result<()> {
        fs::create_dir_all(&self.folder).map_err(Error::at("make", &self.folder))?;
        let log = self.folder.join(name).with_extension("log");
        self.say(&[
            "stop",
            // What was translated before has many instructions in one piece, and would have one line.
            "one-insn-per-tb on",
            &format!("logfile {}", log.display()),
            "log exec,nochain",
            "cont",
        ])
    }

    /// No more is written.
    pub(crate) fn end(&self) -> Result<()> {
        self.say(&["stop", "log none", "one-insn-per-tb off", "cont"])
    }

    fn say(&self, lines: &[&str]) -> Result<()> {
        let doing = || Error::doing("cannot talk to QEMU's monitor");
        let mut to = UnixStream::connect(&self.socket).map_err(doing())?;
        to.set_read_timeout(Some(LIMIT)).map_err(doing())?;
        let mut from = BufReader::new(to.try_clone().map_err(doing())?);
        let mut ask = |command: Value| {
            writeln!(to, "{command}").map_err(doing())?;
            answer(&mut from).map_err(doing())
        };
        ask(json!({ "execute": "qmp_capabilities" }))?;
        for line in lines {
            let arguments = json!({ "command-line": line });
            let said = ask(json!({ "execute": "human-monitor-command", "arguments": arguments }))?;
            // Nothing is its yes.
            if said["return"] != "" {
                return Err(Error::Other(format!("QEMU does not '{line}': {said}")));
            }
        }
        Ok(())
    }
}

/// The next document that is an answer: its greeting and its events are none.
fn answer(from: &mut impl BufRead) -> std::io::Result<Value> {
    loop {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let document: Value = serde_json::from_str(&line)?;
        if document.get("return").is_some() || document.get("error").is_some() {
            return Ok(document);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greetings_and_events_are_no_answers() {
        let text = "{\"QMP\":{}}\n{\"event\":\"STOP\"}\n{\"return\":\"\"}\n{\"error\":{}}\n";
        let mut from = text.as_bytes();
        assert_eq!(answer(&mut from).unwrap()["return"], "");
        assert!(answer(&mut from).unwrap().get("error").is_some());
        assert!(answer(&mut from).is_err());
    }
}
