// SPDX-License-Identifier: GPL-2.0
//! The benchmark: boots one guest of each kind that is needed, gives it its cells, answers with
//! traffic where a row wants it, keeps the outcomes, reports.

mod collect;
mod conditions;
mod guests;
mod store;
mod switch;
mod tcp;
mod traffic;

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::Arc;
use std::time::Duration;

use kbp_vm::cache::Layout;
use kbp_vm::udp::Load;
use kbp_vm::Vm;
use maud::Markup;

use self::collect::Collector;
use self::store::{Identity, Store};
use self::switch::{Seen, Watch};
use self::tcp::Requests;
use self::traffic::Traffic;
use crate::host::progress::Progress;
use crate::host::{environment, follow};
use crate::suite::cell::{Boot, Cell, Transport, Wire, Workload};
use crate::suite::plan::{cells, matches, ready_mark, Job, END_MARK};
use crate::suite::report::{self, Run};
use crate::suite::scale::Scale;
use crate::{Error, Result};

/// How long the boot may take.
const BOOT: Duration = Duration::from_secs(240);
/// How long a cell may take beside its packets: modes, containers, settling between the trials of a
/// search.
const BESIDE: Duration = Duration::from_secs(120);
/// Trials of a search, at the most.
const TRIALS: u32 = 60;
/// Where the guest finds its job.
const PLAN: &str = "/root/plan.json";
/// Guests of one kind, at the most. What fails is tried twice; a guest that dies takes time of all.
const GUESTS: u32 = 4;
/// Ethernet header and check sequence, IPv4 and UDP headers.
const HEADERS: usize = 46;

/// What to do.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Suite (like trixie-backports) or exact release of the guest's kernel
    #[arg(long)]
    pub kernel: String,
    /// How much to measure
    #[arg(long, visible_alias = "scale", value_enum, default_value_t = Scale::Quick)]
    pub preset: Scale,
    /// Repetitions of every measurement, instead of the preset's own
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub rounds: Option<u32>,
    /// Only cells whose name, row/mode/round, has all these words (repeatable: any of them)
    #[arg(long, value_name = "WORDS")]
    pub filter: Vec<String>,
    /// Measure again what an interrupted run has measured already
    #[arg(long)]
    pub fresh: bool,
    /// Folder for the outcomes and the report
    #[arg(long, default_value = "out/bench")]
    pub out: PathBuf,
}

/// A run under way.
struct Suite<'a> {
    options: &'a Options,
    progress: Progress,
    collector: Collector,
    stop: &'a Arc<AtomicBool>,
}

/// Runs it. On the page `first` stands before what is measured here. The answer says whether all that
/// was verified is as it must be.
pub fn run(options: &Options, first: Option<&Markup>, stop: &Arc<AtomicBool>) -> Result<bool> {
    let progress = Progress::start();
    let layout = Layout::find()?;
    let load_before = environment::load();
    let kernel = layout.kernel(&options.kernel)?;
    let identity = Identity {
        kernel: kernel.release.clone(),
        commit: environment::commit(&layout),
        scale: options.preset,
    };
    let store = Store::open(&options.out, &identity, options.fresh)?;
    let wanted = cells(options.preset, options.rounds, |cell| {
        matches(&options.filter, cell)
    });
    if wanted.is_empty() {
        return Err(Error::Other(format!(
            "no cell has all words of any of {:?} in its name; names are like delay-quiet/kbp-armed/1",
            options.filter
        )));
    }
    let planned: Vec<String> = wanted.iter().map(Cell::id).collect();
    let total = wanted.len();
    let missing = store.missing(wanted);
    if missing.len() < total {
        progress.line(&format!(
            "{} of {total} cells are measured already; --fresh forgets them",
            total - missing.len()
        ));
    }
    let groups = guests::by_boot(missing);
    for boot in groups.keys() {
        // Better now than after an hour of the others.
        guests::of_kind(*boot, &options.kernel)?;
    }
    let suite = Suite {
        options,
        collector: Collector::new(store, progress.clone()),
        progress,
        stop,
    };
    let mut last = None;
    for (boot, cells) in groups {
        last = suite.measure(boot, cells)?.or(last);
    }
    let store = suite.collector.finish()?;
    if let (true, Some(error)) = (store.outcomes.is_empty(), last) {
        return Err(error);
    }
    let (scale, progress) = (options.preset, &suite.progress);
    let conditions =
        conditions::gather(&kernel, scale, load_before, progress, planned, store.note)?;
    let run = Run {
        outcomes: store.outcomes,
        left: store.left,
        failed: store.failed,
        conditions,
    };
    let report = report::write(&run, first, &options.out)?;
    println!("{}", report::text(&report));
    println!(
        "report: {}/report.html, report.svg, report.json, report.csv, hlog/",
        options.out.display()
    );
    Ok(report.judgement.ok())
}

