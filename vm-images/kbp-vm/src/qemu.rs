// SPDX-License-Identifier: GPL-2.0
//! The QEMU process: its command line, its start, its certain end.

use std::ffi::OsString;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{channel, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::sched::CpuSet;

use crate::accel::Accel;
use crate::cable::{self, nic::Nic, Cable};
use crate::config::VmConfig;
use crate::error::{Error, Result};
use crate::qmp::Qmp;
use crate::serial::Event;
use crate::switch::{Report, Switch};
use crate::sys;
use crate::threads::Threads;

/// How often the keeper looks whether QEMU has ended.
const LOOK: Duration = Duration::from_millis(20);

/// A running QEMU. Dropping it ends the process and waits until it is gone.
#[derive(Debug)]
pub(crate) struct Qemu {
    child: Arc<Mutex<Child>>,
    keeper: Option<JoinHandle<()>>,
}

/// The host ends of a guest's NICs.
pub(crate) struct Wires {
    pub(crate) cables: Vec<Arc<dyn Cable>>,
    /// Of the switch that some of them lead through.
    pub(crate) switch: Option<Report>,
}

/// What is started, and must end together: QEMU, then the switch.
struct Running {
    child: Child,
    switch: Option<Switch>,
    wires: Wires,
}

impl Qemu {
    /// Starts QEMU by `command`, which inherits `files`, and with the host ends of its NICs, whose files are
    /// in `dir`; a switch is that of `switch_root`. It runs on `cpu` only if one is named.
    pub(crate) fn start(
        command: Command,
        files: Vec<OwnedFd>,
        nics: &[Nic],
        dir: &Path,
        switch_root: &Path,
        cpu: Option<CpuSet>,
        events: Sender<Event>,
    ) -> Result<(Qemu, Wires)> {
        let (answer, started) = channel();
        let (nics, dir) = (nics.to_vec(), dir.to_path_buf());
        let switch_root = switch_root.to_path_buf();
        // The keeper lives exactly as long as QEMU: the parent-death signal is tied to the thread that
        // started the process, and a network namespace made here leaves the other threads alone.
        let keeper = thread::Builder::new()
            .name("kbp-vm-keeper".into())
            .spawn(move || {
                let (child, switch) = match spawn(command, files, &nics, &dir, &switch_root, cpu) {
                    Ok(running) => {
                        let child = Arc::new(Mutex::new(running.child));
                        if answer.send(Ok((child.clone(), running.wires))).is_err() {
                            end(&child);
                        }
                        (child, running.switch)
                    }
                    Err(error) => {
                        // Nobody listening means nobody to tell.
                        let _ = answer.send(Err(error));
                        return;
                    }
                };
                // The run may be over already; then nobody wants to know.
                let _ = events.send(Event::Ended(wait(&child)));
                drop(switch);
            });
        let keeper = keeper.map_err(Error::doing("cannot start a thread"))?;
        let gone = |_| Error::Other("the thread that starts QEMU failed".into());
        let started: Result<(Arc<Mutex<Child>>, Wires)> = started.recv().map_err(gone)?;
        let (child, wires) = started?;
        Ok((
            Qemu {
                child,
                keeper: Some(keeper),
            },
            wires,
        ))
    }

    /// Its threads.
    pub(crate) fn threads(&self) -> Threads {
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        Threads::of(child.id())
    }
}

impl Drop for Qemu {
    fn drop(&mut self) {
        end(&self.child);
        if let Some(keeper) = self.keeper.take() {
            // A keeper that panicked has nothing left to keep.
            let _ = keeper.join();
        }
    }
}

fn end(child: &Mutex<Child>) {
    // `kill` does nothing once the process was waited for, so the pid cannot be somebody else's.
    let _ = child.lock().unwrap_or_else(PoisonError::into_inner).kill();
}

fn wait(child: &Mutex<Child>) -> Option<ExitStatus> {
    loop {
        match child
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .try_wait()
        {
            Ok(None) => {}
            Ok(status) => return status,
            Err(_) => return None,
        }
        thread::sleep(LOOK);
    }
}

fn spawn(
    mut command: Command,
    mut files: Vec<OwnedFd>,
    nics: &[Nic],
    dir: &Path,
    switch_root: &Path,
    cpu: Option<CpuSet>,
) -> Result<Running> {
    let mut cables = Vec::new();
    let made = cable::make(nics, dir, switch_root, &mut files)?;
    for end in made.ends {
        command.args(end.args);
        cables.push(end.cable);
    }
    let log = dir.join("qemu.log");
    let log = File::create(&log).map_err(Error::at("create", &log))?;
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log);
    sys::prepare_child(&mut command, files, cpu);
    let child = command
        .spawn()
        .map_err(Error::doing(format!("cannot start {command:?}")))?;
    Ok(Running {
        child,
        wires: Wires {
            cables,
            switch: made.switch.as_ref().map(Switch::report),
        },
        switch: made.switch,
    })
}

