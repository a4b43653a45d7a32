// SPDX-License-Identifier: GPL-2.0
//! From a configuration to a running guest.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::accel::{self, Accel};
use crate::cache::{Kernel, Layout};
use crate::config::VmConfig;
use crate::debugger::Debugger;
use crate::error::{Error, Result};
use crate::initramfs;
use crate::program::Program;
use crate::qemu::{self, Qemu};
use crate::serial::Serial;
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
        start(config, &layout, &kernel, accel)
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
    let came_up =
        start(trial, layout, kernel, Accel::Kvm).is_ok_and(|mut vm| vm.wait_ready(TRIAL).is_ok());
    let accel = if came_up { Accel::Kvm } else { Accel::Tcg };
    accel::remember(layout, accel)?;
    Ok((accel, "a guest was booted with KVM to find out"))
}

fn start(config: VmConfig, layout: &Layout, kernel: &Kernel, accel: Accel) -> Result<Vm> {
    let begin = Instant::now();
    let program = Program::find(&layout.cache)?;
    if let Some(image) = config.root.as_deref() {
        File::open(image).map_err(Error::at("open the image", image))?;
    }
    let dir = tempfile::Builder::new().prefix("kbp-vm-").tempdir();
    let dir = dir.map_err(Error::doing("cannot make a temporary folder"))?;
    let initrd = dir.path().join("initrd");
    fs::write(&initrd, initramfs::build(&config, layout, kernel)?)
        .map_err(Error::at("write", &initrd))?;
    let image = match config.unpacked {
        true => unpacked(&kernel.image, dir.path())?,
        false => kernel.image.clone(),
    };
    let mut command = program.command();
    command.args(qemu::arguments(&config, &image, accel, dir.path()));
    let mut files = Vec::new();
    let debugger = config.gdb.map(Debugger::listen).transpose()?;
    let gdb = debugger.as_ref().map(|debugger| debugger.address);
    if let Some((words, port)) = debugger.map(Debugger::hand_over) {
        command.args(words);
        files.push(port);
    }
    let (serial, plugs) = Serial::open()?;
    command.args(plugs.words);
    files.extend(plugs.files);
    let started = Qemu::start(
        command,
        files,
        &config.nics,
        dir.path(),
        &layout.cache.join("root-ovs"),
        plugs.events,
    )?;
    Vm::new(config, begin, dir, serial, gdb, started)
}

/// The kernel in this image, a file of `dir`.
fn unpacked(image: &Path, dir: &Path) -> Result<PathBuf> {
    let packed = File::open(image).map_err(Error::at("open", image))?;
    let elf = kbp_verify::image::unpack(packed)
        .map_err(|error| Error::Other(format!("{}: {error}", image.display())))?;
    let file = dir.join("vmlinux");
    fs::write(&file, elf).map_err(Error::at("write", &file))?;
    Ok(file)
}
