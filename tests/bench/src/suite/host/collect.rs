// SPDX-License-Identifier: GPL-2.0
//! Puts together what the guest says and what the host measured, keeps it, and counts the tries of
//! what came to nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::store::Store;
use super::switch::Seen;
use super::traffic::Traffic;
use crate::host::progress::Progress;
use crate::line::{Line, Step};
use crate::report::format::time;
use crate::suite::cell::Cell;
use crate::suite::outcome::{Failed, Found, Left, Outcome, Packets};
use crate::{Error, Result};

/// How often a cell is tried.
const TRIES: u32 = 2;

/// Shared between the run and the guest's output.
#[derive(Debug, Clone)]
pub(super) struct Collector {
    state: Arc<Mutex<State>>,
    progress: Progress,
}

/// What the host has to say of a cell.
#[derive(Debug)]
pub(super) struct Observed {
    /// [`Cell::id`].
    pub(super) id: String,
    /// The packets and their times, and what the switch did, where one runs; or why there are none.
    pub(super) seen: std::result::Result<(Traffic, Option<Seen>), String>,
}

/// What is known of a cell that is not measured yet.
#[derive(Debug, Default)]
struct Tried {
    times: u32,
    why: Option<String>,
}

#[derive(Debug)]
struct State {
    store: Store,
    /// The host's part of the cell under way.
    observed: Option<Observed>,
    tried: BTreeMap<String, Tried>,
    /// The cell under way.
    under_way: Option<String>,
    came_on: bool,
    /// An outcome that could not be kept: the disk is full, say.
    broken: Option<Error>,
}

impl Collector {
    pub(super) fn new(store: Store, progress: Progress) -> Collector {
        Collector {
            state: Arc::new(Mutex::new(State {
                store,
                observed: None,
                tried: BTreeMap::new(),
                under_way: None,
                came_on: false,
                broken: None,
            })),
            progress,
        }
    }

    /// Takes what the guest says; `steps` cells are to come.
    pub(super) fn take(&self, line: Line<Found>, steps: usize) {
        let mut state = self.lock();
        if let Err(error) = self.taken(&mut state, line, steps) {
            state.broken = Some(error);
        }
    }

    /// Adds what the host measured for a cell; the guest's part follows.
    pub(super) fn observed(&self, observed: Observed) {
        self.lock().observed = Some(observed);
    }

    /// Whether any cell has been begun since the last call.
    pub(super) fn came_on(&self) -> bool {
        std::mem::take(&mut self.lock().came_on)
    }

    /// The guest was lost, and the cell under way with it.
    pub(super) fn lost(&self, why: &str) {
        let mut state = self.lock();
        if let Some(id) = state.under_way.take() {
            state.tried.entry(id).or_default().why = Some(why.to_owned());
        }
    }

    /// Those of `cells` that are neither measured nor tried often enough.
    pub(super) fn again(&self, cells: Vec<Cell>) -> Vec<Cell> {
        let state = self.lock();
        let mut cells = state.store.missing(cells);
        cells.retain(|cell| state.tried.get(&cell.id()).is_none_or(|t| t.times < TRIES));
        cells
    }

    /// Notes that those of `cells` that are not measured will not be: for their own reason, or for
    /// `why` if they never had a turn.
    pub(super) fn give_up(&self, cells: Vec<Cell>, why: &str) {
        let mut state = self.lock();
        for cell in state.store.missing(cells) {
            let id = cell.id();
            let own = state.tried.get(&id).and_then(|tried| tried.why.clone());
            let why = own.unwrap_or_else(|| why.to_owned());
            state.store.failed.push(Failed { id, why });
        }
    }

    /// Notes that nothing of these can be measured on this machine.
    pub(super) fn leave_out(&self, cells: &[Cell], why: &str) {
        let line = format!("{} cells left out, {why}", cells.len());
        self.progress.line(&line);
        for cell in cells {
            self.lock().store.leave_for_now(Left {
                row: cell.row.name.clone(),
                mode: cell.mode,
                why: why.to_owned(),
            });
        }
    }

    /// The store, once no guest runs any more.
    pub(super) fn finish(self) -> Result<Store> {
        let state = Arc::try_unwrap(self.state)
            .map_err(|_| Error::Other("a guest that has ended is still read".into()))?;
        let state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
        match state.broken {
            Some(error) => Err(error),
            None => Ok(state.store),
        }
    }

