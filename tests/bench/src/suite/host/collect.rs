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
use crate::suite::outcome::{Failed, Found, Left, Outcome};
use crate::{Error, Result};

/// How often a cell is tried.
const TRIES: u32 = 2;

/// Shared between the run and the guest's output.
#[derive(Debug, Clone)]
pub(super) struct Collector {
    state: Arc<Mutex<State>>,
    progress: Progress,
}

/// What the host has to say of a cell: the packets and their times, and what the switch did, where
/// one runs; or why there are none.
pub(super) type Observed = std::result::Result<(Traffic, Option<Seen>), String>;

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

    /// Those of `cells` that are neither measured nor tried often enough; an error if an outcome
    /// could not be kept.
    pub(super) fn again(&self, cells: Vec<Cell>) -> Result<Vec<Cell>> {
        let mut state = self.lock();
        if let Some(error) = state.broken.take() {
            return Err(error);
        }
        let mut cells = state.store.missing(cells);
        cells.retain(|cell| state.tried.get(&cell.id()).is_none_or(|t| t.times < TRIES));
        Ok(cells)
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
        let state = Arc::into_inner(self.state)
            .ok_or_else(|| Error::Other("a guest that has ended is still read".into()))?;
        let state = state.into_inner();
        Ok(state.unwrap_or_else(PoisonError::into_inner).store)
    }

    fn taken(&self, state: &mut State, mut line: Line<Found>, steps: usize) -> Result<()> {
        match line {
            Line::Step(Step::Setup { ref kernel, .. }) => {
                self.progress.line(&format!("measuring on kernel {kernel}"));
                self.progress.expect(steps);
            }
            Line::Step(Step::Begin { id }) => {
                state.tried.entry(id.clone()).or_default().times += 1;
                (state.under_way, state.observed) = (Some(id), None);
                state.came_on = true;
                return Ok(());
            }
            Line::Step(Step::Failed { id, why }) => {
                self.failed(state, id, why);
                return Ok(());
            }
            Line::Step(Step::Done) => {}
            Line::Found(Found::Left(ref left)) => {
                state.under_way = None;
                let text = format!("{} {}: left out, {}", left.row, left.mode, left.why);
                self.progress.step(&text);
            }
            Line::Found(Found::Measured(ref mut outcome)) => {
                state.under_way = None;
                if let Err(why) = complete(outcome, state.observed.take()) {
                    self.failed(state, outcome.cell.id(), why);
                    return Ok(());
                }
                self.progress.step(&sketch(outcome));
            }
        }
        state.store.keep(line)
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

/// Adds the host's half to an outcome; a reason if that came to nothing.
fn complete(outcome: &mut Outcome, observed: Option<Observed>) -> std::result::Result<(), String> {
    if let Some((traffic, switch)) = observed.transpose()? {
        if let Some(seen) = switch {
            outcome.evidence = format!("{}; {}", outcome.evidence, seen.words());
            outcome.switch_share = Some(seen.share);
        }
        outcome.packets = traffic.packets;
        outcome.times = traffic.rtt;
        outcome.noise = traffic.late;
    }
    Ok(())
}

fn sketch(outcome: &Outcome) -> String {
    let id = outcome.cell.id();
    match outcome.rate {
        Some(rate) => format!("{id:<40} {rate} packets/s without loss"),
        None => {
            let [p50, p99] = [0.5, 0.99].map(|quantile| time(outcome.times.at(quantile)));
            let lost = outcome.packets.lost();
            format!("{id:<40} p50 {p50:>8}  p99 {p99:>8}  lost {lost}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::store::tests::identity;
    use super::*;
    use crate::statistics::Times;
    use crate::suite::outcome::Packets;
    use crate::suite::plan::cells;
    use crate::suite::scale::Scale;

    fn collector() -> (tempfile::TempDir, Collector, Vec<Cell>) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &identity(), true).unwrap();
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
        let outcome = Box::new(Outcome::nothing_of(cell));
        collector.take(Line::Found(Found::Measured(outcome)), 1);
    }

    #[test]
    fn both_halves_of_an_outcome() {
        let (_folder, collector, cells) = collector();
        begin(&collector, &cells[0]);
        let traffic = Traffic {
            packets: Packets {
                sent: 5,
                received: 4,
                ..Packets::default()
            },
            rtt: Times {
                max: 1,
                ..Times::default()
            },
            late: Times::default(),
        };
        let (polled, share) = (9, 0.5);
        collector.observed(Ok((traffic, Some(Seen { polled, share }))));
        measured(&collector, &cells[0]);
        let store = collector.finish().unwrap();
        let outcome = &store.outcomes[0];
        assert_eq!((outcome.packets.sent, outcome.packets.received), (5, 4));
        assert_eq!((outcome.times.max, outcome.switch_share), (1, Some(0.5)));
        assert!(outcome.evidence.contains("polled 9"));
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
        assert_eq!(collector.again(cells.clone()).unwrap(), cells[..1]);
        begin(&collector, &cells[0]);
        // Traffic that broke is a failed try as well.
        collector.observed(Err("no answer".into()));
        measured(&collector, &cells[0]);
        assert!(collector.again(cells.clone()).unwrap().is_empty());
        collector.give_up(cells.clone(), "no turn");
        let store = collector.finish().unwrap();
        assert_eq!(store.outcomes.len(), 1);
        let failed = Failed {
            id: cells[0].id(),
            why: "no answer".into(),
        };
        assert_eq!(store.failed, [failed]);
    }

    #[test]
    fn a_lost_guest_costs_the_cell_under_way_a_try_and_the_others_none() {
        let (_folder, collector, mut cells) = collector();
        cells.truncate(2);
        begin(&collector, &cells[0]);
        collector.lost("the kernel crashed");
        assert_eq!(collector.again(cells.clone()).unwrap(), cells);
        begin(&collector, &cells[0]);
        collector.lost("it crashed again");
        assert_eq!(collector.again(cells.clone()).unwrap(), cells[1..]);
        collector.give_up(cells.clone(), "no guest stayed up");
        let store = collector.finish().unwrap();
        let whys: Vec<&str> = store.failed.iter().map(|f| f.why.as_str()).collect();
        assert_eq!(whys, ["it crashed again", "no guest stayed up"]);
    }
}
