// SPDX-License-Identifier: GPL-2.0
//! A running guest, from its boot to its verdict.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{channel, Receiver};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::accel;
use crate::cable::{Held, Port};
use crate::cache::Layout;
use crate::config::VmConfig;
use crate::detector::Detector;
use crate::error::{Error, Result};
use crate::initramfs;
use crate::outcome::{Outcome, Verdict, ALLOWED_TAINT};
use crate::qemu::Qemu;
use crate::serial::{self, Event, Writer, PORTS};

/// How long a crashing kernel may go on writing its trace.
const TRACE_TIME: Duration = Duration::from_secs(3);
/// And how long after the trace's last line, which more may follow.
const AFTER_TRACE: Duration = Duration::from_millis(300);
/// How long the guest may take to switch itself off.
const POWER_OFF: Duration = Duration::from_secs(20);
/// How often the clock and the interrupt flag are looked at.
const TICK: Duration = Duration::from_millis(50);

/// Takes the command's output as it comes.
pub type Sink = Box<dyn FnMut(&[u8]) + Send>;

/// A guest. Dropping it ends it and removes its files.
pub struct Vm {
    // Fields drop in this order: the process first, then the cables, its folder last.
    _qemu: Qemu,
    ports: Vec<Arc<Port>>,
    writers: Vec<Writer>,
    stop: Arc<AtomicBool>,
    interrupt: Option<Arc<AtomicBool>>,
    events: Receiver<Event>,
    sink: Option<Sink>,
    log: Option<File>,
    verbose: bool,
    detector: Detector,
    console: String,
    output: Vec<u8>,
    marks: Vec<String>,
    complaint: Option<String>,
    ready: bool,
    exit: Option<u8>,
    taint: Option<u64>,
    closed: usize,
    ended: Option<Option<ExitStatus>>,
    timeout: Option<Instant>,
    crash_over: Option<Instant>,
    power_off: Option<Instant>,
    verdict: Option<Verdict>,
    dir: TempDir,
}

impl Vm {
    /// Starts a guest; it boots and works while the caller goes on.
    pub fn boot(config: VmConfig) -> Result<Vm> {
        let layout = Layout::find()?;
        let kernel = layout.kernel(&config.kernel)?;
        let accel = match config.accel {
            Some(accel) => accel,
            None => accel::choose(&layout, &kernel)?.0,
        };
        let timeout = config.timeout.map(|limit| Instant::now() + limit);
        let dir = tempfile::Builder::new().prefix("kbp-vm-").tempdir();
        let dir = dir.map_err(Error::doing("cannot make a temporary folder"))?;
        let initrd = dir.path().join("initrd");
        fs::write(&initrd, initramfs::build(&config, &layout, &kernel)?)
            .map_err(Error::at("write", &initrd))?;
        let (sender, events) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let mut writers = Vec::new();
        for n in 0..PORTS.len() {
            writers.push(serial::open(n, dir.path(), sender.clone(), stop.clone())?);
        }
        let started = Qemu::start(&config, &kernel, accel, dir.path(), sender);
        let (qemu, cables) = started.inspect_err(|_| stop.store(true, Ordering::Relaxed))?;
        let ports = cables
            .into_iter()
            .enumerate()
            .map(|(n, cable)| Port::new(n, cable, config.respond).map(Arc::new));
        Ok(Vm {
            _qemu: qemu,
            ports: ports.collect::<Result<_>>()?,
            writers,
            stop,
            interrupt: config.interrupt,
            events,
            sink: None,
            log: open_log()?,
            verbose: config.verbose,
            detector: Detector::default(),
            console: String::new(),
            output: Vec::new(),
            marks: Vec::new(),
            complaint: None,
            ready: false,
            exit: None,
            taint: None,
            closed: 0,
            ended: None,
            timeout,
            crash_over: None,
            power_off: None,
            verdict: None,
            dir,
        })
    }

    /// Passes the command's output on instead of keeping it for [`Outcome::output`].
    pub fn on_output(&mut self, sink: Sink) {
        self.sink = Some(sink);
    }

    /// Waits until the guest is up, with its network, and starts the command.
    pub fn wait_ready(&mut self, limit: Duration) -> Result<()> {
        self.until(limit, "it was up", |vm| vm.ready)
    }

    /// Waits until the guest has called `kbp-mark NAME`. Each call uses one mark up.
    pub fn wait_mark(&mut self, name: &str, limit: Duration) -> Result<()> {
        self.until(limit, &format!("it got to '{name}'"), |vm| {
            let at = vm.marks.iter().position(|mark| mark == name);
            at.map(|at| vm.marks.remove(at)).is_some()
        })
    }

