// SPDX-License-Identifier: GPL-2.0
//! Measuring in a guest whose clock counts instructions.
//!
//! There is one CPU. The control task sleeps while packets come; they end at a UDP socket that nobody
//! reads and whose buffer is full, or at a program that waits for them. KBP's modules are loaded only
//! where KBP polls, so that everything is compared with a kernel as it comes.

mod beside;
mod end;
mod run;
mod search;
mod symbols;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use self::beside::Neighbour;
use self::end::End;
use self::run::{play, Run, LEAD};
use super::event::{Cell, Found};
use super::rows::{self, Beside, Row};
use crate::guest::device::Device;
use crate::guest::hog::Hog;
use crate::guest::kbp::kbpctl;
use crate::guest::polling::{self, Polling};
use crate::guest::testnic::Order;
use crate::guest::{clock, cpu, emit, host, rate, set_up, testnic};
use crate::line::Step;
use crate::mode::Mode;
use crate::{Error, Result};

/// The only one.
const CPU: usize = 0;
/// Lets what a change left behind come to an end.
const SETTLE: Duration = Duration::from_millis(50);
/// How long the spinning task is alone, to know what it gets then.
const ALONE: Duration = Duration::from_millis(200);
/// A rate is tried for so long.
const TRIAL: Duration = Duration::from_millis(200);
/// A trial begins at a multiple of this, of which the kernel's ticks are divisors: each mode meets them, and
/// the softirq beside the packets, as the others do.
const BAR: Duration = Duration::from_millis(20);
/// Packets come that long before the measured ones.
const WARM_UP: u64 = 20;

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Who polls; without `softirq` there is nothing to compare with
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = MODES)]
    pub modes: Vec<Mode>,
    /// Only rows whose names contain one of these; =NAME is the row of that name
    #[arg(long, value_delimiter = ',', value_name = "TEXT")]
    pub rows: Vec<String>,
    /// Count the instructions of each function on a packet's way, too, for so many interrupts, into
    /// path.md; a poller that spins writes 100 MB for each 10 ms
    #[arg(long, value_name = "INTERRUPTS", value_parser = clap::value_parser!(u64).range(1..))]
    pub instructions: Option<u64>,
    /// Of those rows each second one, from the first (0) or from the second (1) on
    #[arg(long, hide = true, value_parser = clap::value_parser!(u8).range(0..PARTS as i64))]
    pub part: Option<u8>,
}

/// Guests that share a whole run; what one of them finds does not depend on the others.
const PARTS: u8 = 2;
/// From so many cells on a second boot takes less time than it spares.
const WORTH_PARTS: usize = 16;

/// Those that one CPU with nobody at the socket can show, the ones without KBP first.
const MODES: [Mode; 8] = [
    Mode::Softirq,
    Mode::Threaded,
    Mode::ThreadedBusyPoll,
    Mode::Defer,
    Mode::KbpArmed,
    Mode::KbpMasked,
    Mode::KbpAdaptive,
    Mode::KbpReserve,
];

impl Options {
    /// The rows that are asked for.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = rows::all();
        let wanted = |row: &Row| {
            self.rows.iter().any(|text| match text.strip_prefix('=') {
                Some(name) => row.name == name,
                None => row.name.contains(text.as_str()),
            })
        };
        rows.retain(|row| self.rows.is_empty() || wanted(row));
        let mine = |index: usize| {
            self.part
                .is_none_or(|part| index % usize::from(PARTS) == usize::from(part))
        };
        let rows = rows.into_iter().enumerate();
        rows.filter_map(|(index, row)| mine(index).then_some(row))
            .collect()
    }

    /// What each guest measures.
    pub fn parts(&self) -> Vec<Options> {
        // The instructions are written one row after the other.
        if self.instructions.is_some() || self.rows().len() * self.modes.len() < WORTH_PARTS {
            return vec![self.clone()];
        }
        let part = |part| Options {
            part: Some(part),
            ..self.clone()
        };
        (0..PARTS).map(part).collect()
    }

    /// As words of the command line.
    pub fn words(&self) -> String {
        let modes: Vec<String> = self.modes.iter().map(ToString::to_string).collect();
        let mut words = format!("--modes {}", modes.join(","));
        if !self.rows.is_empty() {
            words += &format!(" --rows '{}'", self.rows.join(","));
        }
        if let Some(interrupts) = self.instructions {
            words += &format!(" --instructions {interrupts}");
        }
        if let Some(part) = self.part {
            words += &format!(" --part {part}");
        }
        words
    }
}

/// Measures everything, one line of JSON after the other on stdout.
pub fn run(options: &Options, stop: &AtomicBool) -> Result<()> {
    cpu::pin(CPU)?;
    let ns_per_instruction = clock::ready()?;
    testnic::set_up()?;
    let alone = turns_alone()?;
    set_up("one CPU; KBP's modules are loaded in KBP's modes only")?;
    emit(&Found::Clock { ns_per_instruction })?;
    if options.instructions.is_some() {
        symbols::tell(false)?;
    }
    let nic = Device(testnic::INTERFACE);
    let rows = options.rows();
    for same in rows.chunk_by(|a, b| a.shape() == b.shape()) {
        for mode in &options.modes {
            let Some(polling) = enter(*mode, same[0].shape(), &nic)? else {
                continue;
            };
            if options.instructions.is_some() {
                symbols::tell(true)?;
            }
            for row in same {
                if stop.load(Ordering::Relaxed) {
                    return Err(Error::Interrupted);
                }
                let wrong = |error| Error::Other(format!("{}/{mode}: {error}", row.name));
                let cell = cell(row, (*mode, &polling), &nic, alone).map_err(wrong)?;
                emit(&Found::Cell(Box::new(cell)))?;
                if let Some(interrupts) = options.instructions {
                    follow(row, *mode, &nic, interrupts).map_err(wrong)?;
                }
            }
            polling::leave(&nic, CPU)?;
        }
    }
    emit(&Step::Done)
}

