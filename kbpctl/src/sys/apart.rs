// SPDX-License-Identifier: GPL-2.0
//! A process of its own: no terminal, no end of a session and no reader keeps it or ends it.
//!
//! Invariant `one-thread`: after fork(2) a child of several threads may find a lock held for ever.
//! kbpctl has one thread until it watches a live view, which no command does that goes apart.
#![allow(unsafe_code, reason = "fork(2) has no safe form")]

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use nix::fcntl::OFlag;
use nix::unistd::{
    chdir, close, dup2_stderr, dup2_stdin, dup2_stdout, fork, pipe2, setsid, ForkResult,
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::Apart;

/// The process that is apart.
struct Child {
    /// To the command; `None`: it has its answer.
    pipe: RefCell<Option<File>>,
    stop: Arc<AtomicBool>,
}

impl Apart for Child {
    fn answer(&self, words: &[u8]) {
        if let Some(mut pipe) = self.pipe.take() {
            // A command that was killed needs no answer.
            let _ = pipe.write_all(words);
        }
        // Whoever reads what the command says waits for the last writer.
        let _ = leave_streams();
    }

    fn is_to_end(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Runs `act` in such a process. Answers what it says first; it then goes on alone.
pub(super) fn run(act: &mut dyn FnMut(&dyn Apart)) -> io::Result<Vec<u8>> {
    let (reader, writer) = pipe2(OFlag::O_CLOEXEC)?;
    let (mut reader, writer) = (File::from(reader), File::from(writer));
    // SAFETY: `one-thread`.
    match unsafe { fork() }? {
        ForkResult::Parent { .. } => {
            drop(writer);
            let mut words = Vec::new();
            reader.read_to_end(&mut words)?;
            Ok(words)
        }
        ForkResult::Child => {
            drop(reader);
            let code = match alone(&writer) {
                Ok(stop) => {
                    act(&Child {
                        pipe: RefCell::new(Some(writer)),
                        stop,
                    });
                    0
                }
                // Nothing was begun: the command hears nothing, and says so.
                Err(_) => 1,
            };
            std::process::exit(code);
        }
    }
}

/// Leaves the session and whatever was inherited. What is raised when somebody asks it to end.
fn alone(pipe: &File) -> io::Result<Arc<AtomicBool>> {
    setsid()?;
    chdir("/")?;
    dup2_stdin(null()?)?;
    // A lock or a pipe of the caller would be held as long as this one waits.
    for inherited in inherited(pipe.as_raw_fd())? {
        let _ = close(inherited);
    }
    let stop = Arc::new(AtomicBool::new(false));
    for asks in [SIGHUP, SIGINT, SIGTERM] {
        signal_hook::flag::register(asks, stop.clone())?;
    }
    Ok(stop)
}

fn inherited(pipe: RawFd) -> io::Result<Vec<RawFd>> {
    let names = fs::read_dir("/proc/self/fd")?;
    let numbers = names.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    // The folder itself is closed when this returns.
    Ok(numbers.filter(|fd| *fd > 2 && *fd != pipe).collect())
}

fn leave_streams() -> io::Result<()> {
    dup2_stdout(null()?)?;
    dup2_stderr(null()?)?;
    Ok(())
}

fn null() -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open("/dev/null")
}
