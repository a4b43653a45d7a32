// SPDX-License-Identifier: GPL-2.0
//! Bounded waits: poll every few milliseconds, show progress, give up at a deadline.

use std::cell::Cell;
use std::io::{self, Write};
use std::time::Duration;

use crate::error::Result;
use crate::output::Form;
use crate::sys::System;

const PERIOD: Duration = Duration::from_millis(25);

/// What every command works with.
pub(crate) struct Context<'a> {
    pub(crate) sys: &'a dyn System,
    /// How the caller wants answers.
    pub(crate) form: Form,
    progress: bool,
    shown: Cell<Option<u64>>,
}

/// The end of a wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    start: Duration,
    pub(crate) timeout: Duration,
}

impl<'a> Context<'a> {
    /// `verbose`: show progress even when standard error is no terminal.
    pub(crate) fn new(sys: &'a dyn System, verbose: bool) -> Context<'a> {
        let progress = verbose || sys.stderr_is_terminal();
        Context {
            sys,
            form: Form::Text,
            progress,
            shown: Cell::new(None),
        }
    }

    /// The same for a caller who wants this form.
    pub(crate) fn answering(self, form: Form) -> Context<'a> {
        Context { form, ..self }
    }

    /// Whether progress is shown.
    pub(crate) fn shows_progress(&self) -> bool {
        self.progress
    }

    /// A deadline `timeout` from now.
    pub(crate) fn deadline(&self, timeout: Duration) -> Deadline {
        Deadline {
            start: self.sys.now(),
            timeout,
        }
    }

    /// A deadline for undoing what did not end by `missed`. Undoing is worth a longer wait than
    /// the caller may have given the act itself.
    pub(crate) fn deadline_of_undoing(&self, missed: &Deadline) -> Deadline {
        self.deadline(missed.timeout.max(Duration::from_secs(10)))
    }

    /// Asks `probe` until it has an answer; `None` when the deadline passes first. The probe runs
    /// at least once.
    pub(crate) fn poll<T>(
        &self,
        deadline: &Deadline,
        doing: &str,
        mut probe: impl FnMut() -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        let answer = loop {
            if let Some(answer) = probe()? {
                break Some(answer);
            }
            let waited = self.sys.now().saturating_sub(deadline.start);
            if waited >= deadline.timeout {
                break None;
            }
            self.show(doing, waited, deadline.timeout);
            self.sys.sleep(PERIOD);
        };
        self.clear();
        Ok(answer)
    }

    fn show(&self, doing: &str, waited: Duration, timeout: Duration) {
        let seconds = waited.as_secs();
        // Waits of less than a second would only flicker.
        if !self.progress || seconds == 0 || self.shown.replace(Some(seconds)) == Some(seconds) {
            return;
        }
        let line = format!(
            "kbpctl: {doing}: {seconds} s of at most {} s",
            timeout.as_secs()
        );
        // Who does not read it does not stop the command.
        let _ = match self.sys.stderr_is_terminal() {
            true => write!(io::stderr(), "\r\x1b[K{line}"),
            false => writeln!(io::stderr(), "{line}"),
        };
    }

    fn clear(&self) {
        if self.shown.take().is_some() && self.sys.stderr_is_terminal() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