/// Puts a mode in effect for so many queues of that length; none if this kernel lacks it, which is told.
fn enter(mode: Mode, (queues, ring): (u32, u32), nic: &Device) -> Result<Option<Polling>> {
    clock::full_second()?;
    kbpctl(&[if mode.is_kbp() { "load" } else { "unload" }])?;
    testnic::shape(queues, ring)?;
    if let Some(why) = polling::missing(mode, nic, CPU)? {
        emit(&Found::Left { mode, why })?;
        return Ok(None);
    }
    clock::full_second()?;
    Polling::enter(mode, nic, CPU, &["--force"]).map(Some)
}

fn cell(row: &Row, (mode, polling): (Mode, &Polling), nic: &Device, alone: f64) -> Result<Cell> {
    clock::full_second()?;
    by_backlog(nic, row.backlog)?;
    let end = End::make(row.program, CPU)?;
    let neighbour = Neighbour::start(row.beside, CPU)?;
    thread::sleep(SETTLE);
    let order = Order {
        lead: LEAD,
        ..row.order
    };
    play(&Order {
        count: u64::from(order.burst) * WARM_UP,
        tasklet: None,
        ..order
    })?;
    let trial = |order: &Order, moment| {
        clock::full(BAR)?;
        thread::sleep(moment);
        Run::of(order, &end, &neighbour)
    };
    let (rate, run) = match row.search {
        None => (None, Run::of(&order, &end, &neighbour)?),
        Some(frame) => {
            let at_rate = |rate, moment| trial(&at(rate, frame, &order), moment);
            match search::highest(at_rate, |run| run.lost > 0)? {
                Some((rate, run)) => (Some(rate), run),
                // Of what loses at every rate the row's own order is shown.
                None => (Some(0), trial(&order, Duration::ZERO)?),
            }
        }
    };
    drop(neighbour);
    let share = run.turns as f64 / run.time.as_nanos() as f64 / alone;
    Ok(Cell {
        row: row.name.clone(),
        mode,
        delay: run.delay,
        lost: run.lost,
        share: (row.beside == Beside::Spin).then_some(share),
        time_ns: run.time.as_nanos() as u64,
        rate,
        net_rx: run.net_rx,
        evidence: polling.evidence(nic, run.net_rx)?,
    })
}

fn at(rate: u64, frame: u32, order: &Order) -> Order {
    Order {
        lead: order.lead,
        tasklet: order.tasklet,
        ..rate::order(rate, frame, TRIAL)
    }
}

/// RPS steers packets to the only CPU, which brings them into its backlog; or it does not.
fn by_backlog(nic: &Device, by_backlog: bool) -> Result<()> {
    nic.set("queues/rx-0/rps_cpus", if by_backlog { "1" } else { "0" })
}

/// Has the host write the instructions of some packets.
fn follow(row: &Row, mode: Mode, nic: &Device, interrupts: u64) -> Result<()> {
    clock::full_second()?;
    by_backlog(nic, row.backlog)?;
    let _end = End::make(row.program, CPU)?;
    let _neighbour = Neighbour::start(row.beside, CPU)?;
    thread::sleep(SETTLE);
    host::ask(&format!("instructions {}-{mode}", row.name))?;
    play(&Order {
        lead: LEAD,
        count: u64::from(row.order.burst) * interrupts,
        tasklet: None,
        ..row.order
    })?;
    host::ask("instructions")?;
    emit(&Found::Followed {
        row: row.name.clone(),
        mode,
    })
}

/// Turns of the spinning task for a nanosecond when nobody else wants the CPU.
fn turns_alone() -> Result<f64> {
    let hog = Hog::counting(CPU)?;
    let (turns, start) = (hog.turns(), Instant::now());
    thread::sleep(ALONE);
    Ok((hog.turns() - turns) as f64 / start.elapsed().as_nanos() as f64)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    fn options(words: &str) -> Options {
        Line::parse_from(format!("x {words}").replace('\'', "").split_whitespace()).options
    }

    #[test]
    fn the_guests_of_a_run_share_its_rows() {
        let whole = options("--modes softirq,kbp-armed");
        let parts = whole.parts();
        assert_eq!(parts.len(), 2);
        let all: Vec<Row> = whole.rows();
        let mut shared = [parts[0].rows(), parts[1].rows()].concat();
        assert!(parts[0].rows().len().abs_diff(parts[1].rows().len()) <= 1);
        shared.sort_by_key(|row| all.iter().position(|other| other == row));
        assert_eq!(shared, all);
    }

    #[test]
    fn few_cells_and_instructions_are_one_guests() {
        for words in ["--modes softirq --rows quiet", "--instructions 20"] {
            assert_eq!(options(words).parts().len(), 1, "{words}");
        }
    }

    #[test]
    fn words_say_the_same_again() {
        let words = "--modes softirq,kbp-reserve --rows 'quiet,spin' --instructions 3 --part 1";
        assert_eq!(options(words).words(), words);
        assert_eq!(options(&options("").words()).rows(), options("").rows());
    }
}
