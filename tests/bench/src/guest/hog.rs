// SPDX-License-Identifier: GPL-2.0
//! A task that wants a whole CPU: the competitor of the receive path.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::cpu;
use crate::{Error, Result};

/// How long the task may take to get its first share of the CPU.
const START_LIMIT: Duration = Duration::from_secs(10);
/// Turns of the spin loop between two looks at the stop flag.
const TURNS: u32 = 1000;

/// A thread with the default scheduling policy that spins on one CPU until this is dropped.
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
    /// Starts it and waits until it really runs.
    pub fn start(cpu: usize) -> Result<Hog> {
        let shared = Arc::new(Shared::default());
        let of_thread = shared.clone();
        let thread = thread::Builder::new()
            .name("hog".into())
            .spawn(move || spin(cpu, &of_thread))
            .map_err(Error::doing("cannot start a thread"))?;
        let mut hog = Hog {
            shared,
            thread: Some(thread),
        };
        let start = Instant::now();
        while hog.turns() == 0 {
            if hog.thread.as_ref().is_some_and(JoinHandle::is_finished) {
                hog.finish()?;
            }
            if start.elapsed() > START_LIMIT {
                return Err(Error::Other(format!(
                    "the spinning task got no time on CPU {cpu} within {START_LIMIT:?}: something keeps it out"
                )));
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(hog)
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
    fn a_cpu_that_does_not_exist_is_named() {
        let error = Hog::start(1023).unwrap_err().to_string();
        assert!(error.contains("CPU 1023"), "{error}");
    }
}
