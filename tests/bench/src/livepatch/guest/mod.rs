// SPDX-License-Identifier: GPL-2.0
//! Loads and unloads somebody else's livepatch while a poller has no rest.

mod foreign;
mod subject;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use self::subject::Running;
use crate::guest::hog::Hog;
use crate::guest::{cpu, emit, set_up, testnic};
use crate::line::Step;
use crate::livepatch::event::{Direction, Found, Subject, Transition, LIMIT_S};
use crate::{Error, Result};

/// Who measures.
const CONTROL_CPU: usize = 0;
/// Who polls.
const NIC_CPU: usize = 1;
/// More packets than the CPU can take: 4 in each millisecond that cost 0.26 ms each.
const LOAD: &str = "cpu=1 period_ns=1000000 burst=4 cost_ns=260000 count=0 hook=irqoff";
/// Until the ring is full and the poller does not come to rest any more.
const FILL: Duration = Duration::from_secs(2);
const LIMIT: Duration = Duration::from_secs(LIMIT_S);

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// How often the livepatch goes in and out
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub rounds: u32,
}

/// Measures everything, one line of JSON after the other on stdout.
pub fn run(options: &Options, stop: &AtomicBool) -> Result<()> {
    cpu::pin(CONTROL_CPU)?;
    testnic::set_up()?;
    testnic::shape(1, 64)?;
    set_up("")?;
    for subject in Subject::ALL {
        let running = Running::start(subject, NIC_CPU)?;
        let hog = Hog::spawn(NIC_CPU)?;
        testnic::write("config", LOAD)?;
        testnic::write("reset", "1")?;
        testnic::write("run", "1")?;
        thread::sleep(FILL);
        let measured = transitions(subject, options.rounds, stop);
        // Whoever polls gets rest before anything else: only then a transition that hangs can end.
        testnic::write("run", "0")?;
        running.stop()?;
        drop(hog);
        foreign::gone(LIMIT)?;
        measured?;
    }
    emit(&Step::Done)
}

fn transitions(subject: Subject, rounds: u32, stop: &AtomicBool) -> Result<()> {
    for round in 1..=rounds {
        for direction in [Direction::In, Direction::Out] {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            let before = counts()?;
            let took = match direction {
                Direction::In => foreign::load(LIMIT)?,
                Direction::Out => foreign::unload(LIMIT)?,
            };
            let after = counts()?;
            let held_by = match took {
                Some(_) => Vec::new(),
                None => foreign::waits_for(direction)?,
            };
            let transition = Transition {
                subject,
                round,
                direction,
                took_ms: took.map(|took| took.as_millis().try_into().unwrap_or(u64::MAX)),
                held_by,
                packets: after.0 - before.0,
                overflow: after.1 - before.1,
            };
            if transition.packets == 0 || transition.overflow == 0 {
                return Err(Error::Other(format!(
                    "the poller was not busy all the time: {transition:?}"
                )));
            }
            emit(&Found::Transition(transition))?;
            if took.is_none() {
                // The next one would wait for this one.
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Packets polled and packets that found the ring full.
fn counts() -> Result<(u64, u64)> {
    let stats = testnic::read("stats")?;
    let of = |key| testnic::number(&stats, key);
    Ok((of("delivered")?, of("dropped_overflow")?))
}
