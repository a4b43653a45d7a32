// SPDX-License-Identifier: GPL-2.0
//! The clock that counts instructions.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::time::TimeSpec;
use nix::time::{clock_gettime, clock_nanosleep, ClockId, ClockNanosleepFlags};

use super::sys;
use super::wait::until;
use crate::{Error, Result};

/// A guest that has just booted is left alone that long. It idles, so this costs the host nothing.
const CALM: Duration = Duration::from_secs(3);
/// How long the kernel may take to choose its clock.
const CLOCK_LIMIT: Duration = Duration::from_secs(20);
/// How far an instruction may be from a nanosecond.
const CLOCK_ERROR: f64 = 0.005;

/// Sleeps until the next full second of the monotonic clock. What begins then does not hang on how
/// long the host took for what was before, and finds the kernel's timers as in every other run.
pub(crate) fn full_second() -> Result<()> {
    full(Duration::from_secs(1))
}

/// The same until the next moment whose time is so many of these periods.
pub(crate) fn full(period: Duration) -> Result<()> {
    let failed = || Error::doing("cannot sleep until a full period of the clock");
    let clock = ClockId::CLOCK_MONOTONIC;
    let now = Duration::from(clock_gettime(clock).map_err(failed())?);
    let periods = now.as_nanos() / period.as_nanos() + 1;
    let next = TimeSpec::from(Duration::from_nanos((periods * period.as_nanos()) as u64));
    let slept = clock_nanosleep(clock, ClockNanosleepFlags::TIMER_ABSTIME, &next);
    slept.map(drop).map_err(failed())
}

/// Returns once the clock is what it must be: nanoseconds for an instruction.
pub(crate) fn ready() -> Result<f64> {
    wait()?;
    check()
}

/// The kernel takes a clock of its own first and changes to the TSC when it has come to know it.
fn wait() -> Result<()> {
    let path = Path::new("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    let mut clock = String::new();
    let right = until(CLOCK_LIMIT, || {
        clock = fs::read_to_string(path).unwrap_or_default();
        clock.trim() == "tsc"
    });
    match right {
        true => Ok(()),
        false => Err(Error::Other(format!(
            "the guest's clock is {}, and only tsc counts instructions",
            clock.trim()
        ))),
    }
}

/// Nanoseconds for an instruction, once the kernel has come to rest: for seconds after the boot its
/// workers take most of the CPU. Interruptions only add, so the least of a few tries is the truth.
fn check() -> Result<f64> {
    const INSTRUCTIONS: u32 = 96_000;
    let once = || {
        let start = Instant::now();
        sys::execute(INSTRUCTIONS);
        start.elapsed().as_nanos() as f64 / f64::from(INSTRUCTIONS)
    };
    let start = Instant::now();
    loop {
        thread::sleep(CALM);
        let least = (0..9).map(|_| once()).fold(f64::INFINITY, f64::min);
        if (least - 1.0).abs() <= CLOCK_ERROR {
            return Ok(least);
        }
        if start.elapsed() > CLOCK_LIMIT {
            return Err(Error::Other(format!(
                "an instruction takes {least:.4} ns of this guest's clock, not 1: it does not \
                 count instructions (use 'kbp-bench cost' or 'delay' on the host, or kbp-vm with --icount)"
            )));
        }
    }
}
