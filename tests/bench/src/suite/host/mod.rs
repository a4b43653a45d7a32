// SPDX-License-Identifier: GPL-2.0
//! The benchmark: boots one guest of each kind that is needed, gives it its cells, answers with traffic where a
//! row wants it, keeps the outcomes, reports.

mod collect;
mod conditions;
mod guests;
mod store;
mod switch;
mod tcp;
pub(crate) mod traffic;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::Duration;

use kbp_vm::cable::Held;
use kbp_vm::cache::Layout;
use kbp_vm::udp::Load;
use kbp_vm::Vm;

use self::collect::{Collector, Observed};
use self::store::{Identity, Store};
use self::switch::Watch;
use self::tcp::Requests;
use self::traffic::Traffic;
use crate::event::ready_mark;
use crate::host::progress::Progress;
use crate::host::{environment, verdict};
use crate::suite::cell::{Boot, Cell, Transport, Wire, Workload};
use crate::suite::outcome::Left;
use crate::suite::plan::{cells, matches, Job, Scale, END_MARK};
use crate::suite::report;
use crate::{Error, Result};

/// How long the boot may take.
const BOOT: Duration = Duration::from_secs(240);
/// How long a cell may take beside its packets: modes, containers, settling between the trials of a search.
const BESIDE: Duration = Duration::from_secs(120);
/// Trials of a search, at the most.
const TRIALS: u32 = 60;
/// One CPU for control and the receiver, one for the receive path.
const GUEST_CPUS: u32 = 2;
/// Where the guest finds its job.
const PLAN: &str = "/root/plan.json";
/// Ethernet header and check sequence, IPv4 and UDP headers.
const HEADERS: usize = 46;

/// What to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// Suite or release of the guest's kernel.
    pub kernel: String,
    /// How much.
    pub scale: Scale,
    /// Words of the cells that are wanted; none: all.
    pub filters: Vec<String>,
    /// Forget what an earlier run has measured.
    pub fresh: bool,
    /// Where the report goes.
    pub out: PathBuf,
}

