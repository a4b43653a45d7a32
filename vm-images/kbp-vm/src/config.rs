// SPDX-License-Identifier: GPL-2.0
//! What a guest is to be like.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::Arc;
use std::time::Duration;

use crate::accel::Accel;
use crate::cable::nic::Nic;

/// What the guest does once it is up.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    /// Run this shell script.
    Script(String),
    /// Give a person a prompt on a terminal of this many rows and columns.
    Shell(u16, u16),
}

/// A guest to be: built step by step, then given to [`crate::Vm::boot`].
#[derive(Debug, Clone)]
pub struct VmConfig {
    pub(crate) kernel: String,
    pub(crate) smp: u32,
    pub(crate) mem_mib: u32,
    pub(crate) nics: Vec<Nic>,
    pub(crate) copies: Vec<(PathBuf, String)>,
    pub(crate) own: Vec<(PathBuf, String)>,
    pub(crate) modules: Vec<String>,
    pub(crate) tools: Vec<String>,
    pub(crate) root: Option<PathBuf>,
    pub(crate) before: String,
    pub(crate) timeout: Option<Duration>,
    pub(crate) append: String,
    pub(crate) unpacked: bool,
    pub(crate) kept: bool,
    pub(crate) work: Work,
    pub(crate) accel: Option<Accel>,
    pub(crate) gdb: Option<u16>,
    pub(crate) trace: Vec<String>,
    pub(crate) icount: bool,
    pub(crate) instructions: Option<PathBuf>,
    pub(crate) respond: bool,
    pub(crate) verbose: bool,
    pub(crate) interrupt: Option<Arc<AtomicBool>>,
}

impl VmConfig {
    /// A guest with this kernel (a suite or a release), two CPUs, 1024 MiB and a limit of 300 s.
    pub fn new(kernel: impl Into<String>) -> VmConfig {
        VmConfig {
            kernel: kernel.into(),
            smp: 2,
            mem_mib: 1024,
            nics: Vec::new(),
            copies: Vec::new(),
            own: Vec::new(),
            modules: Vec::new(),
            tools: Vec::new(),
            root: None,
            before: String::new(),
            timeout: Some(Duration::from_secs(300)),
            append: String::new(),
            unpacked: false,
            kept: false,
            work: Work::Script(":".into()),
            accel: None,
            gdb: None,
            trace: Vec::new(),
            icount: false,
            instructions: None,
            respond: true,
            verbose: false,
            interrupt: None,
        }
    }

    /// The number of virtual CPUs.
    pub fn smp(mut self, cpus: u32) -> Self {
        self.smp = cpus;
        self
    }

    /// The memory in MiB.
    pub fn mem(mut self, mib: u32) -> Self {
        self.mem_mib = mib;
        self
    }

    /// Adds a NIC: `eth0`, then `eth1` and so on.
    pub fn nic(self, queues: u16) -> Self {
        self.any_nic(Nic::Cable { queues })
    }

    /// Adds a NIC of any kind; models come after the virtio ones, whose driver is loaded first.
    pub fn any_nic(mut self, nic: Nic) -> Self {
        self.nics.push(nic);
        self.nics.sort_by_key(|nic| matches!(nic, Nic::Model(_)));
        self
    }

