// SPDX-License-Identifier: GPL-2.0
//! `runs.jsonl`: every outcome, written as soon as it is there, so that a run that was interrupted
//! goes on.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
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
    note: Option<String>,
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
        let old = read(&text, identity).unwrap_or_default();
        let file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(true)
            .open(&path)
            .map_err(Error::at("write", &path))?;
        let mut store = Store {
            path,
            file,
            outcomes: Vec::new(),
            left: Vec::new(),
            failed: Vec::new(),
            note: None,
        };
        store.line(identity)?;
        if let Some(note) = old.note {
            store.set_note(identity.kernel.clone(), note)?;
        }
        for outcome in old.outcomes {
            store.add(outcome)?;
        }
        for missing in old.left {
            store.leave(missing)?;
        }
        Ok(store)
    }

    /// What the numbers depend on, as the guest says it.
    pub(super) fn note(&self) -> String {
        self.note.clone().unwrap_or_default()
    }

    /// Keeps that.
    pub(super) fn set_note(&mut self, kernel: String, note: String) -> Result<()> {
        if self.note.as_ref() != Some(&note) {
            self.note = Some(note.clone());
            self.line(&Step::Setup { kernel, note })?;
        }
        Ok(())
    }

    /// Keeps an outcome.
    pub(super) fn add(&mut self, outcome: Outcome) -> Result<()> {
        self.line(&Found::Measured(Box::new(outcome.clone())))?;
        self.outcomes.push(outcome);
        Ok(())
    }

    /// Keeps that something could not be measured; once for a row and a mode.
    pub(super) fn leave(&mut self, left: Left) -> Result<()> {
        if !self.left.contains(&left) {
            self.line(&Found::Left(left.clone()))?;
            self.left.push(left);
        }
        Ok(())
    }

    /// Notes that something cannot be measured as this machine is; a later run tries again.
    pub(super) fn leave_for_now(&mut self, left: Left) {
        if !self.left.contains(&left) {
            self.left.push(left);
        }
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
        let mut text = serde_json::to_string(line)
            .map_err(|error| Error::Other(format!("cannot write an outcome: {error}")))?;
        text.push('\n');
        self.file
            .write_all(text.as_bytes())
            .map_err(Error::at("write", &self.path))
    }
}

/// What a file holds.
#[derive(Debug, Default)]
struct Old {
    outcomes: Vec<Outcome>,
    left: Vec<Left>,
    note: Option<String>,
}

/// What a file of that identity holds. A last line that was cut off is no outcome.
fn read(text: &str, identity: &Identity) -> Option<Old> {
    let mut lines = text.lines();
    let first: Identity = serde_json::from_str(lines.next()?).ok()?;
    if first != *identity {
        return None;
    }
    let mut old = Old::default();
    for line in lines.filter_map(|line| serde_json::from_str(line).ok()) {
        match line {
            Line::Step(Step::Setup { note, .. }) => old.note = Some(note),
            Line::Step(_) => {}
            Line::Found(Found::Measured(outcome)) => old.outcomes.push(*outcome),
            Line::Found(Found::Left(missing)) => old.left.push(missing),
        }
    }
    Some(old)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::plan::cells;

    fn identity() -> Identity {
        Identity {
            kernel: "6.9".into(),
            commit: Some("abc".into()),
            scale: Scale::Quick,
        }
    }

    #[test]
    fn an_interrupted_run_goes_on_where_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let open =
            |identity: &Identity, fresh| Store::open(folder.path(), identity, fresh).unwrap();
        let all = cells(Scale::Quick, None, |_| true);
        let mut store = open(&identity(), false);
        store.add(Outcome::nothing_of(&all[0])).unwrap();
        store
            .leave(Left {
                row: all[1].row.name.clone(),
                mode: all[1].mode,
                why: "old".into(),
            })
            .unwrap();
        let left = all
            .iter()
            .filter(|cell| (&cell.row.name, cell.mode) != (&all[1].row.name, all[1].mode));
        assert_eq!(store.missing(all.clone()).len(), left.count() - 1);
        // The machine went down in the middle of a line.
        let path = folder.path().join("runs.jsonl");
        let mut text = fs::read_to_string(&path).unwrap();
        text.push_str("{\"event\":\"measured\",\"cell\":{\"row\"");
        fs::write(&path, text).unwrap();
        let again = open(&identity(), false);
        assert_eq!((again.outcomes.len(), again.left.len()), (1, 1));
        let other = Identity {
            commit: Some("abd".into()),
            ..identity()
        };
        assert_eq!(open(&other, false).outcomes.len(), 0);
        // And now the file is that of the other commit.
        assert_eq!(open(&identity(), false).outcomes.len(), 0);
    }

    #[test]
    fn what_only_this_machine_lacks_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Store::open(folder.path(), &identity(), false).unwrap();
        let cell = cells(Scale::Quick, None, |_| true).remove(0);
        let mut store = open();
        store.leave_for_now(Left {
            row: cell.row.name.clone(),
            mode: cell.mode,
            why: "not fetched".into(),
        });
        assert_eq!(store.left.len(), 1, "this run's report has it");
        assert_eq!(open().missing(vec![cell.clone()]), [cell]);
    }

    #[test]
    fn a_fresh_run_forgets() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path(), &identity(), false).unwrap();
        let cell = cells(Scale::Quick, None, |_| true).remove(0);
        store.add(Outcome::nothing_of(&cell)).unwrap();
        let store = Store::open(folder.path(), &identity(), true).unwrap();
        assert!(store.outcomes.is_empty());
    }
}
