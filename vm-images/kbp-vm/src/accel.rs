// SPDX-License-Identifier: GPL-2.0
//! KVM or emulation.

use std::env;
use std::fs;
use std::path::PathBuf;

use crate::cache::Layout;
use crate::error::{Error, Result};

/// What runs the guest's instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accel {
    /// QEMU's emulation; works everywhere.
    Tcg,
    /// The host's KVM.
    Kvm,
}

impl Accel {
    /// Its name in `KBP_ACCEL` and in the cache.
    pub fn name(self) -> &'static str {
        match self {
            Accel::Tcg => "tcg",
            Accel::Kvm => "kvm",
        }
    }

    fn parse(text: &str) -> Option<Accel> {
        [Accel::Tcg, Accel::Kvm]
            .into_iter()
            .find(|accel| accel.name() == text.trim())
    }

    pub(crate) fn qemu_args(self, icount: bool) -> Vec<&'static str> {
        // With cx16 QEMU 7.2 now and then crashes a 6.12 guest.
        let emulated = ["-cpu", "max,-cx16"];
        match (self, icount) {
            (Accel::Tcg, false) => [["-accel", "tcg,thread=multi"], emulated].concat(),
            // 2^0 ns for each instruction. An idle guest's clock jumps to its next timer instead of
            // waiting for the host's clock. QEMU counts only with all CPUs on one thread. The date and
            // random numbers are the same in every run, and so is what the guest does.
            (Accel::Tcg, true) => [
                ["-accel", "tcg,thread=single"],
                ["-icount", "shift=0,sleep=off"],
                ["-rtc", "base=2026-01-01,clock=vm"],
                ["-seed", "1"],
                emulated,
            ]
            .concat(),
            // KVM cannot count; QEMU refuses `-icount` with it and says so.
            (Accel::Kvm, _) => vec!["-accel", "kvm", "-cpu", "host"],
        }
    }
}

/// The accelerator as far as it is known without a trial.
pub fn known(layout: &Layout) -> Result<Option<(Accel, &'static str)>> {
    if let Ok(text) = env::var("KBP_ACCEL") {
        let accel = Accel::parse(&text);
        let wrong = || Error::Other(format!("KBP_ACCEL is '{text}': it must be tcg or kvm"));
        return Ok(Some((accel.ok_or_else(wrong)?, "KBP_ACCEL says so")));
    }
    let remembered = fs::read_to_string(file(layout)).unwrap_or_default();
    Ok(Accel::parse(&remembered).map(|accel| (accel, "an earlier trial found so")))
}

/// Keeps the outcome of a trial for [`known`].
pub(crate) fn remember(layout: &Layout, accel: Accel) -> Result<()> {
    let file = file(layout);
    fs::write(&file, accel.name()).map_err(Error::at("write", &file))
}

fn file(layout: &Layout) -> PathBuf {
    layout.cache.join("accel")
}
