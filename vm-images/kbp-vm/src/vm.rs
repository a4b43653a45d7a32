// SPDX-License-Identifier: GPL-2.0
//! A running guest, until its verdict.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::cable::{Held, Port};
use crate::config::VmConfig;
use crate::error::{Error, Result};
use crate::limit::Limit;
use crate::monitor::Monitor;
use crate::outcome::{Outcome, Verdict};
use crate::progress::Progress;
use crate::qemu::{Qemu, Wires};
use crate::request;
use crate::serial::{Event, Serial};
use crate::switch::Report;
use crate::threads::Threads;

/// How often the clock and the interrupt flag are looked at.
const TICK: Duration = Duration::from_millis(50);

/// Takes the command's output as it comes.
pub type Sink = Box<dyn FnMut(&[u8]) + Send>;

/// A guest. Dropping it ends it and removes its files.
pub struct Vm {
    // Fields drop in this order: the process first, then the cables, its folder last.
    _qemu: Qemu,
    threads: Threads,
    ports: Vec<Arc<Port>>,
    switch: Option<Report>,
    serial: Serial,
    gdb: Option<SocketAddr>,
    interrupt: Option<Arc<AtomicBool>>,
    sink: Option<Sink>,
    log: Option<File>,
    verbose: bool,
    progress: Progress,
    output: Vec<u8>,
    timeout: Option<Limit>,
    verdict: Option<Verdict>,
    monitor: Option<Monitor>,
    dir: TempDir,
}

impl Vm {
    /// What was started for this configuration; the clock runs since `begin`.
    pub(crate) fn new(
        config: VmConfig,
        begin: Instant,
        dir: TempDir,
        serial: Serial,
        gdb: Option<SocketAddr>,
        (qemu, wires): (Qemu, Wires),
    ) -> Result<Vm> {
        let ports = wires.cables.into_iter().enumerate();
        let ports = ports.map(|(n, cable)| Port::new(n, cable, config.respond).map(Arc::new));
        Ok(Vm {
            threads: qemu.threads(),
            _qemu: qemu,
            ports: ports.collect::<Result<_>>()?,
            switch: wires.switch,
            serial,
            gdb,
            interrupt: config.interrupt,
            sink: None,
            log: open_log()?,
            verbose: config.verbose,
            progress: Progress::default(),
            output: Vec::new(),
            timeout: config.timeout.map(|limit| Limit::from(begin, limit)),
            verdict: None,
            monitor: config
                .instructions
                .map(|folder| Monitor::new(dir.path(), &folder)),
            dir,
        })
    }

    /// Passes the command's output on instead of keeping it for [`Outcome::output`].
    pub fn on_output(&mut self, sink: Sink) {
        self.sink = Some(sink);
    }

    /// Sets the end of the run anew: this long from now; `None` is no limit. Time in which the host has
    /// others to run does not count, here and in every other limit.
    pub fn limit(&mut self, limit: Option<Duration>) {
        self.timeout = limit.map(|limit| Limit::now(limit, &self.threads));
    }

    /// Waits until the guest is up, with its network, and starts the command.
    pub fn wait_ready(&mut self, limit: Duration) -> Result<()> {
        self.until(limit, "it was up", |vm| vm.progress.ready)
    }

    /// Waits until the guest has called `kbp-mark NAME`. Each call uses one mark up.
    pub fn wait_mark(&mut self, name: &str, limit: Duration) -> Result<()> {
        self.until(limit, &format!("it got to '{name}'"), |vm| {
            let marks = &mut vm.progress.marks;
            let at = marks.iter().position(|mark| mark == name);
            at.map(|at| marks.remove(at)).is_some()
        })
    }

    /// Waits for the guest's next `kbp-mark` and gives its name.
    pub fn next_mark(&mut self, limit: Duration) -> Result<String> {
        let mut found = None;
        self.until(limit, "it had left another mark", |vm| {
            let marks = &mut vm.progress.marks;
            found = (!marks.is_empty()).then(|| marks.remove(0));
            found.is_some()
        })?;
        found.ok_or_else(|| Error::Other("the guest's mark is gone".into()))
    }

    /// Sends a line for `kbp-wait` in the guest.
    pub fn tell(&mut self, line: &str) -> Result<()> {
        let mut port = self.serial.control();
        writeln!(port, "{line}").map_err(Error::doing("cannot write to the guest"))
    }

    /// What is written here, the guest's terminal reads; for [`VmConfig::shell`].
    pub fn input(&self) -> Result<UnixStream> {
        let port = self.serial.output();
        port.try_clone()
            .map_err(Error::doing("cannot write to the guest"))
    }

