// SPDX-License-Identifier: GPL-2.0
//! QEMU's monitor for people, by which the instructions are written down that a guest executes.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::error::{Error, Result};
use crate::qmp::Qmp;

/// Where it is, and where the instructions go.
#[derive(Debug, Clone)]
pub(crate) struct Monitor {
    dir: PathBuf,
    folder: PathBuf,
}

impl Monitor {
    /// That of the run whose files are in `dir`; instructions go to files in `folder`.
    pub(crate) fn new(dir: &Path, folder: &Path) -> Monitor {
        Monitor {
            dir: dir.to_owned(),
            folder: folder.to_owned(),
        }
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
        let mut qmp = Qmp::connect(&self.dir)?;
        for line in lines {
            let said = qmp.ask("human-monitor-command", json!({ "command-line": line }))?;
            // Nothing is its yes.
            if said != "" {
                return Err(Error::Other(format!("QEMU does not '{line}': {said}")));
            }
        }
        Ok(())
    }
}
