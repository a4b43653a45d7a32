// SPDX-License-Identifier: GPL-2.0
//! A thread on each of some cores that does nothing but look at the clock: the times in which it could
//! not are gaps. What the kernel's osnoise tracer does, which Debian's kernels lack.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use kbp_probe::cpu;
use kbp_probe::times::Times;
use procfs_core::process::Status;
use procfs_core::FromBufRead;

use crate::output;

/// What was shorter is the clock's own.
const LEAST: Duration = Duration::from_micros(1);
/// How often the clock is read to know how long that takes.
const TRIES: usize = 1000;
/// MSR_SMI_COUNT of Intel's processors.
const SMI_COUNT: u64 = 0x34;

/// What one of the threads saw.
#[derive(Clone, Debug)]
pub(crate) struct CoreNoise {
    pub(crate) core: u32,
    /// How long it looked.
    pub(crate) looked: Duration,
    /// A shorter time is no gap: on a slow machine the clock itself takes so long.
    pub(crate) least: Duration,
    pub(crate) gaps: Times,
    /// Their sum.
    pub(crate) lost: Duration,
    /// How often a task took the core.
    pub(crate) tasks: Option<u64>,
    /// How often the firmware did. `None`: the processor does not count that, or the counter cannot be
    /// read.
    pub(crate) smis: Option<u64>,
}

/// Looks for so long, at all of these cores at once.
pub(super) fn measure(cores: &[u32], time: Duration) -> io::Result<Vec<CoreNoise>> {
    let begin = Barrier::new(cores.len());
    thread::scope(|scope| {
        let start = |core: &u32| {
            let core = *core;
            let begin = &begin;
            scope.spawn(move || {
                let pinned = cpu::pin(core as usize).map_err(io::Error::other);
                // Also who cannot begin lets the others begin.
                begin.wait();
                pinned.map(|()| one(core, time))
            })
        };
        let threads: Vec<_> = cores.iter().map(start).collect();
        let ends = threads.into_iter().map(|thread| {
            let gone = |_| {
                Err(io::Error::other(
                    "a thread that looks at the clock has died",
                ))
            };
            thread.join().unwrap_or_else(gone)
        });
        ends.collect()
    })
}

/// This thread, on the core that it is pinned to.
fn one(core: u32, time: Duration) -> CoreNoise {
    let least = LEAST.max(4 * usual());
    let (tasks, smis) = (taken(), smi_count(core));
    let mut gaps = Times::new();
    let mut lost = Duration::ZERO;
    let start = Instant::now();
    let mut last = start;
    while last - start < time {
        let now = Instant::now();
        let gap = now - last;
        if gap >= least {
            gaps.record(output::ns(gap));
            lost += gap;
        }
        last = now;
    }
    let grown = |before: Option<u64>, now: Option<u64>| Some(now?.saturating_sub(before?));
    CoreNoise {
        core,
        looked: last - start,
        least,
        gaps,
        lost,
        tasks: grown(tasks, taken()),
        smis: grown(smis, smi_count(core)),
    }
}

/// How long the clock usually takes.
fn usual() -> Duration {
    let mut times = [Duration::ZERO; TRIES];
    let mut last = Instant::now();
    for time in &mut times {
        let now = Instant::now();
        *time = now - last;
        last = now;
    }
    times.sort_unstable();
    times[TRIES / 2]
}

/// How often this thread lost its core without having asked for it.
fn taken() -> Option<u64> {
    let text = fs::read("/proc/thread-self/status").ok()?;
    Status::from_buf_read(&*text)
        .ok()?
        .nonvoluntary_ctxt_switches
}

fn smi_count(core: u32) -> Option<u64> {
    let file = File::open(format!("/dev/cpu/{core}/msr")).ok()?;
    let mut count = [0; 8];
    file.read_exact_at(&mut count, SMI_COUNT).ok()?;
    Some(u64::from_le_bytes(count))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    const TIME: Duration = Duration::from_millis(300);

    #[test]
    fn who_takes_the_core_is_seen() {
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            let hog = scope.spawn(|| {
                cpu::pin(0).expect("CPU 0 is there");
                while !is_over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
            let seen = measure(&[0], TIME);
            is_over.store(true, Ordering::Relaxed);
            hog.join().expect("a hog");
            let seen = seen.expect("CPU 0 is there").remove(0);
            assert_eq!(seen.core, 0);
            assert!(seen.looked >= TIME, "{:?}", seen.looked);
            assert!(seen.tasks.expect("the kernel counts") > 0);
            let summary = seen.gaps.summary();
            let longest = Duration::from_nanos(summary.max_ns.expect("a gap"));
            assert!(seen.lost >= longest && seen.lost < seen.looked);
            assert!(longest >= seen.least);
        });
    }

    #[test]
    fn a_core_that_is_not_there_is_an_error() {
        let error = measure(&[0, 1023], TIME).expect_err("there is no such core");
        assert!(error.to_string().contains("1023"), "{error}");
    }
}