    /// The host end of the cable in `ethN`. Its responder rests while the handle lives.
    pub fn cable(&self, n: usize) -> Option<Held<'_>> {
        self.ports.get(n).map(|port| port.hold())
    }

    /// The same end for another thread, which holds the cable when it needs it.
    pub fn port(&self, n: usize) -> Option<Arc<Port>> {
        self.ports.get(n).cloned()
    }

    /// What the switch has done that some cables lead through, if one does.
    pub fn switch(&self) -> Option<&Report> {
        self.switch.as_ref()
    }

    /// Where QEMU waits for gdb; for [`VmConfig::gdb`].
    pub fn gdb(&self) -> Option<SocketAddr> {
        self.gdb
    }

    /// The folder of the run's files.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Takes in what the guest's kernel wrote before this QEMU ran it.
    pub(crate) fn wrote(&mut self, log: &str) -> Result<()> {
        log.lines()
            .try_for_each(|line| self.take(Event::Console(line.into())))
    }

    /// Sends bytes that `guest/work` reads, their number before them.
    pub(crate) fn hand_over(&mut self, bytes: &[u8]) -> Result<()> {
        self.tell(&bytes.len().to_string())?;
        let mut port = self.serial.control();
        port.write_all(bytes)
            .map_err(Error::doing("cannot write to the guest"))
    }

    /// An error once QEMU has ended.
    pub(crate) fn still_there(&mut self) -> Result<()> {
        self.step(Duration::ZERO)?;
        self.until(Duration::ZERO, "it ran", |vm| vm.verdict.is_none())
    }

    /// What QEMU had to say.
    pub(crate) fn complaint(&self) -> String {
        fs::read_to_string(self.dir.path().join("qemu.log")).unwrap_or_default()
    }

    /// The kernel's log so far.
    pub fn console(&self) -> &str {
        &self.progress.console
    }

    /// The command's output so far.
    pub fn output(&self) -> &[u8] {
        &self.output
    }

    /// Waits for the end.
    pub fn wait(mut self) -> Result<Outcome> {
        while self.verdict.is_none() {
            self.step(TICK)?;
        }
        let verdict = self.verdict.take().unwrap_or(Verdict::Timeout);
        Ok(Outcome {
            code: verdict.code(),
            output: std::mem::take(&mut self.output),
            console: std::mem::take(&mut self.progress.console),
            verdict,
        })
    }

    fn until(
        &mut self,
        limit: Duration,
        what: &str,
        mut reached: impl FnMut(&mut Vm) -> bool,
    ) -> Result<()> {
        let time = Limit::now(limit, &self.threads);
        while !reached(self) {
            if let Some(verdict) = &self.verdict {
                let why = verdict
                    .explain()
                    .unwrap_or_else(|| format!("exit code {}", verdict.code()));
                return Err(Error::Other(format!(
                    "the guest ended before {what}: {why}"
                )));
            }
            if time.is_over(&self.threads) {
                return Err(Error::Other(format!(
                    "the guest took more than {limit:?} until {what}"
                )));
            }
            self.step(TICK)?;
        }
        Ok(())
    }

    /// Waits for one event and judges.
    fn step(&mut self, wait: Duration) -> Result<()> {
        if let Ok(event) = self.serial.events.recv_timeout(wait) {
            self.take(event)?;
        }
        if self.verdict.is_none() {
            let interrupted = self
                .interrupt
                .as_ref()
                .is_some_and(|flag| flag.load(Ordering::Relaxed));
            let qemu = || self.complaint();
            let over = |limit: Limit| limit.is_over(&self.threads);
            let timeout = self.timeout.is_some_and(over);
            self.verdict = self.progress.judge(timeout, interrupted, qemu)?;
        }
        Ok(())
    }

    fn take(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Console(line) => {
                if let Some(log) = &mut self.log {
                    writeln!(log, "{line}").map_err(Error::doing("cannot write KBP_VM_LOG"))?;
                }
                if self.verbose {
                    eprintln!("{line}");
                }
                self.progress.console_line(&line);
            }
            Event::Output(bytes) => match &mut self.sink {
                Some(sink) => sink(&bytes),
                None => self.output.extend_from_slice(&bytes),
            },
            Event::Control(line) => {
                self.progress.control_line(&line);
                for text in std::mem::take(&mut self.progress.requests) {
                    self.see_to(text)?;
                }
            }
            Event::Closed => self.progress.closed += 1,
            Event::Ended(status) => {
                self.progress.ended = Some(status);
            }
        }
        Ok(())
    }
}

impl Vm {
    /// Answers a `kbp-host` of the guest once it is done; meanwhile the run goes on.
    fn see_to(&self, request: String) -> Result<()> {
        let port = self.serial.control().try_clone();
        let mut port = port.map_err(Error::doing("cannot write to the guest"))?;
        let (threads, monitor) = (self.threads.clone(), self.monitor.clone());
        let work = move || {
            // A guest that has ended meanwhile reads no answer.
            let _ = writeln!(
                port,
                "{}",
                request::answer(&request, &threads, monitor.as_ref())
            );
        };
        let started = thread::Builder::new()
            .name("kbp-vm-request".into())
            .spawn(work);
        started.map_err(Error::doing("cannot start a thread"))?;
        Ok(())
    }
}

/// The file that `KBP_VM_LOG` names. Several guests of one run add to it.
fn open_log() -> Result<Option<File>> {
    let Some(path) = std::env::var_os("KBP_VM_LOG").filter(|path| !path.is_empty()) else {
        return Ok(None);
    };
    let file = OpenOptions::new().create(true).append(true).open(&path);
    Ok(Some(file.map_err(Error::doing(format!(
        "cannot write KBP_VM_LOG={}",
        path.to_string_lossy()
    )))?))
}