/// Runs it. The answer says whether all that was verified is as it must be.
pub fn run(options: &Options, stop: &Arc<AtomicBool>) -> Result<bool> {
    let progress = Progress::start();
    let layout = Layout::find()?;
    let before = conditions::Before::look();
    let kernel = layout.kernel(&options.kernel)?;
    let identity = Identity {
        kernel: kernel.release.clone(),
        commit: environment::commit(&layout),
        scale: options.scale,
    };
    let store = Store::open(&options.out, &identity, options.fresh)?;
    let wanted = cells(options.scale, |cell| matches(&options.filters, cell));
    if wanted.is_empty() {
        return Err(Error::Other(format!(
            "no cell has all words of any of {:?} in its name; names are like delay-quiet/kbp-armed/1",
            options.filters
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
    for (boot, _) in &groups {
        // Better now than after an hour of the others.
        guests::of_kind(*boot, &options.kernel)?;
    }
    let mut store = store;
    for (boot, cells) in groups {
        store = measure(options, store, (boot, cells), &progress, stop)?;
    }
    let note = store.note();
    let conditions = conditions::gather(&kernel, options.scale, before, &progress, planned, note)?;
    let (outcomes, left) = (&store.outcomes, &store.left);
    let judgement = report::write(outcomes, left, &conditions, &options.out)?;
    println!("{}", report::text(outcomes, left, &conditions));
    println!(
        "report: {}/report.html, report.json, report.csv, hlog/",
        options.out.display()
    );
    Ok(judgement.ok())
}

fn measure(
    options: &Options,
    store: Store,
    (boot, cells): (Boot, Vec<Cell>),
    progress: &Progress,
    stop: &Arc<AtomicBool>,
) -> Result<Store> {
    let job = Job {
        length_ms: options.scale.length().as_millis() as u64,
        cells,
    };
    let each = job.cells.iter().map(|cell| patience(cell, job.length()));
    let limit: Duration = each.sum();
    let plan = tempfile::NamedTempFile::new().map_err(Error::doing("cannot make a file"))?;
    let text = serde_json::to_string(&job)
        .map_err(|error| Error::Other(format!("cannot write the job: {error}")))?;
    fs::write(plan.path(), text).map_err(Error::at("write", plan.path()))?;
    let guest = guests::with_places(guests::of_kind(boot, &options.kernel)?, boot, &job);
    let config = guest
        .smp(GUEST_CPUS)
        .copy(plan.path(), PLAN)
        .script(format!("exec kbp-bench measure-suite --plan {PLAN}"))
        .timeout(Some(BOOT + limit))
        .interrupt(stop.clone());
    progress.line(&format!(
        "booting a guest with kernel {}; {} cells",
        options.kernel,
        job.cells.len()
    ));
    let mut vm = match Vm::boot(config) {
        Err(kbp_vm::Error::NoSwitch(why)) => return Ok(leave_out(store, &job, &why, progress)),
        booted => booted?,
    };
    let collector = Collector::new(store, progress.clone(), job.cells.len());
    vm.on_output(collector.sink());
    let followed = follow(&mut vm, &job, limit, &collector);
    let verdict = match followed {
        Ok(()) => vm.wait()?.verdict,
        Err(_) if stop.load(Ordering::Relaxed) => return Err(Error::Interrupted),
        // The guest's own words say more than that it ended too early.
        Err(error) => return Err(collector.complaint().map_or(error, Error::Other)),
    };
    verdict::judge(verdict, collector.complaint(), "kbp-bench measure-suite")?;
    collector.finish()
}

/// How long a cell may take.
fn patience(cell: &Cell, length: Duration) -> Duration {
    match cell.row.workload {
        Workload::ZeroLoss { .. } => length / 2 * TRIALS + BESIDE,
        _ => length * 2 + BESIDE,
    }
}

/// Notes that nothing of the job can be measured here for want of the switch.
fn leave_out(mut store: Store, job: &Job, why: &str, progress: &Progress) -> Store {
    let why = format!("no Open vSwitch with DPDK: {why}");
    progress.line(&format!("{} cells left out, {why}", job.cells.len()));
    for cell in &job.cells {
        store.leave_for_now(Left {
            row: cell.row.name.clone(),
            mode: cell.mode,
            why: why.clone(),
        });
    }
    store
}

/// Sends traffic whenever the guest is ready for some.
fn follow(vm: &mut Vm, job: &Job, limit: Duration, collector: &Collector) -> Result<()> {
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
        let cable = vm
            .cable(cell.row.workload.wire().nic())
            .ok_or_else(|| Error::Other("the guest has no cable".into()))?;
        let watch = vm.switch().map(Watch::begin).transpose()?;
        let traffic = send(cell, job.length(), &cable, index as u64)?;
        let through = cell.row.workload.wire() == Wire::OvsDpdk;
        let switch = watch.map(|watch| watch.end(through, traffic.received));
        collector.traffic(Observed {
            id: cell.id(),
            traffic,
            switch: switch.transpose()?,
        });
    }
}

/// The traffic of a cell.
fn send(cell: &Cell, length: Duration, cable: &Held<'_>, index: u64) -> Result<Traffic> {
    let Workload::RoundTrip {
        transport,
        frame,
        rate,
        flows,
        ..
    } = cell.row.workload
    else {
        return Err(Error::Other(format!("{} has no traffic", cell.id())));
    };
    let count = (length.as_millis() as u64 * u64::from(rate) / 1000).max(1);
    match transport {
        Transport::Udp => {
            let load = Load {
                count,
                rate,
                payload: frame as usize - HEADERS,
                flows,
                ..Load::default()
            };
            traffic::measure(cable, index, &load)
        }
        Transport::Tcp => tcp::measure(cable, index, Requests { count, rate, frame }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_may_take_all_its_trials() {
        let length = Scale::Paper.length();
        let cells = cells(Scale::Paper, |cell| {
            matches(&["zero-loss-64/softirq/1".into()], cell)
        });
        // Both ways into containers among them; a trial takes half of the length.
        assert_eq!(cells.len(), 3);
        for cell in &cells {
            assert!(patience(cell, length) >= length / 2 * TRIALS);
        }
    }
}
