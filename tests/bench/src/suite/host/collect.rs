// SPDX-License-Identifier: GPL-2.0
//! Puts together what the guest says and what the host measured, and keeps it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kbp_vm::Sink;

use super::store::Store;
use super::switch::Seen;
use super::traffic::Traffic;
use crate::host::progress::Progress;
use crate::host::split::Split;
use crate::report::format::time;
use crate::suite::outcome::{Line, Outcome, Packets, Times};
use crate::{Error, Result};

/// Shared between the run and the guest's output.
#[derive(Debug, Clone)]
pub(super) struct Collector {
    state: Arc<Mutex<State>>,
    progress: Progress,
}

/// What the host has to say of a cell.
#[derive(Debug)]
pub(super) struct Observed {
    /// [`crate::suite::cell::Cell::id`].
    pub(super) id: String,
    /// The packets and their times.
    pub(super) traffic: Traffic,
    /// What the switch did, where one runs.
    pub(super) switch: Option<Seen>,
}

#[derive(Debug)]
struct State {
    /// Cells.
    steps: usize,
    split: Split,
    store: Store,
    /// The host's part of the cell under way.
    traffic: Option<Observed>,
    complaint: Option<String>,
    done: bool,
}

impl Collector {
    pub(super) fn new(store: Store, progress: Progress, steps: usize) -> Collector {
        Collector {
            state: Arc::new(Mutex::new(State {
                steps,
                split: Split::default(),
                store,
                traffic: None,
                complaint: None,
                done: false,
            })),
            progress,
        }
    }

    /// Takes the guest's output.
    pub(super) fn sink(&self) -> Sink {
        let collector = self.clone();
        Box::new(move |bytes| collector.feed(bytes))
    }

    /// Adds what the host measured for a cell; the guest's part follows.
    pub(super) fn traffic(&self, observed: Observed) {
        self.lock().traffic = Some(observed);
    }

    /// What the guest complained about.
    pub(super) fn complaint(&self) -> Option<String> {
        let state = self.lock();
        let text = state.complaint.as_ref()?;
        Some(format!("in the guest: {text}"))
    }

    /// The store, once the guest is done.
    pub(super) fn finish(self) -> Result<Store> {
        let broken = || Error::Other("the guest ended before it had measured everything".into());
        let state = Arc::try_unwrap(self.state).map_err(|_| broken())?;
        let state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
        match state.done {
            true => Ok(state.store),
            false => Err(broken()),
        }
    }

    fn feed(&self, bytes: &[u8]) {
        let mut state = self.lock();
        for line in state.split.feed(bytes) {
            match serde_json::from_str::<Line>(&line) {
                Ok(line) => {
                    if let Err(error) = self.take(&mut state, line) {
                        state.complaint = Some(error.to_string());
                    }
                }
                Err(_) => {
                    self.progress.line(&format!("guest: {line}"));
                    state.complaint = Some(line);
                }
            }
        }
    }

    fn take(&self, state: &mut State, line: Line) -> Result<()> {
        match line {
            Line::Setup { kernel, note } => {
                self.progress.line(&format!("measuring on kernel {kernel}"));
                self.progress.expect(state.steps);
                state.store.set_note(kernel, note)?;
            }
            Line::Begin { .. } => {}
            Line::Left(left) => {
                let text = format!("{} {}: left out, {}", left.row, left.mode, left.why);
                self.progress.step(&text);
                state.store.leave(left)?;
            }
            Line::Measured(outcome) => {
                let outcome = complete(*outcome, state.traffic.take());
                self.progress.step(&sketch(&outcome));
                state.store.add(outcome)?;
            }
            Line::Done => state.done = true,
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn complete(mut outcome: Outcome, observed: Option<Observed>) -> Outcome {
    if let Some(observed) = observed.filter(|observed| observed.id == outcome.cell.id()) {
        let traffic = observed.traffic;
        if let Some(seen) = observed.switch {
            outcome.evidence = format!("{}; {}", outcome.evidence, seen.words());
            outcome.switch_share = Some(seen.share);
        }
        outcome.packets = Packets {
            sent: traffic.sent,
            received: traffic.received,
            duplicates: traffic.duplicates,
            reordered: traffic.reordered,
        };
        outcome.times = Times::from(traffic.rtt);
        outcome.noise = Times::from(traffic.late);
    }
    outcome
}

fn sketch(outcome: &Outcome) -> String {
    let id = outcome.cell.id();
    match outcome.rate {
        Some(rate) => format!("{id:<40} {rate} packets/s without loss"),
        None => {
            let times = outcome.times.buckets();
            format!(
                "{id:<40} p50 {:>8}  p99 {:>8}  lost {}",
                time(times.at(0.5)),
                time(times.at(0.99)),
                outcome.packets.lost()
            )
        }
    }
}
