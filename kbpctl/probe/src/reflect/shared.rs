// SPDX-License-Identifier: GPL-2.0
//! What the threads of a reflector share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// How often the threads look whether they should end.
pub(super) const LOOK: Duration = Duration::from_millis(100);

#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) stop: AtomicBool,
    pub(super) udp_answered: AtomicU64,
    pub(super) udp_ignored: AtomicU64,
    pub(super) udp_not_sent: AtomicU64,
    pub(super) tcp_connections: AtomicU64,
    pub(super) tcp_refused: AtomicU64,
    pub(super) tcp_answered: AtomicU64,
}

impl Shared {
    pub(super) fn stops(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
