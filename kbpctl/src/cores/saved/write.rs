// SPDX-License-Identifier: GPL-2.0
//! `--save`: planned before the cores are changed, so that what cannot be saved changes nothing.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use super::served::Served;
use super::{fault, names, parse, pieces, print, text_of, Saved, Set, FILE, PACKAGED};
use crate::cores::list;
use crate::error::{Error, Result, NOTHING_CHANGED};
use crate::sys::System;

/// What is to be written.
pub(crate) struct Plan {
    /// `None`: the file says it already, perhaps in words of its own.
    text: Option<String>,
    /// The file that somebody wrote by hand, and where it is kept.
    old: Option<(PathBuf, String)>,
    changed_by: Vec<PathBuf>,
}

/// What was saved.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Saved")]
pub(crate) struct Report {
    file: &'static str,
    written: bool,
    /// Where the file is that was there, when it was written by hand.
    old_file: Option<PathBuf>,
    /// Files that change what is saved when it is reapplied.
    changed_by: Vec<PathBuf>,
}

impl Plan {
    /// Looks whether `served` can be saved. A file that cannot be understood is not overwritten.
    pub(crate) fn new(sys: &dyn System, mut served: Served) -> Result<Plan> {
        Plan::find(sys, &mut served).map_err(|mut error| {
            error.error = format!("cannot save; {}{NOTHING_CHANGED}", error.error);
            error
        })
    }

    fn find(sys: &dyn System, served: &mut Served) -> Result<Plan> {
        let mut plan = Plan {
            text: None,
            old: None,
            changed_by: Vec::new(),
        };
        let old = text_of(sys, Path::new(FILE))?;
        let sets = match &old {
            Some(old) => Some(parse::whole(sys, Path::new(FILE), old)?),
            None => packaged(sys),
        };
        let mut file = Served::default();
        let whole = match &sets {
            Some(sets) => file.reapply(sys, sets),
            None => false,
        };
        served.complete_from(&file);
        plan.changed_by = changed_by(sys, served)?;
        if whole && file.says(served) {
            return Ok(plan);
        }
        if let (Some(old), Some(sets)) = (old, sets) {
            let lists_only = sets.iter().all(|set| list::parse(&set.cores).is_ok());
            if !lists_only || print::of_sets(sets) != old {
                plan.old = Some((place_for(sys, &old)?, old));
            }
        }
        let text = print::of_served(served);
        let mut bytes = text.len();
        if let Some((path, old)) = &plan.old {
            bytes += old.len();
            may_write(sys, path, bytes)?;
        }
        may_write(sys, Path::new(FILE), bytes)?;
        plan.text = Some(text);
        Ok(plan)
    }

    /// Writes it.
    pub(crate) fn carry_out(self, sys: &dyn System) -> Result<Report> {
        if let Some(text) = &self.text {
            let copy = self.old.as_ref().filter(|(path, _)| !sys.exists(path));
            if let Some((path, old)) = copy {
                store(sys, path, old)?;
            }
            store(sys, Path::new(FILE), text).inspect_err(|_| {
                // A copy of what is still there only puzzles; the first error is the one to tell.
                let _ = copy.map(|(path, _)| sys.remove(path));
            })?;
        }
        Ok(Report {
            file: FILE,
            written: self.text.is_some(),
            old_file: self.old.map(|(path, _)| path),
            changed_by: self.changed_by,
        })
    }
}

impl Report {
    /// For the end of a line.
    pub(crate) fn phrase(&self) -> String {
        let mut text = match self.written {
            true => "; saved".to_owned(),
            false => "; it is saved already".to_owned(),
        };
        if let Some(old) = &self.old_file {
            text.push_str(&format!(", the file before is {}", old.display()));
        }
        for file in &self.changed_by {
            text.push_str(&format!(", but {} changes it again", file.display()));
        }
        text
    }
}

/// What counts where there is no file yet: the packaged one, or nothing. `None` when it cannot be
/// used; the new file takes its place.
fn packaged(sys: &dyn System) -> Option<Vec<Set>> {
    let path = Path::new(PACKAGED);
    match text_of(sys, path).ok()? {
        Some(text) => parse::whole(sys, path, &text).ok(),
        None => Some(Vec::new()),
    }
}

/// Where to keep a file written by hand: a place that holds nothing else.
fn place_for(sys: &dyn System, text: &str) -> Result<PathBuf> {
    let path = Path::new(FILE);
    let there = names(sys, path.parent().unwrap_or(Path::new("/")))?;
    let mut number = 1;
    loop {
        let ending = match number {
            1 => "toml.old".to_owned(),
            _ => format!("toml.old.{number}"),
        };
        let place = path.with_extension(ending);
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        let free = !there.iter().any(|there| *there == name);
        if free || sys.read(&place).is_ok_and(|kept| kept == text) {
            return Ok(place);
        }
        number += 1;
    }
}

/// The files of kbp.d after which something else would be served.
fn changed_by(sys: &dyn System, served: &Served) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut after = served.clone();
    let (mut added, mut faults) = (Saved::default(), Vec::new());
    for piece in pieces(sys)?.0 {
        added.add(sys, &piece, &mut faults);
    }
    fault::none(faults)?;
    let changes = |set: Set| {
        let before = after.clone();
        after.reapply(sys, std::slice::from_ref(&set));
        (!after.says(&before)).then_some(set.file)
    };
    files.extend(added.sets.into_iter().filter_map(changes));
    files.dedup();
    Ok(files)
}

fn may_write(sys: &dyn System, path: &Path, bytes: usize) -> Result<()> {
    sys.may_write(path, bytes)
        .map_err(|error| Error::system(format!("cannot write {}", path.display()), &error))
}

fn store(sys: &dyn System, path: &Path, text: &str) -> Result<()> {
    sys.store(path, text)
        .map_err(|error| Error::system(format!("cannot write {}", path.display()), &error))
}
