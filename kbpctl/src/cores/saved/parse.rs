// SPDX-License-Identifier: GPL-2.0
//! Reading a file of the saved state. Whatever is wrong is named with file and line, in the words of
//! the command line.

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::{DeTable, DeValue};
use toml::Spanned;

use super::fault::{self, Fault};
use super::keys::{alone, CHANNELS, CORES, FORCE, FROM, OPTIONS, OTHERS, XPS};
use super::source::Source;
use super::{Nics, Set};
use crate::cli::Options;
use crate::cores::config::parse;
use crate::cores::select;
use crate::error::{Error, Exit};
use crate::nic::interface;
use crate::sys::System;

/// What was read, or why it cannot be used.
type Result<T> = std::result::Result<T, Fault>;

const SHAPE: &str =
    "write [[serve]] with cores = \"LIST\" and options named as those of kbpctl enable";

const SYNTAX: &str = "write KEY = VALUE in each line, texts in quotes: cores = \"2-5\"";

/// The sets of a file, all of whose values were checked, and what is wrong in it, by lines. Whether
/// the hardware that a set names is there is not asked.
pub(super) fn sets(sys: &dyn System, file: &Path, text: &str) -> (Vec<Set>, Vec<Fault>) {
    let source = Source { sys, file, text };
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut found = Found {
        faults: errors.iter().map(|error| source.syntax(error)).collect(),
        is_toml: errors.is_empty(),
        ..Found::default()
    };
    for (key, value) in document.get_ref() {
        source.top(key, value, &mut found);
    }
    let Found {
        sets, mut faults, ..
    } = found;
    faults.sort_by_key(|fault| fault.place.line);
    // What follows from a line that cannot be read is no fault of its own.
    faults.dedup_by(|next, first| !errors.is_empty() && next.place == first.place);
    (sets, faults)
}

/// The same of a file that must be good.
pub(super) fn whole(
    sys: &dyn System,
    file: &Path,
    text: &str,
) -> std::result::Result<Vec<Set>, Error> {
    let (sets, faults) = sets(sys, file, text);
    fault::none(faults).map(|()| sets)
}

/// What a file says, as far as it was read.
#[derive(Default)]
struct Found {
    sets: Vec<Set>,
    faults: Vec<Fault>,
    is_toml: bool,
}

impl Found {
    /// What is wrong with the build of a file: told only where each line of it could be read. A table
    /// whose head could not be read looks as if its keys were another's.
    fn misshaped(&mut self, fault: Fault) {
        if self.is_toml {
            self.faults.push(fault);
        }
    }
}

