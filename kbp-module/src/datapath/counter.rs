// SPDX-License-Identifier: GPL-2.0
//! Counters and histograms with one writer, so that no addition needs to be atomic.

use crate::uapi::{kbp_histogram, KBP_BUCKETS};
use core::sync::atomic::{AtomicU64, Ordering};

/// A counter. Zeroed memory is one that stands at 0.
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    pub(super) fn add(&self, amount: u64) {
        self.set(self.get().wrapping_add(amount));
    }

    pub(super) fn raise_to(&self, value: u64) {
        if value > self.get() {
            self.set(value);
        }
    }
}

/// Times in powers of two. Zeroed memory is an empty one.
pub(super) struct Times([Counter; KBP_BUCKETS as usize]);

impl Times {
    pub(super) fn add(&self, ns: u64) {
        let bucket = (u64::BITS - ns.leading_zeros()).min(KBP_BUCKETS - 1);
        if let Some(counter) = self.0.get(bucket as usize) {
            counter.add(1);
        }
    }

    pub(super) fn read(&self) -> kbp_histogram {
        let mut histogram = kbp_histogram::default();
        for (count, counter) in histogram.counts.iter_mut().zip(&self.0) {
            *count = counter.get();
        }
        histogram
    }

    pub(super) fn clear(&self) {
        for counter in &self.0 {
            counter.set(0);
        }
    }
}
