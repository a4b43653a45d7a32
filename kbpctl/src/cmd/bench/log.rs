// SPDX-License-Identifier: GPL-2.0
//! `--hlog` and the progress line.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use kbp_probe::frame::Protocol;
use kbp_probe::hlog::{self, Interval};
use kbp_probe::session::{Observer, Run};

use crate::error::{Error, Result};

/// Follows the session.
pub(super) struct Log {
    pub(super) stop: Arc<AtomicBool>,
    pub(super) progress: bool,
    pub(super) protocol: Protocol,
    pub(super) duration: Duration,
    pub(super) file: Option<File>,
}

/// Makes the file before anything is measured: half an hour later would be too late to find that
/// it cannot be written.
pub(super) fn create(path: &Path, comment: &str) -> Result<File> {
    let fail = |error: &io::Error| {
        Error::system(format!("cannot write {}", path.display()), error)
            .curing("name a file in a folder that you may write to")
    };
    let mut file = File::create(path).map_err(|error| fail(&error))?;
    hlog::begin(&mut file, comment, SystemTime::now())?;
    Ok(file)
}

impl Observer for Log {
    fn begin(&mut self, step: &str) {
        if self.progress {
            eprintln!("kbpctl: {step}");
        }
    }

    fn done(&mut self, run: &Run<'_>) -> kbp_probe::Result<()> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let protocol = self.protocol.name().to_lowercase();
        let interval = Interval {
            tag: &format!("{protocol}-{}-round-{}", run.frame_bytes, run.round),
            start: run.start,
            duration: self.duration,
            times: &run.outcome.latency,
        };
        hlog::add(file, &interval)
    }

    fn stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