impl Suite<'_> {
    /// Measures these cells in guests of one kind until each is measured or was tried often enough.
    /// The answer is why a guest was lost, if one was.
    fn measure(&self, boot: Boot, cells: Vec<Cell>) -> Result<Option<Error>> {
        let (mut left, mut last, mut useless) = (cells.clone(), None, 0);
        for _ in 0..GUESTS {
            let ended = self.in_guest(boot, left);
            left = self.collector.again(cells.clone())?;
            match ended {
                Ok(()) => {}
                Err(Error::Interrupted) => return Err(Error::Interrupted),
                Err(Error::Vm(kbp_vm::Error::NoSwitch(why))) => {
                    let why = format!("no Open vSwitch with DPDK: {why}");
                    self.collector.leave_out(&cells, &why);
                    return Ok(None);
                }
                Err(error) => {
                    self.progress.line(&format!("the guest was lost: {error}"));
                    self.collector.lost(&error.to_string());
                    last = Some(error);
                }
            }
            let came_on = self.collector.came_on();
            useless = if came_on { 0 } else { useless + 1 };
            if left.is_empty() || useless == 2 {
                break;
            }
        }
        let mut why = "no guest came to it".to_owned();
        why.extend(last.iter().map(|error| format!(": {error}")));
        self.collector.give_up(cells, &why);
        Ok(last)
    }

    /// Boots a guest and has it measure these cells.
    fn in_guest(&self, boot: Boot, cells: Vec<Cell>) -> Result<()> {
        let (kernel, steps) = (&self.options.kernel, cells.len());
        let length = self.options.preset.length();
        let job = Job { length, cells };
        let each = job.cells.iter().map(|cell| patience(cell, length));
        let limit: Duration = each.sum();
        let plan = tempfile::NamedTempFile::new().map_err(Error::doing("cannot make a file"))?;
        serde_json::to_writer(&plan, &job).map_err(Error::at("write", plan.path()))?;
        let guest = guests::with_places(guests::of_kind(boot, kernel)?, boot, &job);
        let config = guest
            .copy(plan.path(), PLAN)
            .script(format!("exec kbp-bench measure-suite --plan {PLAN}"))
            .timeout(Some(BOOT + limit));
        let text = format!("booting a guest with kernel {kernel}; {steps} cells");
        self.progress.line(&text);
        let taker = self.collector.clone();
        let take = move |line| taker.take(line, steps);
        let drive = |vm: &mut Vm| answer(vm, &job, limit, &self.collector);
        follow::guest(config, &self.progress, self.stop, take, drive)
    }
}

/// How long a cell may take.
fn patience(cell: &Cell, length: Duration) -> Duration {
    match cell.row.workload {
        Workload::ZeroLoss { .. } => length / 2 * TRIALS + BESIDE,
        _ => length * 2 + BESIDE,
    }
}

/// Sends traffic whenever the guest is ready for some.
fn answer(vm: &mut Vm, job: &Job, limit: Duration, collector: &Collector) -> Result<()> {
    vm.wait_ready(BOOT)?;
    loop {
        // Between two marks there may be any number of cells without traffic.
        let mark = vm.next_mark(limit)?;
        if mark == END_MARK {
            return Ok(());
        }
        let at = (0..job.cells.len()).find(|index| mark == ready_mark(*index));
        let Some(index) = at else {
            return Err(Error::Other(format!(
                "the guest left an unknown mark, '{mark}'"
            )));
        };
        let cell = &job.cells[index];
        let seen = watched(vm, cell, job.length, index as u64);
        collector.observed(seen.map_err(|error| error.to_string()));
    }
}

/// The traffic of a cell, and what the switch did meanwhile, where one runs.
fn watched(vm: &Vm, cell: &Cell, length: Duration, index: u64) -> Result<(Traffic, Option<Seen>)> {
    let Workload::RoundTrip {
        transport,
        frame,
        rate,
        flows,
        wire,
        ..
    } = cell.row.workload
    else {
        return Err(Error::Other(format!("{} has no traffic", cell.id())));
    };
    let cable = vm
        .cable(wire.nic())
        .ok_or_else(|| Error::Other("the guest has no cable".into()))?;
    let watch = vm.switch().map(Watch::begin).transpose()?;
    let count = (length.as_millis() as u64 * u64::from(rate) / 1000).max(1);
    let load = Load {
        count,
        rate,
        payload: frame as usize - HEADERS,
        flows,
        ..Load::default()
    };
    let traffic = match transport {
        Transport::Udp => traffic::measure(&cable, index, &load)?,
        Transport::Tcp => tcp::measure(&cable, index, Requests { count, rate, frame })?,
    };
    let through = wire == Wire::OvsDpdk;
    let seen = watch.map(|watch| watch.end(through, traffic.packets.received));
    Ok((traffic, seen.transpose()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_may_take_all_its_trials() {
        let length = Scale::Paper.length();
        let searches = cells(Scale::Paper, None, |cell| {
            cell.row.name.contains("zero-loss")
        });
        for cell in searches {
            // A trial takes half of the length.
            assert!(patience(&cell, length) >= length / 2 * TRIALS);
        }
    }
}
