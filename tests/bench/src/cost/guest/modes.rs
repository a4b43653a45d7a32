// SPDX-License-Identifier: GPL-2.0
//! Putting a way to poll in effect.

use std::fs;
use std::path::Path;

use crate::cost::plan::Mode;
use crate::guest::kbp::{self, kbpctl, Way};
use crate::{Error, Result};

const THREADED: &str = "/sys/class/net/ktn0/threaded";
/// Puts `mode` in effect on `cpu`, whatever was before.
pub(super) fn enter(mode: Mode, cpu: usize) -> Result<()> {
    let path = Path::new(THREADED);
    let threaded = if mode == Mode::Threaded { "1" } else { "0" };
    fs::write(path, threaded).map_err(Error::at("write", path))?;
    if !mode.loaded() {
        return kbpctl(&["unload"]);
    }
    kbpctl(&["load"])?;
    let Some(way) = way(mode) else {
        return kbpctl(&["disable"]);
    };
    kbp::enable(cpu, way, &["--force"])
}

/// Checks that `mode` is in effect right now.
pub(super) fn confirm(mode: Mode, cpu: usize) -> Result<()> {
    way(mode).map_or(Ok(()), |way| kbp::confirm(cpu, way))
}

fn way(mode: Mode) -> Option<Way> {
    mode.by_kbp().then_some(Way {
        masked: mode == Mode::KbpMasked,
        ..Way::default()
    })
}