    fn taken(&self, state: &mut State, line: Line<Found>, steps: usize) -> Result<()> {
        match line {
            Line::Step(Step::Setup { kernel, note }) => {
                self.progress.line(&format!("measuring on kernel {kernel}"));
                self.progress.expect(steps);
                state.store.set_note(kernel, note)?;
            }
            Line::Step(Step::Begin { id }) => {
                state.tried.entry(id.clone()).or_default().times += 1;
                (state.under_way, state.observed) = (Some(id), None);
                state.came_on = true;
            }
            Line::Step(Step::Failed { id, why }) => self.failed(state, id, why),
            Line::Step(Step::Done) => {}
            Line::Found(Found::Left(left)) => {
                state.under_way = None;
                let text = format!("{} {}: left out, {}", left.row, left.mode, left.why);
                self.progress.step(&text);
                state.store.leave(left)?;
            }
            Line::Found(Found::Measured(outcome)) => {
                state.under_way = None;
                let id = outcome.cell.id();
                match complete(*outcome, state.observed.take()) {
                    Err(why) => self.failed(state, id, why),
                    Ok(outcome) => {
                        self.progress.step(&sketch(&outcome));
                        state.store.add(outcome)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn failed(&self, state: &mut State, id: String, why: String) {
        self.progress.step(&format!("{id}: came to nothing: {why}"));
        state.under_way = None;
        state.tried.entry(id).or_default().why = Some(why);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Both halves of an outcome; a reason if the host's came to nothing.
fn complete(
    mut outcome: Outcome,
    observed: Option<Observed>,
) -> std::result::Result<Outcome, String> {
    if let Some(observed) = observed.filter(|observed| observed.id == outcome.cell.id()) {
        let (traffic, switch) = observed.seen?;
        if let Some(seen) = switch {
            outcome.evidence = format!("{}; {}", outcome.evidence, seen.words());
            outcome.switch_share = Some(seen.share);
        }
        outcome.packets = Packets {
            sent: traffic.sent,
            received: traffic.received,
            duplicates: traffic.duplicates,
            reordered: traffic.reordered,
        };
        outcome.times = traffic.rtt;
        outcome.noise = traffic.late;
    }
    Ok(outcome)
}

fn sketch(outcome: &Outcome) -> String {
    let id = outcome.cell.id();
    match outcome.rate {
        Some(rate) => format!("{id:<40} {rate} packets/s without loss"),
        None => {
            let times = &outcome.times;
            format!(
                "{id:<40} p50 {:>8}  p99 {:>8}  lost {}",
                time(times.at(0.5)),
                time(times.at(0.99)),
                outcome.packets.lost()
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::store::Identity;
    use super::*;
    use crate::statistics::Times;
    use crate::suite::plan::cells;
    use crate::suite::scale::Scale;

    fn collector() -> (tempfile::TempDir, Collector, Vec<Cell>) {
        let folder = tempfile::tempdir().unwrap();
        let identity = Identity {
            kernel: "k".into(),
            commit: None,
            scale: Scale::Demo,
        };
        let store = Store::open(folder.path(), &identity, true).unwrap();
        let collector = Collector::new(store, Progress::start());
        (folder, collector, cells(Scale::Demo, None, |_| true))
    }

    fn begin(collector: &Collector, cell: &Cell) {
        collector.take(Line::Step(Step::Begin { id: cell.id() }), 1);
    }

    fn fail(collector: &Collector, cell: &Cell, why: &str) {
        let (id, why) = (cell.id(), why.into());
        collector.take(Line::Step(Step::Failed { id, why }), 1);
    }

    fn measured(collector: &Collector, cell: &Cell) {
        let outcome = Outcome {
            cell: cell.clone(),
            net_rx: 3,
            ..Outcome::nothing_of(cell)
        };
        collector.take(Line::Found(Found::Measured(Box::new(outcome))), 1);
    }

    fn traffic() -> Traffic {
        Traffic {
            sent: 5,
            received: 4,
            duplicates: 0,
            reordered: 0,
            rtt: Times::new(vec![(1, 2, 4)], 1),
            late: Times::default(),
        }
    }

    #[test]
    fn both_halves_of_an_outcome() {
        let (_folder, collector, cells) = collector();
        begin(&collector, &cells[0]);
        let (id, seen) = (cells[0].id(), Ok((traffic(), None)));
        collector.observed(Observed { id, seen });
        measured(&collector, &cells[0]);
        let store = collector.finish().unwrap();
        let outcome = &store.outcomes[0];
        let packets = outcome.packets;
        assert_eq!((packets.sent, packets.received, outcome.net_rx), (5, 4, 3));
    }

    #[test]
    fn what_fails_is_tried_once_more_and_then_given_up_with_its_last_reason() {
        let (_folder, collector, mut cells) = collector();
        cells.truncate(2);
        begin(&collector, &cells[0]);
        fail(&collector, &cells[0], "lost its core");
        begin(&collector, &cells[1]);
        measured(&collector, &cells[1]);
        assert!(collector.came_on() && !collector.came_on());
        let again = collector.again(cells.clone());
        assert_eq!(again, cells[..1]);
        begin(&collector, &cells[0]);
        fail(&collector, &cells[0], "lost it again");
        assert!(collector.again(again).is_empty());
        collector.give_up(cells.clone(), "no turn");
        let store = collector.finish().unwrap();
        assert_eq!(store.outcomes.len(), 1);
        let failed = Failed {
            id: cells[0].id(),
            why: "lost it again".into(),
        };
        assert_eq!(store.failed, [failed]);
    }

    #[test]
    fn a_lost_guest_costs_the_cell_under_way_a_try_and_the_others_none() {
        let (_folder, collector, mut cells) = collector();
        cells.truncate(2);
        begin(&collector, &cells[0]);
        collector.lost("the kernel crashed");
        assert_eq!(collector.again(cells.clone()), cells);
        begin(&collector, &cells[0]);
        collector.lost("it crashed again");
        assert_eq!(collector.again(cells.clone()), cells[1..]);
        collector.give_up(cells.clone(), "no guest stayed up");
        let store = collector.finish().unwrap();
        let whys: Vec<&str> = store.failed.iter().map(|f| f.why.as_str()).collect();
        assert_eq!(whys, ["it crashed again", "no guest stayed up"]);
    }

    #[test]
    fn traffic_that_broke_is_a_failed_try() {
        let (_folder, collector, mut cells) = collector();
        cells.truncate(1);
        begin(&collector, &cells[0]);
        let (id, seen) = (cells[0].id(), Err("no answer".to_owned()));
        collector.observed(Observed { id, seen });
        measured(&collector, &cells[0]);
        assert_eq!(collector.again(cells.clone()), cells);
        collector.give_up(cells, "no turn");
        let store = collector.finish().unwrap();
        assert_eq!(store.failed[0].why, "no answer");
        assert!(store.outcomes.is_empty());
    }
}
