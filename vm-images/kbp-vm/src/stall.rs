// SPDX-License-Identifier: GPL-2.0
//! A host that does not run a virtual CPU: for a while, or but a little of the time.
//!
//! What stands still is one thread of QEMU, by ptrace: a signal would stop all of them. Who attaches must
//! be who lets go, so each call here is made on one thread.

use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::Signal;
use nix::sys::wait::{waitpid, WaitPidFlag, WaitStatus};
use nix::unistd::Pid;

use crate::error::{Error, Result};
use crate::threads::Threads;

/// How often it is looked whether a virtual CPU has had its part.
const LOOK: Duration = Duration::from_millis(1);

/// What a virtual CPU gets of a host's CPU: for `total`, at most `run` in every `period`, as by a cgroup's
/// quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cap {
    pub(crate) period: Duration,
    pub(crate) run: Duration,
    pub(crate) total: Duration,
}

/// The virtual CPU does not run for so long.
pub(crate) fn stall(threads: &Threads, cpu: u32, length: Duration) -> Result<()> {
    let _held = Held::new(threads.of_cpu(cpu)?)?;
    sleep(length);
    Ok(())
}

/// The virtual CPU gets no more than `cap`. What it got is counted, not for how long it might have run: a
/// host with other work may not have let it.
pub(crate) fn cap(threads: &Threads, cpu: u32, cap: Cap) -> Result<()> {
    let end = Instant::now() + cap.total;
    while Instant::now() < end {
        let thread = threads.of_cpu(cpu)?;
        let next = Instant::now() + cap.period;
        let enough = threads.ran(thread) + cap.run;
        while threads.ran(thread) < enough && Instant::now() < next {
            sleep(LOOK);
        }
        let rest = next.saturating_duration_since(Instant::now());
        if !rest.is_zero() {
            stall(threads, cpu, rest)?;
        }
    }
    Ok(())
}

/// A thread that stands still until this is dropped.
struct Held {
    thread: Pid,
    /// What it was about to be told when it was stopped.
    signal: Option<Signal>,
}

impl Held {
    fn new(thread: Pid) -> Result<Held> {
        let cannot = |errno: Errno| Error::Io {
            what: format!("cannot stop the thread {thread} of QEMU by ptrace"),
            source: errno.into(),
        };
        ptrace::seize(thread, Options::empty()).map_err(cannot)?;
        ptrace::interrupt(thread).map_err(cannot)?;
        match waitpid(thread, Some(WaitPidFlag::__WALL)).map_err(cannot)? {
            WaitStatus::PtraceEvent(..) => Ok(Held {
                thread,
                signal: None,
            }),
            WaitStatus::Stopped(_, signal) => Ok(Held {
                thread,
                signal: Some(signal),
            }),
            _ => Err(cannot(Errno::ESRCH)),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // A thread that has ended meanwhile is no longer held.
        let _ = ptrace::detach(self.thread, self.signal);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::{Child, Command};

    use super::*;

    /// A process that always runs, until the end of the test. Its first thread plays a virtual CPU.
    struct Spinner(Child);

    impl Spinner {
        fn start() -> (Spinner, Threads, Pid) {
            let script = "while :; do :; done";
            let child = Command::new("sh").args(["-c", script]).spawn();
            let child = child.expect("a shell");
            let pid = child.id();
            let thread = Pid::from_raw(pid as i32);
            (Spinner(child), Threads::of(pid), thread)
        }

        /// How the kernel calls what it does: `R`, `S`, `t` for held.
        fn state(&self) -> char {
            let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.id())).expect("a state");
            let state = stat
                .rsplit_once(") ")
                .and_then(|(_, rest)| rest.chars().next());
            state.expect("a state")
        }
    }

    impl Drop for Spinner {
        fn drop(&mut self) {
            self.0.kill().expect("it runs");
            self.0.wait().expect("it ended");
        }
    }

    #[test]
    fn a_held_thread_does_nothing_and_then_goes_on() {
        let (spinner, threads, thread) = Spinner::start();
        let held = Held::new(thread).expect("it can be held");
        assert_eq!(spinner.state(), 't');
        let before = threads.ran(thread);
        sleep(Duration::from_millis(50));
        assert_eq!(threads.ran(thread), before);
        drop(held);
        assert_ne!(spinner.state(), 't');
        // However busy the host is, it gets there.
        while threads.ran(thread) == before {
            sleep(LOOK);
        }
    }

    #[test]
    fn a_thread_that_is_gone_is_told_of() {
        let (spinner, _, thread) = Spinner::start();
        drop(spinner);
        let error = Held::new(thread)
            .err()
            .expect("nothing to hold")
            .to_string();
        assert!(
            error.contains(&format!("thread {thread} of QEMU")),
            "{error}"
        );
    }
}
