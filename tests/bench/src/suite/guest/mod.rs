// SPDX-License-Identifier: GPL-2.0
//! The benchmark inside one boot: takes the planned cells one after the other.
//!
//! Every cell: put the mode in effect, start the competitor, measure, show that the mode was in
//! effect, and only then write the outcome out, because the console costs CPU time.
//!
//! KBP's modules are loaded all the time: to take them out and in between two modes would take
//! longer than the measurement, and what they cost a softirq is counted by `kbp-bench cost` (some
//! 100 instructions a schedule).

mod busy;
mod delay;
mod inbox;
mod receiver;
mod search;
mod tcp;
mod virtio;

use std::collections::btree_map::{BTreeMap, Entry};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use self::receiver::{Receiver, WIRES};
use crate::guest::device::Device;
use crate::guest::hog::Hog;
use crate::guest::irq::RxIrq;
use crate::guest::kbp::kbpctl;
use crate::guest::polling::{self, Polling};
use crate::guest::testnic::{Order, Place as Cores};
use crate::guest::{cpu, emit, rate, set_up, testnic};
use crate::line::Step;
use crate::mode::Mode;
use crate::suite::cell::{Cell, Competitor, Workload};
use crate::suite::outcome::{Found, Left, Outcome};
use crate::suite::plan::{Job, END_MARK};
use crate::{Error, Result};

/// Control, receiver and echo.
const CONTROL_CPU: usize = 0;
/// The core whose receive path is measured.
const NIC_CPU: usize = 1;
/// Lets the console and the scheduler come to rest after a change.
const SETTLE: Duration = Duration::from_millis(100);

/// What the host's traffic may take beyond its own length, with warm-up and control.
const BESIDE: Duration = Duration::from_secs(60);

/// A guest in which so many cells in a row fail is not well.
const MOST_FAILURES: u32 = 6;

/// Measures the cells of the job in the file `plan`, one line of JSON after the other on stdout.
pub fn run(plan: &Path, stop: &AtomicBool) -> Result<()> {
    let text = fs::read_to_string(plan).map_err(Error::at("read", plan))?;
    let job: Job = serde_json::from_str(&text).map_err(Error::at("understand", plan))?;
    cpu::pin(CONTROL_CPU)?;
    testnic::set_up()?;
    kbpctl(&["load"])?;
    let mut bench = Bench {
        cores: Cores {
            nic_cpu: NIC_CPU,
            sink_cpu: CONTROL_CPU,
            stop,
        },
        nic: Device(testnic::INTERFACE),
        wires: wires(&job)?,
        receiver: None,
        missing: BTreeMap::new(),
    };
    set_up(format!(
        "receiving core {NIC_CPU}, receiver on core {CONTROL_CPU} unless the row says otherwise; \
         KBP's modules are loaded in every mode, and whatever polls, polls on core {NIC_CPU}"
    ))?;
    let mut failures = 0;
    for (index, cell) in job.cells.iter().enumerate() {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let why = match bench.cell(index, cell, job.length) {
            Ok(()) => {
                failures = 0;
                continue;
            }
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(error) => error.to_string(),
        };
        // The host has it measured once more, in a guest that has lost nothing yet.
        emit(&Step::Failed { id: cell.id(), why })?;
        failures += 1;
        if failures == MOST_FAILURES {
            return Err(Error::Other(format!(
                "{failures} measurements in a row came to nothing"
            )));
        }
    }
    if let Some(receiver) = bench.receiver.take() {
        receiver.leave()?;
    }
    emit(&Step::Done)?;
    virtio::tell_host(END_MARK)
}

/// Where datagrams come in: those NICs that the job needs.
fn wires(job: &Job) -> Result<Vec<(Device, RxIrq)>> {
    let nics = job.cells.iter().map(|cell| cell.row.workload.wire().nic());
    let count = nics.max().unwrap_or(0) + 1;
    let wire = |name: &&'static str| Ok((Device(name), RxIrq::find(name)?));
    WIRES.iter().take(count).map(wire).collect()
}

