// SPDX-License-Identifier: GPL-2.0
//! Waiting for what comes by itself.

use std::thread;
use std::time::{Duration, Instant};

/// Whether it is `done` within `limit`; it is looked at every 10 ms, at least once. Whom a busy host lets wait
/// looks less often, and for longer: at least once for each 200 ms of the limit.
pub(crate) fn until(limit: Duration, mut done: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    let mut looks_left = limit.as_millis() / 200;
    loop {
        if done() {
            return true;
        }
        if start.elapsed() >= limit && looks_left == 0 {
            return false;
        }
        looks_left = looks_left.saturating_sub(1);
        thread::sleep(Duration::from_millis(10));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_with_what_it_waits_for_or_with_its_limit() {
        assert!(until(Duration::from_secs(9), || true));
        assert!(!until(Duration::from_millis(20), || false));
    }
}
