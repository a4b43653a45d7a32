// SPDX-License-Identifier: GPL-2.0
//! QEMU's machine protocol: one request, one answer.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{json, Value};

use crate::error::{Error, Result};

/// Longest wait for an answer.
const LIMIT: Duration = Duration::from_secs(20);

/// A line to a QEMU.
pub(crate) struct Qmp {
    to: UnixStream,
    from: BufReader<UnixStream>,
}

impl Qmp {
    /// Where the QEMU listens whose run's files are in `dir`.
    pub(crate) fn socket(dir: &Path) -> PathBuf {
        dir.join("qmp")
    }

    /// To the QEMU whose run's files are in `dir`.
    pub(crate) fn connect(dir: &Path) -> Result<Qmp> {
        let to = UnixStream::connect(Qmp::socket(dir)).map_err(doing())?;
        to.set_read_timeout(Some(LIMIT)).map_err(doing())?;
        let from = BufReader::new(to.try_clone().map_err(doing())?);
        let mut qmp = Qmp { to, from };
        qmp.ask("qmp_capabilities", json!({}))?;
        Ok(qmp)
    }

    /// What it answers to this command.
    pub(crate) fn ask(&mut self, command: &str, arguments: Value) -> Result<Value> {
        let request = json!({ "execute": command, "arguments": arguments });
        writeln!(self.to, "{request}").map_err(doing())?;
        let mut said = answer(&mut self.from).map_err(doing())?;
        match said.get_mut("return") {
            Some(answer) => Ok(answer.take()),
            None => Err(Error::Other(format!("QEMU refuses {request}: {said}"))),
        }
    }
}

fn doing() -> impl FnOnce(std::io::Error) -> Error {
    Error::doing("cannot talk to QEMU by its machine protocol")
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
