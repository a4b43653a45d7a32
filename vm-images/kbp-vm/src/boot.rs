// SPDX-License-Identifier: GPL-2.0
//! From a configuration to a running guest.

use std::fs::{File, OpenOptions};
use std::time::{Duration, Instant};

use crate::accel::{self, Accel};
use crate::cache::{Kernel, Layout};
use crate::config::VmConfig;
use crate::error::{Error, Result};
use crate::initramfs;
use crate::kept;
use crate::launch::{folder, launch, Files, Host};
use crate::vm::Vm;

/// How long a guest under KVM may take to come up while it is tried.
const TRIAL: Duration = Duration::from_secs(15);

impl Vm {
    /// Starts a guest; it boots and works while the caller goes on.
    pub fn boot(config: VmConfig) -> Result<Vm> {
        let layout = Layout::find()?;
        let kernel = layout.kernel(&config.kernel)?;
        let accel = match config.accel {
            Some(accel) => accel,
            None => choose_accel(&layout, &kernel)?.0,
        };
        let host = Host::find(&layout, &kernel)?;
        match config.kept && kept::can(&config, accel) {
            true => kept::go_on(config, &host),
            false => start(config, &host, accel),
        }
    }
}

/// The accelerator to use: `KBP_ACCEL`, else the remembered verdict, else a trial with this kernel,
/// which is then remembered. The text says where the answer comes from.
///
/// KVM is tried, never assumed: a `/dev/kvm` may exist and still hang a stock kernel.
pub fn choose_accel(layout: &Layout, kernel: &Kernel) -> Result<(Accel, &'static str)> {
    if let Some(known) = accel::known(layout)? {
        return Ok(known);
    }
    // Without the device, or without the right to use it, nothing needs to be tried or remembered.
    let device = OpenOptions::new().read(true).write(true).open("/dev/kvm");
    if device.is_err() {
        return Ok((Accel::Tcg, "/dev/kvm cannot be opened"));
    }
    let trial = VmConfig::new(&kernel.release).timeout(Some(TRIAL));
    // A trial that fails, for whatever reason, is the answer we look for.
    let tried = Host::find(layout, kernel).and_then(|host| start(trial, &host, Accel::Kvm));
    let came_up = tried.is_ok_and(|mut vm| vm.wait_ready(TRIAL).is_ok());
    let accel = if came_up { Accel::Kvm } else { Accel::Tcg };
    accel::remember(layout, accel)?;
    Ok((accel, "a guest was booted with KVM to find out"))
}

fn start(config: VmConfig, host: &Host, accel: Accel) -> Result<Vm> {
    let begin = Instant::now();
    if let Some(image) = config.root.as_deref() {
        File::open(image).map_err(Error::at("open the image", image))?;
    }
    let dir = folder()?;
    let initrd = initramfs::build(&config, host.layout, host.kernel)?;
    let files = Files::write(&config, host.kernel, &initrd, dir.path())?;
    launch(config, begin, host, accel, &files, dir, Vec::new())
}
