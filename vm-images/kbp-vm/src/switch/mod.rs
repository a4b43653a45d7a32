// SPDX-License-Identifier: GPL-2.0
//! Open vSwitch with DPDK on the host, as a guest of a cloud has it: a thread of its own polls a NIC and
//! the guest's vhost-user port without rest.
//!
//! ```text
//!   host end ── tap ── af_packet port ─┐ br0, netdev ┌─ dpdkvhostuserclient port ── QEMU, the guest's ethN
//!                                      └── PMD thread ┘
//! ```
//!
//! Everything is the run's own: database, sockets and log are in its folder, its memory is not shared by
//! name. Its taps (Open vSwitch makes them persistent) are in the run's network namespace, which goes with the
//! last process in it. Both processes die with the thread that starts them.

mod programs;
mod report;

use std::fs::{self, File};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use self::programs::{Programs, BRIDGE};
use crate::error::{Error, Result};
use crate::sys;

pub use self::report::Report;

/// How long the database may take to come up; both programs start within a second, on an idle machine.
const START: Duration = Duration::from_secs(120);
/// How often it is looked for.
const LOOK: Duration = Duration::from_millis(20);
/// The core of the host that the PMD thread has to itself, as a mask.
const PMD_MASK: &str = "0x1";
/// DPDK without huge pages, without a NIC of its own. `--legacy-mem`, because Open vSwitch otherwise adds
/// `--in-memory`, which `--no-huge` excludes.
const DPDK: &str = "--no-huge --legacy-mem --no-pci --no-telemetry -m 512";

/// A running switch. Dropping it ends both processes and waits until they are gone.
#[derive(Debug)]
pub(crate) struct Switch {
    programs: Programs,
    processes: Vec<Child>,
}

impl Switch {
    /// Starts it in the calling thread's network namespace: database, daemon, one bridge.
    pub(crate) fn start(root: &Path, dir: &Path) -> Result<Switch> {
        let mut switch = Switch {
            programs: Programs::find(root, dir)?,
            processes: Vec::new(),
        };
        switch.programs.create_database()?;
        let database = switch.programs.database_server();
        switch.run(database, "ovsdb.out")?;
        switch.wait_for_database()?;
        let extra = format!("{DPDK} -d {}", switch.programs.plugins()?.display());
        switch.configure(&[
            "--no-wait",
            "set",
            "Open_vSwitch",
            ".",
            "other_config:dpdk-init=true",
            &format!("other_config:dpdk-extra=\"{extra}\""),
            &format!("other_config:pmd-cpu-mask={PMD_MASK}"),
        ])?;
        let daemon = switch.programs.daemon();
        switch.run(daemon, "vswitchd.out")?;
        let userspace = "datapath_type=netdev";
        switch.configure(&["add-br", BRIDGE, "--", "set", "bridge", BRIDGE, userspace])?;
        match switch
            .ask(&["get", "Open_vSwitch", ".", "dpdk_initialized"])?
            .as_str()
        {
            "true" => Ok(switch),
            _ => Err(switch.failed("DPDK did not start")),
        }
    }

    /// Adds a port that polls the interface `name` of the namespace, which must be up.
    pub(crate) fn add_interface(&mut self, name: &str) -> Result<()> {
        let device = format!("options:dpdk-devargs=eth_af_packet_{name},iface={name}");
        self.add(name, "type=dpdk", &device)
    }

    /// Adds a port for a guest, and gives the socket on which QEMU is to listen.
    pub(crate) fn add_guest(&mut self, name: &str, dir: &Path) -> Result<PathBuf> {
        let socket = dir.join(format!("{name}.sock"));
        let server = format!("options:vhost-server-path=\"{}\"", socket.display());
        self.add(name, "type=dpdkvhostuserclient", &server)?;
        Ok(socket)
    }

    /// What it has done, for whoever wants to know while it runs.
    pub(crate) fn report(&self) -> Report {
        // The daemon is the last that was started.
        let daemon = self.processes.last().map_or(0, Child::id);
        Report::of(self.programs.clone(), daemon)
    }

    fn add(&mut self, port: &str, kind: &str, option: &str) -> Result<()> {
        self.configure(&[
            "add-port",
            BRIDGE,
            port,
            "--",
            "set",
            "interface",
            port,
            kind,
            option,
        ])?;
        match self.ask(&["get", "interface", port, "error"])?.as_str() {
            "[]" => Ok(()),
            error => Err(self.failed(&format!("port {port} was refused: {error}"))),
        }
    }

    fn configure(&mut self, words: &[&str]) -> Result<()> {
        self.ask(words).map(drop)
    }

    fn ask(&mut self, words: &[&str]) -> Result<String> {
        self.programs.configure(words).map_err(|error| match error {
            Error::NoSwitch(why) => self.failed(&why),
            other => other,
        })
    }

    fn run(&mut self, mut command: std::process::Command, log: &str) -> Result<()> {
        let log = self.programs.file(log);
        let out = File::create(&log).map_err(Error::at("create", &log))?;
        let err = out.try_clone().map_err(Error::at("write", &log))?;
        command.stdin(Stdio::null()).stdout(out).stderr(err);
        sys::prepare_child(&mut command, Vec::new(), None);
        let child = command
            .spawn()
            .map_err(|error| Error::NoSwitch(format!("cannot start {command:?}: {error}")))?;
        self.processes.push(child);
        Ok(())
    }

    fn wait_for_database(&mut self) -> Result<()> {
        let begin = Instant::now();
        let socket = self.programs.database_socket();
        let there = |path: &Path| fs::metadata(path).is_ok_and(|file| file.file_type().is_socket());
        while !there(&socket) {
            if begin.elapsed() > START || self.ended() {
                return Err(self.failed("its database did not start"));
            }
            thread::sleep(LOOK);
        }
        Ok(())
    }

    fn ended(&mut self) -> bool {
        self.processes
            .iter_mut()
            .any(|child| !matches!(child.try_wait(), Ok(None)))
    }

    /// An error with the last complaint of the logs, which are gone with the run.
    fn failed(&mut self, what: &str) -> Error {
        let state = match self.ended() {
            true => "; it has ended",
            false => "",
        };
        Error::NoSwitch(format!("{what}{state}{}", self.programs.last_complaint()))
    }
}

impl Drop for Switch {
    fn drop(&mut self) {
        // The daemon first, which would complain of a database that is gone.
        for child in self.processes.iter_mut().rev() {
            // One that has ended by itself cannot be killed, and is waited for all the same.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
