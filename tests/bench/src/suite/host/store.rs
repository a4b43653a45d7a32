// SPDX-License-Identifier: GPL-2.0
//! `runs.jsonl`: every outcome, written as soon as it is there, so that a run that was interrupted
//! goes on.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::line::{Line, Step};
use crate::suite::cell::Cell;
use crate::suite::outcome::{Failed, Found, Left, Outcome};
use crate::suite::scale::Scale;
use crate::{Error, Result};

/// What outcomes must have in common to stand in one report. The first line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    /// Release of the guest's kernel.
    pub(super) kernel: String,
    /// Commit of the sources, `+` when they were changed.
    pub(super) commit: Option<String>,
    /// How much is measured.
    pub(super) scale: Scale,
}

/// The file.
#[derive(Debug)]
pub(super) struct Store {
    path: PathBuf,
    file: File,
    /// What is in it.
    pub(super) outcomes: Vec<Outcome>,
    /// What could not be measured.
    pub(super) left: Vec<Left>,
    /// What came to nothing in this run; a later one tries it again.
    pub(super) failed: Vec<Failed>,
    /// What the numbers depend on, as the guest says it.
    pub(super) note: String,
}

impl Store {
    /// Opens the file in `folder`. What is in it counts if it is of the same identity and not
    /// `fresh`.
    pub(super) fn open(folder: &Path, identity: &Identity, fresh: bool) -> Result<Store> {
        fs::create_dir_all(folder).map_err(Error::at("make", folder))?;
        let path = folder.join("runs.jsonl");
        let text = match fresh {
            true => String::new(),
            false => fs::read_to_string(&path).unwrap_or_default(),
        };
        let file = File::create(&path).map_err(Error::at("write", &path))?;
        let mut store = Store {
            path,
            file,
            outcomes: Vec::new(),
            left: Vec::new(),
            failed: Vec::new(),
            note: String::new(),
        };
        store.line(identity)?;
        for line in read(&text, identity).unwrap_or_default() {
            store.keep(line)?;
        }
        Ok(store)
    }

    /// Keeps an outcome, that something could not be measured (once for a row and a mode), and what
    /// the numbers depend on; nothing else.
    pub(super) fn keep(&mut self, line: Line<Found>) -> Result<()> {
        let news = match &line {
            Line::Step(Step::Setup { note, .. }) => {
                let old = std::mem::replace(&mut self.note, note.clone());
                old != *note
            }
            Line::Step(_) => false,
            Line::Found(Found::Measured(outcome)) => {
                self.outcomes.push(Outcome::clone(outcome));
                true
            }
            Line::Found(Found::Left(left)) => self.leave_for_now(left.clone()),
        };
        match news {
            true => self.line(&line),
            false => Ok(()),
        }
    }

    /// Notes that something cannot be measured as this machine is; a later run tries again. The
    /// answer is whether that is new.
    pub(super) fn leave_for_now(&mut self, left: Left) -> bool {
        let new = !self.left.contains(&left);
        self.left.extend(new.then_some(left));
        new
    }

    /// Those of `cells` that are still to be measured.
    pub(super) fn missing(&self, cells: Vec<Cell>) -> Vec<Cell> {
        let done: BTreeSet<&Cell> = self.outcomes.iter().map(|outcome| &outcome.cell).collect();
        let left = |cell: &Cell| {
            let of = |left: &Left| left.row == cell.row.name && left.mode == cell.mode;
            self.left.iter().any(of)
        };
        let wanted = |cell: &Cell| !done.contains(cell) && !left(cell);
        cells.into_iter().filter(wanted).collect()
    }

    fn line(&mut self, line: &impl Serialize) -> Result<()> {
        let json = serde_json::to_string(line);
        let mut text = json.map_err(Error::doing("cannot write an outcome"))?;
        text.push('\n');
        self.file
            .write_all(text.as_bytes())
            .map_err(Error::at("write", &self.path))
    }
}

/// What a file of that identity holds. A last line that was cut off is no outcome.
fn read(text: &str, identity: &Identity) -> Option<Vec<Line<Found>>> {
    let mut lines = text.lines();
    let first: Identity = serde_json::from_str(lines.next()?).ok()?;
    let lines = lines.filter_map(|line| serde_json::from_str(line).ok());
    (first == *identity).then(|| lines.collect())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::suite::plan::cells;

    pub(in super::super) fn identity() -> Identity {
        Identity {
            kernel: "6.9".into(),
            commit: Some("abc".into()),
            scale: Scale::Quick,
        }
    }

    fn measured(cell: &Cell) -> Line<Found> {
        Line::Found(Found::Measured(Box::new(Outcome::nothing_of(cell))))
    }

    fn left(cell: &Cell) -> Left {
        Left {
            row: cell.row.name.clone(),
            mode: cell.mode,
            why: "not there".into(),
        }
    }

    #[test]
    fn an_interrupted_run_goes_on_where_it_was_unless_it_is_to_be_fresh() {
        let folder = tempfile::tempdir().unwrap();
        let open =
            |identity: &Identity, fresh| Store::open(folder.path(), identity, fresh).unwrap();
        let all = cells(Scale::Full, None, |_| true);
        let mut store = open(&identity(), false);
        for cell in &all[2..] {
            store.keep(measured(cell)).unwrap();
        }
        for _ in 0..2 {
            store.keep(Line::Found(Found::Left(left(&all[1])))).unwrap();
        }
        // The machine went down in the middle of a line.
        let path = folder.path().join("runs.jsonl");
        let mut text = fs::read_to_string(&path).unwrap();
        text.push_str("{\"event\":\"measured\",\"cell\":{\"row\"");
        fs::write(&path, text).unwrap();
        let again = open(&identity(), false);
        assert_eq!((again.outcomes.len(), again.left.len()), (all.len() - 2, 1));
        assert_eq!(again.missing(all.clone()), all[..1]);
        let other = Identity {
            commit: Some("abd".into()),
            ..identity()
        };
        let mut store = open(&other, false);
        assert_eq!(store.outcomes.len(), 0);
        store.keep(measured(&all[0])).unwrap();
        // And now the file is that of the other commit.
        assert_eq!(open(&identity(), false).outcomes.len(), 0);
        open(&identity(), false).keep(measured(&all[0])).unwrap();
        assert_eq!(open(&identity(), true).outcomes.len(), 0);
    }

    #[test]
    fn what_only_this_machine_lacks_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Store::open(folder.path(), &identity(), false).unwrap();
        let cell = cells(Scale::Quick, None, |_| true).remove(0);
        let mut store = open();
        store.leave_for_now(left(&cell));
        assert_eq!(store.left.len(), 1, "this run's report has it");
        assert_eq!(open().missing(vec![cell.clone()]), [cell]);
    }
}
