// SPDX-License-Identifier: GPL-2.0
//! From what a guest boots to its QEMU.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Instant;

use tempfile::TempDir;

use crate::accel::Accel;
use crate::cache::{Kernel, Layout};
use crate::config::VmConfig;
use crate::debugger::Debugger;
use crate::error::{Error, Result};
use crate::one_cpu;
use crate::program::Program;
use crate::qemu::{self, Qemu};
use crate::serial::Serial;
use crate::vm::Vm;

/// What of this machine a guest is made of.
pub(crate) struct Host<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) kernel: &'a Kernel,
    pub(crate) program: Program,
}

impl<'a> Host<'a> {
    /// Finds a QEMU. To be asked before anything is made: without one there is no root for tools, either.
    pub(crate) fn find(layout: &'a Layout, kernel: &'a Kernel) -> Result<Host<'a>> {
        Ok(Host {
            layout,
            kernel,
            program: Program::find(&layout.cache)?,
        })
    }
}

/// What a QEMU boots.
pub(crate) struct Files {
    /// The kernel.
    pub(crate) image: PathBuf,
    /// Its first file system.
    pub(crate) initrd: PathBuf,
}

impl Files {
    /// Puts them into `dir`, as far as they are not on disk already.
    pub(crate) fn write(
        config: &VmConfig,
        kernel: &Kernel,
        initrd: &[u8],
        dir: &Path,
    ) -> Result<Files> {
        let file = dir.join("initrd");
        fs::write(&file, initrd).map_err(Error::at("write", &file))?;
        let image = match config.unpacked {
            true => unpacked(&kernel.image, dir)?,
            false => kernel.image.clone(),
        };
        Ok(Files {
            image,
            initrd: file,
        })
    }
}

/// The folder for the files of a run.
pub(crate) fn folder() -> Result<TempDir> {
    let dir = tempfile::Builder::new().prefix("kbp-vm-").tempdir();
    dir.map_err(Error::doing("cannot make a temporary folder"))
}

/// Starts a QEMU that gets `more` words; the run's time began at `begin`.
pub(crate) fn launch(
    config: VmConfig,
    begin: Instant,
    host: &Host,
    accel: Accel,
    Files { image, initrd }: &Files,
    dir: TempDir,
    more: Vec<OsString>,
) -> Result<Vm> {
    let mut command = host.program.command();
    command.args(qemu::arguments(&config, image, initrd, accel, dir.path()));
    command.args(more);
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
    let cpu = config.icount.then(one_cpu::next).transpose();
    let cpu = cpu.map_err(Error::doing("cannot choose a CPU for the guest"))?;
    let started = Qemu::start(
        command,
        files,
        &config.nics,
        dir.path(),
        &host.layout.cache.join("root-ovs"),
        cpu,
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
