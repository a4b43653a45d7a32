// SPDX-License-Identifier: GPL-2.0
//! Progress lines with the time that has passed, on stderr.

use std::time::{Duration, Instant};

/// The clock of one demo.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    start: Instant,
}

impl Progress {
    pub(super) fn start() -> Progress {
        Progress {
            start: Instant::now(),
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    pub(super) fn line(&self, text: &str) {
        eprintln!("[{:5.1} s] {text}", self.elapsed().as_secs_f64());
    }
}