/// The command line, as far as it does not depend on NICs.
pub(crate) fn arguments(
    config: &VmConfig,
    kernel: &Path,
    initrd: &Path,
    accel: Accel,
    dir: &Path,
) -> Vec<OsString> {
    let mut args: Vec<OsString> = [
        "-nodefaults",
        "-no-user-config",
        "-no-reboot",
        "-display",
        "none",
        "-monitor",
        "none",
        // Each virtual CPU's thread has its name.
        "-name",
        "kbp-guest,debug-threads=on",
    ]
    .into_iter()
    .chain(accel.qemu_args(config.icount))
    .map(OsString::from)
    .collect();
    let mut pair = |flag: &str, value: OsString| args.extend([flag.into(), value]);
    pair("-smp", config.smp.to_string().into());
    pair("-m", config.mem_mib.to_string().into());
    if config.nics.contains(&Nic::OvsDpdk) {
        // The switch maps the guest's memory, which has no name on the host and goes with the last that maps it.
        let memory = format!(
            "memory-backend-memfd,id=mem,size={}M,share=on",
            config.mem_mib
        );
        pair("-object", memory.into());
        pair("-machine", "memory-backend=mem".into());
    }
    pair("-kernel", kernel.into());
    pair("-initrd", initrd.into());
    // tsc=reliable: QEMU keeps the emulated TSCs in step, but on a busy host the kernel's watch over
    // them reads its own delays as a broken clock. no_timer_check: nor does it come to think that the
    // first timer interrupts, which came late, never come; it panicked then.
    // cryptomgr.notests: the kernel's tests of its own cryptography take an emulated guest 2 s.
    let mut cmdline =
        "console=ttyS0 panic=-1 loglevel=7 printk.time=1 tsc=reliable no_timer_check \
                       cryptomgr.notests"
            .to_owned();
    if config.root.is_some() {
        // NICs keep their names, and systemd writes nothing between the kernel's lines.
        cmdline += " net.ifnames=0 systemd.show_status=0";
    }
    if config.gdb.is_some() || config.instructions.is_some() {
        // Addresses are then those of the kernel's image, in every run.
        cmdline += " nokaslr";
    }
    if !config.append.is_empty() {
        cmdline += " ";
        cmdline += &config.append;
    }
    pair("-append", cmdline.into());
    let socket = path(&Qmp::socket(dir));
    pair("-qmp", format!("unix:{socket},server=on,wait=off").into());
    if let Some(image) = &config.root {
        // snapshot: what is written goes to a nameless file in TMPDIR.
        pair("-drive", drive(image));
    }
    args
}

/// The guest's disk.
fn drive(image: &Path) -> OsString {
    let path = path(image);
    format!("file={path},if=virtio,format=raw,snapshot=on").into()
}

/// A path as a part of an argument: QEMU reads a comma as its end unless it is doubled.
fn path(path: &Path) -> String {
    path.to_string_lossy().replace(',', ",,")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The command line, one string.
    fn line(config: &VmConfig, accel: Accel) -> String {
        let (kernel, initrd) = (Path::new("/k/vmlinuz"), Path::new("/d/initrd"));
        let words = arguments(config, kernel, initrd, accel, Path::new("/d"));
        let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
        format!(" {} ", words.join(" "))
    }

    #[test]
    fn a_guest_as_asked_for() {
        let config = VmConfig::new("k").smp(3).mem(512).append("quiet");
        let line = line(&config, Accel::Tcg);
        for part in [
            " -accel tcg,thread=multi ",
            " -name kbp-guest,debug-threads=on ",
            " -smp 3 ",
            " -m 512 ",
            " -kernel /k/vmlinuz ",
            " tsc=reliable no_timer_check cryptomgr.notests quiet ",
        ] {
            assert!(line.contains(part), "{part} is not in {line}");
        }
        assert!(!line.contains("icount"), "{line}");
    }

    #[test]
    fn only_a_guest_of_a_switch_shares_its_memory() {
        let plain = VmConfig::new("k").mem(512).nic(1);
        assert!(!line(&plain, Accel::Tcg).contains("share=on"));
        let line = line(&plain.any_nic(Nic::OvsDpdk), Accel::Tcg);
        for part in [
            " -m 512 ",
            " -object memory-backend-memfd,id=mem,size=512M,share=on ",
            " -machine memory-backend=mem ",
        ] {
            assert!(line.contains(part), "{part} is not in {line}");
        }
    }

    #[test]
    fn a_disk_that_forgets() {
        let config = VmConfig::new("k").root("/a,b.ext4").append("quiet");
        let line = line(&config, Accel::Tcg);
        for part in [
            " -drive file=/a,,b.ext4,if=virtio,format=raw,snapshot=on ",
            " net.ifnames=0 systemd.show_status=0 quiet ",
        ] {
            assert!(line.contains(part), "{part} is not in {line}");
        }
    }

    #[test]
    fn a_clock_of_instructions_needs_one_thread_one_cpu_and_the_tsc() {
        let config = VmConfig::new("k").icount().append("quiet");
        assert_eq!(config.accel, Some(Accel::Tcg));
        let line = line(&config, Accel::Tcg);
        for part in [
            " -accel tcg,thread=single ",
            " -icount shift=0,sleep=off ",
            " -smp 1 ",
            " tsc=reliable no_timer_check cryptomgr.notests clocksource=tsc quiet ",
        ] {
            assert!(line.contains(part), "{part} is not in {line}");
        }
        assert!(!line.contains("thread=multi"), "{line}");
    }
}
