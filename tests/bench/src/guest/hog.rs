// SPDX-License-Identifier: GPL-2.0
//! A task that wants a whole CPU: the competitor of the receive path.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::wait::until;
use super::{cpu, sys};
use crate::{Error, Result};

/// How long the task may take to get its first share of the CPU.
const START_LIMIT: Duration = Duration::from_secs(10);
/// Turns of the spin loop between two looks at the stop flag.
const TURNS: u32 = 1000;
/// What a task that counts executes between two looks.
const BACKGROUND_INSTRUCTIONS: u32 = 192;

/// A thread that spins on one CPU until this is dropped.
#[derive(Debug)]
pub struct Hog {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<Result<()>>>,
}

#[derive(Debug, Default)]
struct Shared {
    stop: AtomicBool,
    turns: AtomicU64,
}

impl Hog {
    /// Starts one with the default scheduling policy and waits until it really runs.
    pub fn start(cpu: usize) -> Result<Hog> {
        Hog::spawn(cpu)?.running(cpu)
    }

    /// Starts one that yields to everybody, and whose [`Hog::turns`] each take the same number of
    /// instructions: it counts what others leave of the CPU.
    pub fn background(cpu: usize) -> Result<Hog> {
        let lowest = || {
            sys::only_when_idle().map_err(Error::doing("cannot make a task of the lowest priority"))
        };
        Hog::with(cpu, lowest, || sys::execute(BACKGROUND_INSTRUCTIONS))?.running(cpu)
    }

    /// Starts one with the default policy whose turns each take the same number of instructions.
    pub fn counting(cpu: usize) -> Result<Hog> {
        Hog::with(cpu, || Ok(()), || sys::execute(BACKGROUND_INSTRUCTIONS))?.running(cpu)
    }

    /// Starts one with the default policy, whether or not it ever gets to run.
    pub fn spawn(cpu: usize) -> Result<Hog> {
        let spin = || (0..TURNS).for_each(|_| std::hint::spin_loop());
        Hog::with(cpu, || Ok(()), spin)
    }

    fn with(cpu: usize, begin: fn() -> Result<()>, turn: fn()) -> Result<Hog> {
        let shared = Arc::new(Shared::default());
        let its = shared.clone();
        let work = move || {
            cpu::pin(cpu)?;
            begin()?;
            while !its.stop.load(Ordering::Relaxed) {
                turn();
                its.turns.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        };
        let thread = thread::Builder::new().name("hog".into()).spawn(work);
        Ok(Hog {
            shared,
            thread: Some(thread.map_err(Error::doing("cannot start a thread"))?),
        })
    }

    fn running(mut self, cpu: usize) -> Result<Hog> {
        let ended = |hog: &Hog| hog.thread.as_ref().is_some_and(JoinHandle::is_finished);
        until(START_LIMIT, || self.turns() > 0 || ended(&self));
        if ended(&self) {
            self.finish()?;
        }
        match self.turns() {
            0 => Err(Error::Other(format!(
                "the spinning task got no time on CPU {cpu} within {START_LIMIT:?}: something keeps it out"
            ))),
            _ => Ok(self),
        }
    }

    /// A number that grows while the task runs.
    pub fn turns(&self) -> u64 {
        self.shared.turns.load(Ordering::Relaxed)
    }

    fn finish(&mut self) -> Result<()> {
        self.shared.stop.store(true, Ordering::Relaxed);
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(Error::Other("the spinning task panicked".into())),
            None => Ok(()),
        }
    }
}

impl Drop for Hog {
    fn drop(&mut self) {
        // Its only failure, the pinning, was reported by `start`.
        let _ = self.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_run_and_end() {
        assert!(Hog::start(0).unwrap().turns() > 0);
        assert!(Hog::background(0).unwrap().turns() > 0);
    }

    #[test]
    fn a_cpu_that_does_not_exist_is_named() {
        let error = Hog::start(1023).unwrap_err().to_string();
        assert!(error.contains("CPU 1023"), "{error}");
    }
}