impl Source<'_> {
    fn syntax(&self, error: &toml::de::Error) -> Fault {
        let span = error.span().unwrap_or_default();
        let rule = error
            .message()
            .split(['\n', ','])
            .next()
            .unwrap_or_default();
        let cause = format!("\"{}\" cannot be read: {rule}", self.written(&span));
        self.refuse(&span, cause, SYNTAX)
    }

    fn top(&self, key: &Spanned<impl AsRef<str>>, value: &Spanned<DeValue<'_>>, found: &mut Found) {
        let name = key.get_ref().as_ref();
        let refuse = |cause| self.refuse(&key.span(), cause, SHAPE);
        if name != "serve" {
            return found.misshaped(refuse(format!("there is no key \"{name}\" here")));
        }
        match value.get_ref().as_array() {
            None => found.misshaped(refuse("serve is no list of sets".to_owned())),
            Some(entries) => entries.iter().for_each(|entry| self.set(entry, found)),
        }
    }

    fn set(&self, entry: &Spanned<DeValue<'_>>, found: &mut Found) {
        let refuse = |cause, cure| self.refuse(&entry.span(), cause, cure);
        let Some(table) = entry.get_ref().as_table() else {
            let cause = format!("{} is no set of keys", self.shown(entry));
            return found.misshaped(refuse(cause, SHAPE));
        };
        let mut set = Set {
            cores: String::new(),
            force: false,
            nics: Nics::default(),
            options: Options::default(),
            file: self.file.to_owned(),
            line: self.line(&entry.span()),
            lines: BTreeMap::new(),
        };
        let before = found.faults.len();
        for (key, value) in table {
            match self.key(&mut set, key, value) {
                Ok(known) => {
                    set.lines.insert(known, self.line(&key.span()));
                }
                Err(fault) => found.faults.push(fault),
            }
        }
        let is_named = |key: &str| table.iter().any(|(there, _)| there.get_ref() == key);
        if !is_named(FROM) && set.nics != Nics::default() {
            let cause = "channels and xps are about NICs, and this [[serve]] has no from";
            found.misshaped(refuse(cause.to_owned(), "write from = \"eth0\""));
        }
        if !is_named(CORES) {
            found.misshaped(refuse("this [[serve]] has no cores".to_owned(), SHAPE));
        }
        if found.is_toml && found.faults.len() == before {
            set.line = set.lines.get(CORES).copied().unwrap_or(set.line);
            found.sets.push(set);
        }
    }

    /// Reads one key of a set; its name.
    fn key(
        &self,
        set: &mut Set,
        key: &Spanned<impl AsRef<str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<&'static str> {
        let name = key.get_ref().as_ref();
        if let Some(other) = OTHERS.into_iter().find(|other| *other == name) {
            match other {
                CORES => set.cores = self.cores(value)?,
                FROM => set.nics.from = self.interfaces(value)?,
                CHANNELS => set.nics.queues.channels = Some(self.channels(value)?),
                XPS => set.nics.queues.xps = self.flag(XPS, value)?,
                _ => set.force = self.flag(FORCE, value)?,
            }
            return Ok(other);
        }
        let Some((known, field)) = OPTIONS.iter().find(|(known, _)| *known == name) else {
            let options = OPTIONS.map(|(known, _)| known).join(", ");
            let others = OTHERS.join(", ");
            let cause = format!("there is no key \"{name}\"; there are {others}, {options}");
            return Err(self.refuse(&key.span(), cause, SHAPE));
        };
        let word = self.word(name, value)?;
        parse::read(&alone(*field, word.clone())).map_err(|error| {
            let cause = format!("{name} = {}: {}", self.shown(value), error.cause);
            let cure = format!("{name} takes what the option does: {}", error.cure);
            self.refuse(&value.span(), cause, &cure)
        })?;
        *field(&mut set.options) = Some(word);
        Ok(known)
    }

    fn cores(&self, value: &Spanned<DeValue<'_>>) -> Result<String> {
        let cores = self.word(CORES, value)?;
        match select::resolve(self.sys, &cores) {
            Err(error) if error.exit == Exit::Usage => {
                let cause = format!("cores = {}: {}", self.shown(value), error.cause);
                Err(self.refuse(&value.span(), cause, &error.cure))
            }
            _ => Ok(cores),
        }
    }

    /// `"eth0,eth1"`, as on the command line.
    fn interfaces(&self, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>> {
        let names = self.word(FROM, value)?;
        let names: Vec<String> = names
            .split(',')
            .map(|name| name.trim().to_owned())
            .collect();
        match names.iter().find_map(|name| interface::refuse(name)) {
            None => Ok(names),
            Some(cause) => {
                let cause = format!("from = {}: {cause}", self.shown(value));
                Err(self.refuse(&value.span(), cause, "write from = \"eth0,eth1\""))
            }
        }
    }

    fn channels(&self, value: &Spanned<DeValue<'_>>) -> Result<u32> {
        let word = self.word(CHANNELS, value)?;
        match word.parse() {
            Ok(count) if count > 0 => Ok(count),
            _ => {
                let shown = self.shown(value);
                let cause = format!("channels = {shown} is no number of queues");
                Err(self.refuse(&value.span(), cause, "write a whole number from 1 on"))
            }
        }
    }

    fn flag(&self, name: &str, value: &Spanned<DeValue<'_>>) -> Result<bool> {
        value.get_ref().as_bool().ok_or_else(|| {
            let cause = format!("{name} = {} is neither true nor false", self.shown(value));
            let cure = format!("write {name} = true, or leave it out");
            self.refuse(&value.span(), cause, &cure)
        })
    }

    /// `50` and `"50"` are the same.
    fn word(&self, name: &str, value: &Spanned<DeValue<'_>>) -> Result<String> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text.to_string()),
            DeValue::Integer(number) => {
                let small = i64::from_str_radix(number.as_str(), number.radix());
                Ok(small.map_or_else(|_| number.to_string(), |small| small.to_string()))
            }
            _ => {
                let shown = self.shown(value);
                let cause = format!("{name} = {shown} is neither a whole number nor a text");
                let cure = format!("write {name} = \"VALUE\", as for kbpctl enable --{name}");
                Err(self.refuse(&value.span(), cause, &cure))
            }
        }
    }
}
