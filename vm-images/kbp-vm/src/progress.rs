// SPDX-License-Identifier: GPL-2.0
//! What is known of a run so far, and what follows from it. No input or output of its own.

use std::process::ExitStatus;
use std::time::{Duration, Instant};

use crate::detector::Detector;
use crate::error::{Error, Result};
use crate::outcome::{Verdict, ALLOWED_TAINT};
use crate::serial::PORTS;

/// How long a crashing kernel that writes nothing may be about to go on with its trace.
const TRACE_PAUSE: Duration = Duration::from_secs(5);
/// And how long after the trace's last line, which more may follow.
const AFTER_TRACE: Duration = Duration::from_millis(300);
/// How long the guest may take to switch itself off; only one that hangs gets there.
const POWER_OFF: Duration = Duration::from_secs(120);

/// The state of a run.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// The kernel's log.
    pub(crate) console: String,
    /// The guest is up.
    pub(crate) ready: bool,
    /// Marks that nobody has waited for yet.
    pub(crate) marks: Vec<String>,
    /// What the guest has asked its host for, and nobody has seen to yet.
    pub(crate) requests: Vec<String>,
    /// Ports that have no more to give.
    pub(crate) closed: usize,
    /// QEMU has ended; with what, if that is known.
    pub(crate) ended: Option<Option<ExitStatus>>,
    detector: Detector,
    complaint: Option<String>,
    exit: Option<u8>,
    taint: Option<u64>,
    crash_over: Option<Instant>,
    power_off: Option<Instant>,
}

impl Progress {
    /// Takes in one line of the kernel's log.
    pub(crate) fn console_line(&mut self, line: &str) {
        self.console.push_str(line);
        self.console.push('\n');
        self.detector.line(line);
        // A busy host may let minutes pass between the first line of a trace and the last.
        let pause = match self.detector.trace_ended() {
            true => AFTER_TRACE,
            false => TRACE_PAUSE,
        };
        self.crash_over = self.detector.crashed().then(|| Instant::now() + pause);
    }

    /// Takes in one line of the guest's init; guest/init says what they mean.
    pub(crate) fn control_line(&mut self, line: &str) {
        match line.split_once(' ') {
            None if line == "ready" => self.ready = true,
            Some(("mark", name)) => self.marks.push(name.into()),
            Some(("host", text)) => self.requests.push(text.into()),
            Some(("taint", value)) => self.taint = value.parse().ok(),
            Some(("error", text)) => self.complaint = Some(text.into()),
            Some(("exit", code)) => {
                self.exit = code.parse().ok();
                self.power_off = Some(Instant::now() + POWER_OFF);
            }
            _ => {}
        }
    }

    /// The verdict, once there is one. `timeout` says whether the run's time is over, `interrupted` whether
    /// it is to end now; `qemu` gives what QEMU itself had to say.
    pub(crate) fn judge(
        &self,
        timeout: bool,
        interrupted: bool,
        qemu: impl FnOnce() -> String,
    ) -> Result<Option<Verdict>> {
        let passed =
            |moment: Option<Instant>| moment.is_some_and(|moment| Instant::now() >= moment);
        let over = self.ended.is_some() && self.closed == PORTS.len();
        if self.detector.crashed() && (over || passed(self.crash_over)) {
            return Ok(Some(Verdict::Crash(self.detector.trace().to_vec())));
        }
        if interrupted {
            return Ok(Some(Verdict::Interrupted));
        }
        if let Some(text) = &self.complaint {
            return Err(Error::Other(text.clone()));
        }
        if over {
            return self.ending(qemu().trim()).map(Some);
        }
        // While the kernel writes its trace, only that counts.
        if self.detector.crashed() {
            return Ok(None);
        }
        if passed(self.power_off) {
            return Ok(Some(Verdict::Lost(format!(
                "the guest did not power off within {POWER_OFF:?}"
            ))));
        }
        Ok(timeout.then_some(Verdict::Timeout))
    }

    /// The verdict on a guest that is gone and has not crashed.
    fn ending(&self, qemu: &str) -> Result<Verdict> {
        match (self.exit, self.taint) {
            (Some(_), Some(taint)) if taint & !ALLOWED_TAINT != 0 => Ok(Verdict::Taint(taint)),
            (Some(code), Some(_)) => Ok(Verdict::Exit(code)),
            _ if self.console.is_empty() && !qemu.is_empty() => {
                Err(Error::Other(format!("QEMU failed: {qemu}")))
            }
            _ => Ok(Verdict::Lost(
                format!("the guest ended without an exit code {qemu}")
                    .trim_end()
                    .into(),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(control: &[&str], console: &[&str], gone: bool) -> Result<Option<Verdict>> {
        let mut progress = Progress::default();
        console.iter().for_each(|line| progress.console_line(line));
        control.iter().for_each(|line| progress.control_line(line));
        if gone {
            (progress.ended, progress.closed) = (Some(None), PORTS.len());
        }
        progress.judge(false, false, String::new)
    }

    #[test]
    fn a_verdict_needs_the_end_and_a_crash_outweighs_an_exit_code() {
        let well = ["ready", "taint 45056", "exit 3"];
        assert_eq!(verdict(&well, &[], false).unwrap(), None);
        assert_eq!(verdict(&well, &[], true).unwrap(), Some(Verdict::Exit(3)));
        assert_eq!(
            verdict(&["taint 512", "exit 0"], &[], true).unwrap(),
            Some(Verdict::Taint(512))
        );
        assert!(matches!(
            verdict(&["ready"], &["x"], true).unwrap(),
            Some(Verdict::Lost(_))
        ));
        assert!(matches!(
            verdict(&["exit 0"], &[], true).unwrap(),
            Some(Verdict::Lost(_))
        ));
        let crash = verdict(&well, &["[    1.0] BUG: scheduling while atomic: x"], true).unwrap();
        assert_eq!(crash.map(|verdict| verdict.code()), Some(255));
    }

    #[test]
    fn a_complaint_of_the_guest_is_a_failure_of_the_host() {
        let error = verdict(&["error no eth0"], &[], false).unwrap_err();
        assert_eq!(error.to_string(), "no eth0");
    }

    #[test]
    fn no_time_out_while_a_trace_is_written() {
        let mut progress = Progress::default();
        assert_eq!(
            progress.judge(true, false, String::new).unwrap(),
            Some(Verdict::Timeout)
        );
        progress.console_line("[    1.0] BUG: scheduling while atomic: x");
        assert_eq!(progress.judge(true, false, String::new).unwrap(), None);
        progress.console_line("[    1.0] ---[ end trace 0 ]---");
        std::thread::sleep(AFTER_TRACE);
        assert!(matches!(
            progress.judge(true, false, String::new).unwrap(),
            Some(Verdict::Crash(_))
        ));
    }
}
