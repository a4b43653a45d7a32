// SPDX-License-Identifier: GPL-2.0
//! Counting instructions, in a guest whose clock does.
//!
//! There is one CPU. The control task sleeps while it is measured; the packets end at a UDP socket
//! that nobody reads and whose buffer is full, so each of them takes the same way through the
//! stack and frees its memory at the end of it.

mod background;
mod checks;
mod modes;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use clap::ValueEnum;

use self::background::{Background, Left};
use self::checks::Counts;
use crate::cost::event::{Found, Sample};
use crate::cost::plan::{order, Load, Mode, Rhythm};
use crate::guest::{clock, cpu, emit, set_up, testnic};
use crate::line::Step;
use crate::{Error, Result};

/// The only one.
const CPU: usize = 0;
/// Lets what a change of the mode left behind come to an end.
const SETTLE: Duration = Duration::from_millis(50);
/// A sleep before each reading, so that all readings come at the same place of a wake-up.
const REST: Duration = Duration::from_millis(2);
/// From the start of a load to its first packet: the housekeeping window in which KBP lets us start
/// it is over by then (it lasts 4 ms at most when nothing comes).
const LEAD: Duration = Duration::from_millis(10);
/// How much longer than its packets come a load is measured.
const TAIL: Duration = Duration::from_millis(10);
/// How long a quiet CPU is measured.
const QUIET: Duration = Duration::from_millis(200);

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Repetitions of every measurement
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub rounds: u32,
    /// Who polls; without `softirq` there is nothing to compare with
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Mode::value_variants())]
    pub modes: Vec<Mode>,
}

/// Measures everything, one line of JSON after the other on stdout.
pub fn run(options: &Options, stop: &AtomicBool) -> Result<()> {
    cpu::pin(CPU)?;
    let ns_per_instruction = clock::ready()?;
    testnic::set_up()?;
    let _full = testnic::full_socket()?;
    set_up("")?;
    emit(&Found::Clock { ns_per_instruction })?;
    for round in 1..=options.rounds {
        for mode in order(&options.modes, round) {
            modes::enter(mode, CPU)?;
            let background = Background::start(mode, CPU)?;
            thread::sleep(SETTLE);
            // Fills the socket, and the caches that the allocator keeps for packets.
            load(Load::Packets(8), &background)?;
            for step in Load::all(mode) {
                if stop.load(Ordering::Relaxed) {
                    return Err(Error::Interrupted);
                }
                let left = sample(mode, step, &background).map_err(|error| {
                    Error::Other(format!("{mode}, {step:?}, round {round}: {error}"))
                })?;
                emit(&Found::Sample(Sample {
                    round,
                    mode,
                    load: step,
                    time_ns: left.time_ns,
                    left: left.units,
                    held: left.held,
                    looks: left.looks,
                    looks_ns: left.looks_ns,
                    ticks: ticks_within(step)?,
                }))?;
            }
            modes::confirm(mode, CPU)?;
        }
    }
    emit(&Step::Done)
}

/// Measures one load, and checks that what was counted is what was meant.
fn sample(mode: Mode, step: Load, background: &Background) -> Result<Left> {
    let before = Counts::read(mode, CPU)?;
    let measured = load(step, background)?;
    Counts::read(mode, CPU)?.since(&before).check(mode, step)?;
    Ok(measured)
}

fn load(step: Load, background: &Background) -> Result<Left> {
    let length = match step.rhythm() {
        None => QUIET,
        Some(rhythm) => {
            configure(step, rhythm)?;
            LEAD + Duration::from_nanos(rhythm.period_ns * rhythm.interrupts) + TAIL
        }
    };
    thread::sleep(REST);
    let before = background.read()?;
    if step != Load::Quiet {
        testnic::write("run", "1")?;
    }
    thread::sleep(length);
    let measured = background.read()?.since(&before)?;
    if testnic::read("run")?.trim() != "0" {
        return Err(Error::Other(format!(
            "the packets were not all polled within {length:?}"
        )));
    }
    Ok(measured)
}

/// The interrupts that fell into the measured time. An idle CPU means a housekeeping window of KBP;
/// the spinning task never leaves it idle.
fn ticks_within(step: Load) -> Result<u64> {
    if step == Load::Quiet {
        return Ok(0);
    }
    let stats = testnic::read("stats")?;
    Ok(testnic::number(&stats, "ticks")? - testnic::number(&stats, "ticks_idle")?)
}

fn configure(step: Load, rhythm: Rhythm) -> Result<()> {
    let hook = if step.packets() > 0 { "irqoff" } else { "none" };
    testnic::write(
        "config",
        &format!(
            "cpu={CPU} lead_ns={} period_ns={} burst={} count={} cost_ns=0 csum=unnecessary port={} hook={hook}",
            LEAD.as_nanos(),
            rhythm.period_ns,
            rhythm.batch,
            rhythm.packets(),
            testnic::PORT
        ),
    )?;
    testnic::write("reset", "1")
}
