// SPDX-License-Identifier: GPL-2.0
//! The saved state: `/etc/kbp/kbp.toml`, or where it does not exist `/usr/lib/kbp/kbp.toml`; and then
//! `/etc/kbp/kbp.d/*.toml` in the order of their names.

mod difference;
mod parse;
mod print;
mod served;
mod source;
mod write;

use std::io;
use std::path::{Path, PathBuf};

use crate::cli::{Options, Queues};
use crate::error::{Error, Result};
use crate::sys::System;

pub(crate) use served::Served;
#[cfg(test)]
pub(crate) use source::not_utf8;
pub(crate) use write::{Plan, Report};

/// What `--save` writes.
pub(crate) const FILE: &str = "/etc/kbp/kbp.toml";
const PACKAGED: &str = "/usr/lib/kbp/kbp.toml";
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
}

/// Everything that is to be served.
pub(crate) struct Saved {
    pub(crate) sets: Vec<Set>,
    /// What lies in kbp.d and is not read.
    pub(crate) passed_over: Vec<String>,
}

/// Reads and checks all of it.
pub(crate) fn read(sys: &dyn System) -> Result<Saved> {
    let mut sets = match text_of(sys, Path::new(FILE))? {
        Some(text) => parse::sets(sys, Path::new(FILE), &text)?,
        None => match text_of(sys, Path::new(PACKAGED))? {
            Some(text) => parse::sets(sys, Path::new(PACKAGED), &text)?,
            None => Vec::new(),
        },
    };
    let (pieces, passed_over) = pieces(sys)?;
    sets.extend(pieces);
    Ok(Saved { sets, passed_over })
}

/// What the files of kbp.d add, and what else lies there: hidden files, which editors and copies
/// leave, folders, and names that do not end in `.toml`.
fn pieces(sys: &dyn System) -> Result<(Vec<Set>, Vec<String>)> {
    let mut sets = Vec::new();
    let mut passed_over = Vec::new();
    for name in names(sys, Path::new(FOLDER))? {
        let file = Path::new(FOLDER).join(&name);
        let foreign = !name.ends_with(".toml")
            || name.starts_with('.')
            // A name that is no UTF-8 is shown with this in it, and could not be opened.
            || name.contains(char::REPLACEMENT_CHARACTER)
            || sys.list(&file).is_ok();
        if foreign {
            passed_over.push(name);
        } else if let Some(text) = text_of(sys, &file)? {
            sets.extend(parse::sets(sys, &file, &text)?);
        }
    }
    Ok((sets, passed_over))
}

/// The text of a file; `None` where it is not there. A link that leads nowhere is there.
fn text_of(sys: &dyn System, file: &Path) -> Result<Option<String>> {
    let failed = |error| Error::system(format!("cannot read {}", file.display()), &error);
    let bytes = match sys.read_bytes(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = file.parent().unwrap_or(Path::new("/"));
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            return match names(sys, folder)?.iter().any(|there| *there == name) {
                true => Err(failed(error).curing(NOWHERE)),
                false => Ok(None),
            };
        }
        Err(error) => return Err(failed(error)),
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
