// SPDX-License-Identifier: GPL-2.0
//! KVM or emulation: tried, never assumed. A `/dev/kvm` may exist and still hang a stock kernel.

use std::env;
use std::fs::{self, OpenOptions};
use std::time::Duration;

use crate::cache::{Kernel, Layout};
use crate::config::VmConfig;
use crate::error::{Error, Result};
use crate::vm::Vm;

/// How long a guest under KVM may take to come up while it is tried.
const TRIAL: Duration = Duration::from_secs(5);

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
            // waiting for the host's clock. QEMU counts only with all CPUs on one thread.
            (Accel::Tcg, true) => [
                ["-accel", "tcg,thread=single"],
                ["-icount", "shift=0,sleep=off"],
                emulated,
            ]
            .concat(),
            // KVM cannot count; QEMU refuses `-icount` with it and says so.
            (Accel::Kvm, _) => vec!["-accel", "kvm", "-cpu", "host"],
        }
    }
}

/// The accelerator to use: `KBP_ACCEL`, else the remembered verdict, else a trial with this kernel,
/// which is then remembered. The text says where the answer comes from.
pub fn choose(layout: &Layout, kernel: &Kernel) -> Result<(Accel, &'static str)> {
    if let Some(known) = known(layout)? {
        return Ok(known);
    }
    // Without the device, or without the right to use it, nothing needs to be tried or remembered.
    if OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/kvm")
        .is_err()
    {
        return Ok((Accel::Tcg, "/dev/kvm cannot be opened"));
    }
    let trial = VmConfig::new(&kernel.release)
        .accel(Accel::Kvm)
        .timeout(Some(TRIAL));
    // A trial that fails, for whatever reason, is the answer we look for.
    let came_up = Vm::boot(trial).is_ok_and(|mut vm| vm.wait_ready(TRIAL).is_ok());
    let accel = if came_up { Accel::Kvm } else { Accel::Tcg };
    let file = layout.cache.join("accel");
    fs::write(&file, accel.name()).map_err(Error::at("write", &file))?;
    Ok((accel, "a guest was booted with KVM to find out"))
}

/// The accelerator as far as it is known without a trial.
pub fn known(layout: &Layout) -> Result<Option<(Accel, &'static str)>> {
    if let Ok(text) = env::var("KBP_ACCEL") {
        let accel = Accel::parse(&text);
        let wrong = || Error::Other(format!("KBP_ACCEL is '{text}': it must be tcg or kvm"));
        return Ok(Some((accel.ok_or_else(wrong)?, "KBP_ACCEL says so")));
    }
    let remembered = fs::read_to_string(layout.cache.join("accel")).unwrap_or_default();
    Ok(Accel::parse(&remembered).map(|accel| (accel, "an earlier trial found so")))
}
