// SPDX-License-Identifier: GPL-2.0
//! The benchmark: boots one guest of each kind that is needed, gives it its cells, answers with traffic where a
//! row wants it, keeps the outcomes, reports.

mod collect;
mod conditions;
mod store;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::Duration;

use kbp_vm::cache::Layout;
use kbp_vm::udp::Load;
use kbp_vm::{image, Vm, VmConfig};

use self::collect::Collector;
use self::store::{Identity, Store};
use super::progress::Progress;
use super::{environment, traffic, verdict};
use crate::event::ready_mark;
use crate::guest::topology;
use crate::suite::cell::{Boot, Cell, Workload};
use crate::suite::plan::{cells, matches, Job, Scale, END_MARK};
use crate::suite::report;
use crate::{Error, Result};

/// How long the boot may take.
const BOOT: Duration = Duration::from_secs(240);
/// How long a cell may take beside its packets: modes, containers, the trials of a search.
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
    let groups = by_boot(missing);
    for (boot, _) in &groups {
        // Better now than after an hour of the others.
        of_kind(*boot, &options.kernel)?;
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
    let each = job.length() * 2 + BESIDE;
    let limit = BOOT + each * u32::try_from(job.cells.len()).unwrap_or(u32::MAX);
    let plan = tempfile::NamedTempFile::new().map_err(Error::doing("cannot make a file"))?;
    let text = serde_json::to_string(&job)
        .map_err(|error| Error::Other(format!("cannot write the job: {error}")))?;
    fs::write(plan.path(), text).map_err(Error::at("write", plan.path()))?;
    let guest = with_places(of_kind(boot, &options.kernel)?, boot, &job);
    let config = guest
        .smp(GUEST_CPUS)
        .nic(1)
        .copy(plan.path(), PLAN)
        .script(format!("exec kbp-bench measure-suite --plan {PLAN}"))
        .timeout(Some(limit))
        .interrupt(stop.clone());
    progress.line(&format!(
        "booting a guest with kernel {}; {} cells",
        options.kernel,
        job.cells.len()
    ));
    let collector = Collector::new(store, progress.clone(), job.cells.len());
    let mut vm = Vm::boot(config)?;
    vm.on_output(collector.sink());
    let followed = follow(&mut vm, &job, &collector);
    let verdict = match followed {
        Ok(()) => vm.wait()?.verdict,
        Err(_) if stop.load(Ordering::Relaxed) => return Err(Error::Interrupted),
        // The guest's own words say more than that it ended too early.
        Err(error) => return Err(collector.complaint().map_or(error, Error::Other)),
    };
    verdict::judge(verdict, collector.complaint(), "kbp-bench measure-suite")?;
    collector.finish()
}

/// The cells of each kind of guest, in their order.
fn by_boot(cells: Vec<Cell>) -> Vec<(Boot, Vec<Cell>)> {
    let of = |boot: Boot| cells.iter().filter(move |c| c.row.workload.boot() == boot);
    let groups = Boot::ALL.map(|boot| (boot, of(boot).cloned().collect::<Vec<_>>()));
    let needed = groups.into_iter().filter(|(_, cells)| !cells.is_empty());
    needed.collect()
}

/// A guest that boots into that.
fn of_kind(boot: Boot, kernel: &str) -> Result<VmConfig> {
    let guest = VmConfig::new(kernel);
    Ok(match boot {
        Boot::Plain => guest,
        Boot::Debian => guest.root(image::debian(&Layout::find()?)?),
    })
}

/// What containers need of a guest, where there are some.
fn with_places(mut guest: VmConfig, boot: Boot, job: &Job) -> VmConfig {
    let contained = |cell: &Cell| matches!(cell.row.workload, Workload::RoundTrip { place, .. } if place.is_container());
    if !job.cells.iter().any(contained) {
        return guest;
    }
    for module in topology::MODULES {
        guest = guest.module(*module);
    }
    match boot {
        Boot::Plain => topology::TOOLS
            .iter()
            .fold(guest, |guest, tool| guest.tool(*tool)),
        // It has programs of its own.
        Boot::Debian => topology::PODMAN_MODULES
            .iter()
            .fold(guest, |guest, module| guest.module(*module)),
    }
}

/// Sends traffic whenever the guest is ready for some.
fn follow(vm: &mut Vm, job: &Job, collector: &Collector) -> Result<()> {
    vm.wait_ready(BOOT)?;
    // Between two marks there may be any number of cells without traffic.
    let patience =
        (job.length() * TRIALS + BESIDE) * u32::try_from(job.cells.len()).unwrap_or(u32::MAX);
    loop {
        let mark = vm.next_mark(patience)?;
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
            .cable(0)
            .ok_or_else(|| Error::Other("the guest has no cable".into()))?;
        let load = load(cell, job.length())?;
        let traffic = traffic::measure(&cable, index as u64, &load)?;
        collector.traffic(cell.id(), traffic);
    }
}

fn load(cell: &Cell, length: Duration) -> Result<Load> {
    let Workload::RoundTrip {
        frame, rate, flows, ..
    } = cell.row.workload
    else {
        return Err(Error::Other(format!("{} has no traffic", cell.id())));
    };
    Ok(Load {
        count: (length.as_millis() as u64 * u64::from(rate) / 1000).max(1),
        rate,
        payload: frame as usize - HEADERS,
        flows,
        ..Load::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_guest_is_booted_once_and_gets_its_cells_in_order() {
        let all = cells(Scale::Quick, |_| true);
        let groups = by_boot(all.clone());
        let kinds: Vec<Boot> = groups.iter().map(|(boot, _)| *boot).collect();
        assert_eq!(kinds, Boot::ALL);
        for (boot, cells) in groups {
            let mut all = all.iter().filter(|c| c.row.workload.boot() == boot);
            assert!(cells.iter().eq(all.by_ref()));
        }
        let plain = cells(Scale::Quick, |cell| cell.row.name == "vm-64");
        assert_eq!(by_boot(plain).len(), 1);
    }
}