    /// The drivers of its NICs beyond virtio's.
    pub(crate) fn nic_drivers(&self) -> Vec<&'static str> {
        let model = |nic: &Nic| match nic {
            Nic::Model(model) => Some(model.name()),
            Nic::Cable { .. } | Nic::OvsDpdk => None,
        };
        self.nics.iter().filter_map(model).collect()
    }

    /// Copies a file or a folder of the host into the guest.
    pub fn copy(mut self, host: impl Into<PathBuf>, guest: impl Into<String>) -> Self {
        self.copies.push((host.into(), guest.into()));
        self
    }

    /// The same for a small file that only this guest has, of those that go on from one [`VmConfig::kept`] boot.
    pub fn own(mut self, host: impl Into<PathBuf>, guest: impl Into<String>) -> Self {
        self.own.push((host.into(), guest.into()));
        self
    }

    /// Makes one more stock module (and what it needs) available to `modprobe`.
    pub fn module(mut self, name: impl Into<String>) -> Self {
        self.modules.push(name.into());
        self
    }

    /// Gives the guest a program of the toolchain root, like `chrt` or `ip`, with its libraries. It
    /// takes the place of busybox's of that name.
    pub fn tool(mut self, name: impl Into<String>) -> Self {
        self.tools.push(name.into());
        self
    }

    /// Gives the guest the root file system in this ext4 image, and with it a real systemd, in which the
    /// command runs as a unit. What the guest writes there is thrown away.
    pub fn root(mut self, image: impl Into<PathBuf>) -> Self {
        self.root = Some(image.into());
        self
    }

    /// A shell script that runs in the image's root before its systemd starts, to install something; with
    /// [`VmConfig::root`] only. There is `/proc` and `/dev`, and all that the guest is given.
    pub fn before(mut self, script: impl Into<String>) -> Self {
        self.before = script.into();
        self
    }

    /// The longest the whole run may take, from the start of the boot; `None` is no limit.
    pub fn timeout(mut self, limit: Option<Duration>) -> Self {
        self.timeout = limit;
        self
    }

    /// Another kernel (a suite or a release) in place of the first one.
    pub fn kernel(mut self, kernel: impl Into<String>) -> Self {
        self.kernel = kernel.into();
        self
    }

    /// Adds to the kernel command line.
    pub fn append(mut self, cmdline: &str) -> Self {
        if !self.append.is_empty() {
            self.append.push(' ');
        }
        self.append.push_str(cmdline);
        self
    }

    /// Boots the kernel that is packed in the image, by PVH: an emulated guest needs some 4 s to unpack
    /// it itself. It is then where it was linked to be, not at a random address (KASLR), and cannot come back
    /// from a suspend to memory.
    pub fn unpacked(mut self) -> Self {
        self.unpacked = true;
        self
    }

    /// Goes on from a boot that is kept, of a guest that is the same up to its script and its
    /// [`VmConfig::own`] files, or boots and keeps it: an emulated guest needs some 8 s to boot. The clock of
    /// such a guest goes on from where it was kept. For a plain emulated guest; others boot, and all of them
    /// [`VmConfig::unpacked`].
    pub fn kept(mut self) -> Self {
        self.kept = true;
        self.unpacked()
    }

    /// The shell script to run.
    pub fn script(mut self, script: impl Into<String>) -> Self {
        self.work = Work::Script(script.into());
        self
    }

    /// The command to run. One word is a shell line; several are passed on exactly as they are.
    pub fn command(self, words: &[String]) -> Self {
        let script = match words {
            [line] => line.clone(),
            words => format!(
                "exec {}",
                words.iter().map(|w| quote(w)).collect::<Vec<_>>().join(" ")
            ),
        };
        self.script(script)
    }

    /// A prompt for a person instead of a command, by Debian's bash, and no time limit.
    pub fn shell(mut self, rows: u16, columns: u16) -> Self {
        self.work = Work::Shell(rows, columns);
        self.tool("bash").timeout(None)
    }

    /// Makes QEMU listen for gdb on this TCP port ([`crate::Vm::gdb`]), or on a free one if it is 0. The guest
    /// stands still until gdb lets it go on, so there is no time limit; its kernel is where its image says.
    pub fn gdb(mut self, port: u16) -> Self {
        self.gdb = Some(port);
        self.timeout(None)
    }

    /// Records these trace events of the kernel (`kbp:*`, `sched:sched_switch`) while the script runs; the trace
    /// follows the script's output. For events of KBP its modules are loaded first.
    pub fn trace(mut self, events: impl Into<String>) -> Self {
        self.trace.push(events.into());
        self
    }

    /// Uses this accelerator instead of the one [`crate::choose_accel`] finds.
    pub fn accel(mut self, accel: Accel) -> Self {
        self.accel = Some(accel);
        self
    }

    /// Makes the guest's clock count instructions: one executed instruction is one nanosecond, and
    /// while the only CPU idles its clock jumps. Two runs of the same work then take the same time,
    /// however busy the host is. Emulated, with one CPU.
    pub fn icount(mut self) -> Self {
        self.icount = true;
        self.smp = 1;
        self.accel = Some(Accel::Tcg);
        // The TSC is the count itself; without this the kernel takes a clock with a coarser grain.
        self.append("clocksource=tsc")
    }

    /// Lets the guest have its instructions written down: after `kbp-host instructions NAME`, `NAME.log` in
    /// this folder gets the address of each, until `kbp-host instructions`. It runs a hundred times slower
    /// meanwhile. The kernel is not moved in memory.
    pub fn instructions(mut self, folder: impl Into<PathBuf>) -> Self {
        self.instructions = Some(folder.into());
        self
    }

    /// Whether the host ends of the cables answer ARP, ping and UDP echo by themselves (they do by
    /// default).
    pub fn respond(mut self, respond: bool) -> Self {
        self.respond = respond;
        self
    }

    /// Whether the kernel's log is shown on stderr as it comes.
    pub fn verbose(mut self, verbose: bool) -> Self {
        self.verbose = verbose;
        self
    }

    /// Ends the run soon after this flag becomes true; meant for signal handlers.
    pub fn interrupt(mut self, flag: Arc<AtomicBool>) -> Self {
        self.interrupt = Some(flag);
        self
    }
}

/// Quotes one word for the shell.
fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(|w| w.to_string()).collect();
        match VmConfig::new("k").command(&words).work {
            Work::Script(script) => script,
            Work::Shell(..) => unreachable!("a command was given"),
        }
    }

    #[test]
    fn one_word_is_a_shell_line_and_several_are_exact() {
        assert_eq!(script(&["echo $HOME; ls"]), "echo $HOME; ls");
        assert_eq!(
            script(&["echo", "it's $HOME"]),
            r"exec 'echo' 'it'\''s $HOME'"
        );
    }
}