    /// Sends a line for `kbp-wait` in the guest.
    pub fn tell(&mut self, line: &str) -> Result<()> {
        let mut port = self.writers[2]
            .get()
            .ok_or_else(|| Error::Other("the guest is not up yet".into()))?;
        writeln!(port, "{line}").map_err(Error::doing("cannot write to the guest"))
    }

    /// What is written here, the guest's terminal reads; for [`VmConfig::shell`].
    pub fn input(&self) -> Result<UnixStream> {
        let port = self.writers[1]
            .get()
            .ok_or_else(|| Error::Other("the guest is not up yet".into()))?;
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

    /// The kernel's log so far.
    pub fn console(&self) -> &str {
        &self.console
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
            console: std::mem::take(&mut self.console),
            verdict,
        })
    }

    fn until(
        &mut self,
        limit: Duration,
        what: &str,
        mut reached: impl FnMut(&mut Vm) -> bool,
    ) -> Result<()> {
        let end = Instant::now() + limit;
        while !reached(self) {
            if let Some(verdict) = &self.verdict {
                let why = verdict
                    .explain()
                    .unwrap_or_else(|| format!("exit code {}", verdict.code()));
                return Err(Error::Other(format!(
                    "the guest ended before {what}: {why}"
                )));
            }
            if Instant::now() >= end {
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
        if let Ok(event) = self.events.recv_timeout(wait) {
            self.take(event)?;
        }
        if self.verdict.is_none() {
            self.verdict = self.judge()?;
        }
        Ok(())
    }

    fn take(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Console(line) => self.console_line(&line)?,
            Event::Output(bytes) => match &mut self.sink {
                Some(sink) => sink(&bytes),
                None => self.output.extend_from_slice(&bytes),
            },
            Event::Control(line) => match line.split_once(' ') {
                None if line == "ready" => self.ready = true,
                Some(("mark", name)) => self.marks.push(name.into()),
                Some(("taint", value)) => self.taint = value.parse().ok(),
                Some(("error", text)) => self.complaint = Some(text.into()),
                Some(("exit", code)) => {
                    self.exit = code.parse().ok();
                    self.power_off = Some(Instant::now() + POWER_OFF);
                }
                _ => {}
            },
            Event::Closed => self.closed += 1,
            Event::Ended(status) => {
                self.ended = Some(status);
                self.stop.store(true, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    fn console_line(&mut self, line: &str) -> Result<()> {
        self.console.push_str(line);
        self.console.push('\n');
        if let Some(log) = &mut self.log {
            writeln!(log, "{line}").map_err(Error::doing("cannot write KBP_VM_LOG"))?;
        }
        if self.verbose {
            eprintln!("{line}");
        }
        if self.detector.line(line) {
            self.crash_over = Some(Instant::now() + TRACE_TIME);
        } else if self.detector.trace_ended() {
            let soon = Instant::now() + AFTER_TRACE;
            self.crash_over = self.crash_over.map(|over| over.min(soon));
        }
        Ok(())
    }

    fn judge(&self) -> Result<Option<Verdict>> {
        let passed =
            |moment: Option<Instant>| moment.is_some_and(|moment| Instant::now() >= moment);
        let over = self.ended.is_some() && self.closed == PORTS.len();
        if self.detector.crashed() && (over || passed(self.crash_over)) {
            return Ok(Some(Verdict::Crash(self.detector.trace().to_vec())));
        }
        if self
            .interrupt
            .as_ref()
            .is_some_and(|flag| flag.load(Ordering::Relaxed))
        {
            return Ok(Some(Verdict::Interrupted));
        }
        if let Some(text) = &self.complaint {
            return Err(Error::Other(text.clone()));
        }
        if over {
            return self.ending().map(Some);
        }
        if self.crash_over.is_none() && passed(self.power_off) {
            return Ok(Some(Verdict::Lost(format!(
                "the guest did not power off within {POWER_OFF:?}"
            ))));
        }
        Ok((self.crash_over.is_none() && passed(self.timeout)).then_some(Verdict::Timeout))
    }

    /// The verdict on a guest that switched itself off.
    fn ending(&self) -> Result<Verdict> {
        match (self.exit, self.taint) {
            (Some(_), Some(taint)) if taint & !ALLOWED_TAINT != 0 => Ok(Verdict::Taint(taint)),
            (Some(code), Some(_)) => Ok(Verdict::Exit(code)),
            _ => {
                let said = fs::read_to_string(self.dir.path().join("qemu.log")).unwrap_or_default();
                if self.console.is_empty() && !said.trim().is_empty() {
                    return Err(Error::Other(format!("QEMU failed: {}", said.trim())));
                }
                Ok(Verdict::Lost(format!(
                    "the guest ended without an exit code {}",
                    said.trim()
                )))
            }
        }
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
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
