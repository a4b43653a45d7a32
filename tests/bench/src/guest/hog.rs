// SPDX-License-Identifier: GPL-2.0
//! A task that wants a whole CPU: the competitor of the receive path.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{cpu, sys};
use crate::{Error, Result};

/// How long the task may take to get its first share of the CPU.
const START_LIMIT: Duration = Duration::from_secs(10);
/// Turns of the spin loop between two looks at the stop flag.
const TURNS: u32 = 1000;

/// Turns of the counting loop between two looks of a [`Hog::background`] task: 200 instructions.
const BACKGROUND_TURNS: u32 = 100;

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
        Hog::with(cpu, spin)
    }

    /// Starts one that yields to everybody, and whose [`Hog::turns`] each take the same number of
    /// instructions: it counts what others leave of the CPU.
    pub fn background(cpu: usize) -> Result<Hog> {
        Hog::with(cpu, count)
    }

    fn with(cpu: usize, work: fn(usize, &Shared) -> Result<()>) -> Result<Hog> {
        let mut hog = Hog::spawn_with(work, cpu)?;
        hog.wait(cpu)?;
        Ok(hog)
    }

    /// Starts one with the default policy, whether or not it ever gets to run.
    pub fn spawn(cpu: usize) -> Result<Hog> {
        Hog::spawn_with(spin, cpu)
    }

    fn spawn_with(work: fn(usize, &Shared) -> Result<()>, cpu: usize) -> Result<Hog> {
        let shared = Arc::new(Shared::default());
        let of_thread = shared.clone();
        let thread = thread::Builder::new()
            .name("hog".into())
            .spawn(move || work(cpu, &of_thread))
            .map_err(Error::doing("cannot start a thread"))?;
        Ok(Hog {
            shared,
            thread: Some(thread),
        })
    }

    fn wait(&mut self, cpu: usize) -> Result<()> {
        let start = Instant::now();
        while self.turns() == 0 {
            if self.thread.as_ref().is_some_and(JoinHandle::is_finished) {
                self.finish()?;
            }
            if start.elapsed() > START_LIMIT {
                return Err(Error::Other(format!(
                    "the spinning task got no time on CPU {cpu} within {START_LIMIT:?}: something keeps it out"
                )));
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
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

fn spin(cpu: usize, shared: &Shared) -> Result<()> {
    cpu::pin(cpu)?;
    while !shared.stop.load(Ordering::Relaxed) {
        for _ in 0..TURNS {
            std::hint::spin_loop();
        }
        shared.turns.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

fn count(cpu: usize, shared: &Shared) -> Result<()> {
    cpu::pin(cpu)?;
    sys::only_when_idle().map_err(Error::doing("cannot make a task of the lowest priority"))?;
    while !shared.stop.load(Ordering::Relaxed) {
        sys::count_down(BACKGROUND_TURNS);
        shared.turns.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_runs_and_ends() {
        let hog = Hog::start(0).unwrap();
        assert!(hog.turns() > 0);
        drop(hog);
    }

    #[test]
    fn the_background_runs_and_ends() {
        assert!(Hog::background(0).unwrap().turns() > 0);
    }

    #[test]
    fn a_cpu_that_does_not_exist_is_named() {
        let error = Hog::start(1023).unwrap_err().to_string();
        assert!(error.contains("CPU 1023"), "{error}");
    }
}
