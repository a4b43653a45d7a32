// SPDX-License-Identifier: GPL-2.0
//! What every kind of cable is.

use std::fmt::Debug;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Duration;

/// What went over a cable, seen from the host.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Frames sent to the guest.
    pub sent: u64,
    /// Frames received from the guest.
    pub received: u64,
    /// Frames that could not be sent.
    pub failed: u64,
}

/// The host end of a cable.
pub trait Cable: Debug + Send + Sync {
    /// Sends one frame. It waits while the guest's end is full.
    fn send(&self, frame: &[u8]) -> io::Result<()>;

    /// Receives one frame into `buffer` and gives its length, or `None` when `limit` is over.
    fn recv(&self, buffer: &mut [u8], limit: Duration) -> io::Result<Option<usize>>;

    /// What went over it so far.
    fn stats(&self) -> Stats;
}

/// A cable and what QEMU must be told about it.
pub(crate) struct End {
    pub(crate) cable: Arc<dyn Cable>,
    pub(crate) args: Vec<String>,
}

/// Counts what every kind of cable counts.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    sent: AtomicU64,
    received: AtomicU64,
    failed: AtomicU64,
}

impl Counters {
    pub(crate) fn sent<T>(&self, result: io::Result<T>) -> io::Result<()> {
        let counter = if result.is_ok() {
            &self.sent
        } else {
            &self.failed
        };
        counter.fetch_add(1, Ordering::Relaxed);
        result.map(drop)
    }

    pub(crate) fn received(&self, length: usize) -> Option<usize> {
        self.received.fetch_add(1, Ordering::Relaxed);
        Some(length)
    }

    pub(crate) fn stats(&self) -> Stats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            sent: read(&self.sent),
            received: read(&self.received),
            failed: read(&self.failed),
        }
    }
}
