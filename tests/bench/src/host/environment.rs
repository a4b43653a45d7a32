// SPDX-License-Identifier: GPL-2.0
//! Where something was measured.

use std::process::Command;
use std::thread;
use std::time::Duration;

use kbp_vm::accel;
use kbp_vm::cache::Layout;
use procfs_core::{FromRead, LoadAverage};

use crate::report::Environment;
use crate::Result;

/// The host's load average over one minute.
pub(crate) fn load() -> f64 {
    let load = LoadAverage::from_file("/proc/loadavg").map_or(0.0, |load| load.one.into());
    f64::round(load * 100.0) / 100.0
}

/// Everything there is to say; the guest has run, so the accelerator is known.
pub(crate) fn gather(guest_cpus: u32, load_before: f64, duration: Duration) -> Result<Environment> {
    let layout = Layout::find()?;
    // Nothing remembered: the host has no usable KVM.
    let accel = accel::known(&layout)?.map_or(accel::Accel::Tcg, |(accel, _)| accel);
    Ok(Environment {
        accel: accel.name().into(),
        guest_cpus,
        host_cpus: thread::available_parallelism().map_or(1, usize::from),
        host_load: [load_before, load()],
        commit: commit(&layout),
        duration_s: (duration.as_secs_f64() * 10.0).round() / 10.0,
    })
}

/// The commit, `+` for changes to it; `None` when the sources come without git.
pub(crate) fn commit(layout: &Layout) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(&layout.root)
        .args([
            "describe",
            "--always",
            "--exclude=*",
            "--abbrev=12",
            "--dirty=+",
        ])
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
