// SPDX-License-Identifier: GPL-2.0
//! Who else wants the CPU.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::delay::rows::Beside;
use crate::guest::hog::Hog;
use crate::guest::{cpu, sys};
use crate::{Error, Result};

/// Between two small tasks.
const BETWEEN: Duration = Duration::from_millis(1);
/// What one of them executes.
const INSTRUCTIONS: u32 = 200_000;

/// Wants the CPU until it is dropped.
pub(super) enum Neighbour {
    Nobody,
    Hog(Hog),
    Crowd(#[expect(dead_code, reason = "ends with it")] Crowd),
}

impl Neighbour {
    /// Starts one.
    pub(super) fn start(beside: Beside, cpu: usize) -> Result<Neighbour> {
        Ok(match beside {
            Beside::Nothing => Neighbour::Nobody,
            Beside::Spin => Neighbour::Hog(Hog::counting(cpu)?),
            Beside::Crowd => Neighbour::Crowd(Crowd::start(cpu)?),
        })
    }

    /// A number that grows while a task that spins runs.
    pub(super) fn turns(&self) -> u64 {
        match self {
            Neighbour::Hog(hog) => hog.turns(),
            Neighbour::Nobody | Neighbour::Crowd(_) => 0,
        }
    }
}

/// Small tasks that come and go.
pub(super) struct Crowd {
    stop: Arc<AtomicBool>,
    source: Option<JoinHandle<()>>,
}

impl Crowd {
    fn start(cpu: usize) -> Result<Crowd> {
        let stop = Arc::new(AtomicBool::new(false));
        let its = stop.clone();
        let source = move || {
            // Theirs, too: where a thread is made decides on which CPU it may run.
            let pinned = cpu::pin(cpu).is_ok();
            while pinned && !its.load(Ordering::Relaxed) {
                let small = thread::spawn(|| sys::execute(INSTRUCTIONS));
                thread::sleep(BETWEEN);
                // It counts instructions: it cannot panic.
                let _ = small.join();
            }
        };
        let source = thread::Builder::new().name("crowd".into()).spawn(source);
        Ok(Crowd {
            stop,
            source: Some(source.map_err(Error::doing("cannot start a thread"))?),
        })
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(source) = self.source.take() {
            // It does nothing that could panic.
            let _ = source.join();
        }
    }
}
