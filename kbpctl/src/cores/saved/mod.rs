// SPDX-License-Identifier: GPL-2.0
//! The saved state: `/etc/kbp/kbp.toml`, or where it does not exist `/usr/lib/kbp/kbp.toml`; and then
//! `/etc/kbp/kbp.d/*.toml` in the order of their names.

mod difference;
mod effective;
mod fault;
mod keys;
mod parse;
mod print;
mod served;
mod source;
mod write;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::{Options, Queues};
use crate::error::{Error, Result};
use crate::sys::System;

pub(crate) use effective::{Block, Effective, Key};
pub(crate) use fault::{Fault, Place};
pub(crate) use served::Served;
#[cfg(test)]
pub(crate) use source::not_utf8;
pub(crate) use write::{Plan, Report};

/// What `--save` writes.
pub(crate) const FILE: &str = "/etc/kbp/kbp.toml";
pub(crate) const PACKAGED: &str = "/usr/lib/kbp/kbp.toml";
/// What adds to it.
pub(crate) const FOLDER: &str = "/etc/kbp/kbp.d";

const NOWHERE: &str = "it is a link that leads nowhere: see ls -l";

/// Cores that are to be served in one way.
#[derive(Debug)]
pub(crate) struct Set {
    pub(crate) cores: String,
    pub(crate) force: bool,
    pub(crate) nics: Nics,
    pub(crate) options: Options,
    file: PathBuf,
    line: usize,
    /// The line of each key.
    lines: BTreeMap<&'static str, usize>,
}

/// From where receive interrupts are brought to cores.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Nics {
    pub(crate) from: Vec<String>,
    pub(crate) queues: Queues,
}

impl Set {
    /// Where it stands.
    pub(crate) fn place(&self) -> String {
        format!("{}, line {}", self.file.display(), self.line)
    }

    /// Where this key of it stands; without one, where the set does.
    pub(crate) fn place_of(&self, key: &str) -> Place {
        Place {
            file: self.file.clone(),
            line: Some(self.lines.get(key).copied().unwrap_or(self.line)),
        }
    }
}

/// Everything that is to be served.
#[derive(Default)]
pub(crate) struct Saved {
    pub(crate) sets: Vec<Set>,
    /// The files that were read, in their order.
    pub(crate) files: Vec<PathBuf>,
    /// What lies in kbp.d and is not read.
    pub(crate) passed_over: Vec<String>,
}

/// Reads and checks all of it.
pub(crate) fn read(sys: &dyn System) -> Result<Saved> {
    let (saved, faults) = examine(sys);
    fault::none(faults).map(|()| saved)
}

/// All that can be understood, and all that is wrong.
pub(crate) fn examine(sys: &dyn System) -> (Saved, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut saved = Saved::default();
    if !saved.add(sys, Path::new(FILE), &mut faults) {
        saved.add(sys, Path::new(PACKAGED), &mut faults);
    }
    match pieces(sys) {
        Ok((pieces, passed_over)) => {
            for piece in pieces {
                saved.add(sys, &piece, &mut faults);
            }
            saved.passed_over = passed_over;
        }
        Err(error) => faults.push(Fault::unreadable(Path::new(FOLDER), error)),
    }
    (saved, faults)
}

/// The same of these files, which must be there.
pub(crate) fn examine_files(sys: &dyn System, files: &[PathBuf]) -> (Saved, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut saved = Saved::default();
    for file in files {
        if !saved.add(sys, file, &mut faults) {
            let missing = Error::system("", &io::ErrorKind::NotFound.into());
            faults.push(Fault::unreadable(file, missing));
        }
    }
    (saved, faults)
}

impl Saved {
    /// Adds what a file says; whether it is there.
    fn add(&mut self, sys: &dyn System, file: &Path, faults: &mut Vec<Fault>) -> bool {
        let text = match text_of(sys, file) {
            Ok(Some(text)) => text,
            Ok(None) => return false,
            Err(fault) => {
                faults.push(fault);
                return true;
            }
        };
        let (sets, wrong) = parse::sets(sys, file, &text);
        self.files.push(file.to_owned());
        self.sets.extend(sets);
        faults.extend(wrong);
        true
    }
}

/// The files of kbp.d, and what else lies there: hidden files, which editors and copies leave,
/// folders, and names that do not end in `.toml`.
fn pieces(sys: &dyn System) -> Result<(Vec<PathBuf>, Vec<String>)> {
    let mut files = Vec::new();
    let mut passed_over = Vec::new();
    for name in names(sys, Path::new(FOLDER))? {
        let file = Path::new(FOLDER).join(&name);
        let foreign = !name.ends_with(".toml")
            || name.starts_with('.')
            // A name that is no UTF-8 is shown with this in it, and could not be opened.
            || name.contains(char::REPLACEMENT_CHARACTER)
            || sys.list(&file).is_ok();
        match foreign {
            true => passed_over.push(name),
            false => files.push(file),
        }
    }
    Ok((files, passed_over))
}

/// The text of a file; `None` where it is not there. A link that leads nowhere is there.
fn text_of(sys: &dyn System, file: &Path) -> std::result::Result<Option<String>, Fault> {
    let failed = |error| Error::system(format!("cannot read {}", file.display()), &error);
    let bytes = match sys.read_bytes(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = file.parent().unwrap_or(Path::new("/"));
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let names = names(sys, folder).map_err(|error| Fault::unreadable(folder, error))?;
            return match names.iter().any(|there| *there == name) {
                true => Err(Fault::unreadable(file, failed(error).curing(NOWHERE))),
                false => Ok(None),
            };
        }
        Err(error) => return Err(Fault::unreadable(file, failed(error))),
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) => Err(source::not_utf8(file, &error)),
    }
}

fn names(sys: &dyn System, folder: &Path) -> Result<Vec<String>> {
    match sys.list(folder) {
        Ok(names) => Ok(names),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !hangs(sys, folder) => {
            Ok(Vec::new())
        }
        Err(error) => {
            let lost = error.kind() == io::ErrorKind::NotFound;
            let error = Error::system(format!("cannot read {}", folder.display()), &error);
            Err(match lost {
                true => error.curing(NOWHERE),
                false => error,
            })
        }
    }
}

/// Whether a part of this path is a link that leads nowhere.
fn hangs(sys: &dyn System, path: &Path) -> bool {
    path.ancestors().any(|part| {
        let (Some(folder), Some(name)) = (part.parent(), part.file_name()) else {
            return false;
        };
        let name = name.to_string_lossy();
        let named = sys
            .list(folder)
            .is_ok_and(|names| names.iter().any(|there| *there == name));
        named && !sys.exists(part)
    })
}