struct Bench<'a> {
    cores: Cores<'a>,
    nic: Device,
    wires: Vec<(Device, RxIrq)>,
    /// Stays up for the next cell, which mostly wants the same one.
    receiver: Option<Receiver>,
    /// Modes that were asked for, and why they cannot be had.
    missing: BTreeMap<Mode, Option<String>>,
}

impl Bench<'_> {
    fn cell(&mut self, index: usize, cell: &Cell, length: Duration) -> Result<()> {
        emit(&Step::Begin { id: cell.id() })?;
        cpu::pin(CONTROL_CPU)?;
        let workload = &cell.row.workload;
        let device = match workload {
            Workload::RoundTrip { wire, .. } => self.wires[wire.nic()].0,
            Workload::Delay { .. } | Workload::ZeroLoss { .. } => self.nic,
        };
        // All: KBP serves a core with all its NAPIs, and a NIC's queues change only while nobody
        // polls them.
        for (wire, _) in &self.wires {
            polling::leave(wire, NIC_CPU)?;
        }
        polling::leave(&self.nic, NIC_CPU)?;
        let missing = match self.missing.entry(cell.mode) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let missing = polling::missing(cell.mode, &device, NIC_CPU)?;
                new.insert(missing.or_else(|| inbox::missing(cell.mode)))
            }
        };
        if let Some(why) = missing {
            return emit(&Found::Left(Left {
                row: cell.row.name.clone(),
                mode: cell.mode,
                why: why.clone(),
            }));
        }
        let receiver = self.receiver_of(workload)?;
        let measured = self.measure(index, cell, (&device, &receiver), length);
        self.receiver = Some(receiver);
        emit(&Found::Measured(Box::new(measured?)))
    }

    fn measure(
        &self,
        index: usize,
        cell: &Cell,
        (device, receiver): (&Device, &Receiver),
        length: Duration,
    ) -> Result<Outcome> {
        let workload = cell.row.workload;
        match workload {
            Workload::Delay { queues, .. } => testnic::shape(queues, delay::RING)?,
            Workload::ZeroLoss { .. } => testnic::shape(1, rate::RING)?,
            Workload::RoundTrip { .. } => {}
        }
        let polling = Polling::enter(cell.mode, device, NIC_CPU, &[])?;
        let spins = workload.competitor() == Competitor::Spin;
        let hog = spins.then(|| Hog::start(NIC_CPU)).transpose()?;
        thread::sleep(SETTLE);
        let mut outcome = match workload {
            Workload::Delay {
                period_ns,
                cost_ns,
                burst,
                competitor,
                ..
            } => {
                let rhythm = Order {
                    period: Duration::from_nanos(period_ns),
                    burst,
                    cost: Duration::from_nanos(cost_ns),
                    tasklet: (competitor == Competitor::Tasklet).then_some(delay::TASKLET),
                    ..Order::default()
                };
                delay::measure(cell, rhythm, length, self.cores, receiver)?
            }
            Workload::ZeroLoss { frame, .. } => {
                search::measure(cell, frame, length, self.cores, receiver)?
            }
            Workload::RoundTrip { wire, .. } => {
                let limit = length + BESIDE;
                let irq = &self.wires[wire.nic()].1;
                receiver.serve(cell, index, limit, irq, self.cores)?
            }
        };
        let shown = [
            Some(polling.evidence(device, outcome.net_rx)?),
            receiver.evidence()?,
        ];
        drop(hog);
        outcome.evidence = shown.into_iter().flatten().collect::<Vec<_>>().join("; ");
        Ok(outcome)
    }

    /// The receiver where the workload wants it: the last one, if that is there.
    fn receiver_of(&mut self, workload: &Workload) -> Result<Receiver> {
        match self.receiver.take() {
            Some(same) if same.suits(workload) => return Ok(same),
            Some(other) => other.leave()?,
            None => {}
        }
        Receiver::of(workload)
    }
}
