// SPDX-License-Identifier: GPL-2.0
//! Reading a file of the saved state. Whatever is wrong is named with file and line, in the words of
//! the command line.

use std::path::Path;

use toml::de::{DeTable, DeValue};
use toml::Spanned;

use super::source::Source;
use super::{Nics, Set};
use crate::cli::Options;
use crate::cores::config::parse;
use crate::cores::select;
use crate::error::{Exit, Result};
use crate::nic::interface;
use crate::sys::System;

/// Where an option of `kbpctl enable` is kept.
type Place = fn(&mut Options) -> &mut Option<String>;

/// The options, by their names.
const OPTIONS: [(&str, Place); 10] = [
    ("irq", |options| &mut options.irq),
    ("idle", |options| &mut options.idle),
    ("away", |options| &mut options.away),
    ("sched", |options| &mut options.sched),
    ("max-exit-latency", |options| &mut options.max_exit_latency),
    ("window", |options| &mut options.window),
    ("spacing", |options| &mut options.spacing),
    ("rescue", |options| &mut options.rescue),
    ("retry", |options| &mut options.retry),
    ("share", |options| &mut options.share),
];

const SHAPE: &str =
    "write [[serve]] with cores = \"LIST\" and options named as those of kbpctl enable";

const SYNTAX: &str = "write KEY = VALUE in each line, texts in quotes: cores = \"2-5\"";

/// The sets of a file, all of whose values were checked. Whether the hardware that a set names is
/// there is not asked.
pub(super) fn sets(sys: &dyn System, file: &Path, text: &str) -> Result<Vec<Set>> {
    let source = Source { sys, file, text };
    let document = DeTable::parse(text).map_err(|error| {
        let span = error.span().unwrap_or_default();
        let rule = error
            .message()
            .split(['\n', ','])
            .next()
            .unwrap_or_default();
        let cause = format!("\"{}\" cannot be read: {rule}", source.written(&span));
        source.refuse(&span, cause, SYNTAX)
    })?;
    let mut sets = Vec::new();
    for (key, value) in document.get_ref() {
        if key.get_ref() != "serve" {
            let cause = format!("there is no key \"{}\" here", key.get_ref());
            return Err(source.refuse(&key.span(), cause, SHAPE));
        }
        let Some(entries) = value.get_ref().as_array() else {
            let cause = "serve is no list of sets".to_owned();
            return Err(source.refuse(&key.span(), cause, SHAPE));
        };
        for entry in entries.iter() {
            sets.push(source.set(entry)?);
        }
    }
    Ok(sets)
}

impl Source<'_> {
    fn set(&self, entry: &Spanned<DeValue<'_>>) -> Result<Set> {
        let Some(table) = entry.get_ref().as_table() else {
            let cause = format!("{} is no set of keys", self.shown(entry));
            return Err(self.refuse(&entry.span(), cause, SHAPE));
        };
        let mut set = Set {
            cores: String::new(),
            force: false,
            nics: Nics::default(),
            options: Options::default(),
            file: self.file.to_owned(),
            line: self.line(&entry.span()),
        };
        let mut named = false;
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "cores" => {
                    set.cores = self.cores(value)?;
                    set.line = self.line(&value.span());
                    named = true;
                }
                "from" => set.nics.from = self.interfaces(value)?,
                "channels" => set.nics.queues.channels = Some(self.channels(value)?),
                "xps" => set.nics.queues.xps = self.flag(key, value)?,
                "force" => set.force = self.flag(key, value)?,
                _ => self.option(&mut set.options, key, value)?,
            }
        }
        if set.nics.from.is_empty() && set.nics != Nics::default() {
            let cause =
                "channels and xps are about NICs, and this [[serve]] has no from".to_owned();
            return Err(self.refuse(&entry.span(), cause, "write from = \"eth0\""));
        }
        match named {
            true => Ok(set),
            false => Err(self.refuse(&entry.span(), "this [[serve]] has no cores".into(), SHAPE)),
        }
    }

    fn cores(&self, value: &Spanned<DeValue<'_>>) -> Result<String> {
        let cores = self.word("cores", value)?;
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
        let names = self.word("from", value)?;
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
        let word = self.word("channels", value)?;
        match word.parse() {
            Ok(count) if count > 0 => Ok(count),
            _ => {
                let shown = self.shown(value);
                let cause = format!("channels = {shown} is no number of queues");
                Err(self.refuse(&value.span(), cause, "write a whole number from 1 on"))
            }
        }
    }

    fn flag(&self, key: &Spanned<impl AsRef<str>>, value: &Spanned<DeValue<'_>>) -> Result<bool> {
        value.get_ref().as_bool().ok_or_else(|| {
            let shown = self.shown(value);
            let cause = format!(
                "{} = {shown} is neither true nor false",
                key.get_ref().as_ref()
            );
            let name = key.get_ref().as_ref();
            self.refuse(
                &value.span(),
                cause,
                &format!("write {name} = true, or leave it out"),
            )
        })
    }

    fn option(
        &self,
        options: &mut Options,
        key: &Spanned<impl AsRef<str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<()> {
        let name = key.get_ref().as_ref();
        let Some((_, place)) = OPTIONS.iter().find(|(known, _)| *known == name) else {
            let known = OPTIONS.map(|(known, _)| known).join(", ");
            let cause = format!(
                "there is no key \"{name}\"; there are cores, from, channels, xps, force, {known}"
            );
            return Err(self.refuse(&key.span(), cause, SHAPE));
        };
        let word = self.word(name, value)?;
        let mut alone = Options::default();
        *place(&mut alone) = Some(word.clone());
        parse::read(&alone).map_err(|error| {
            let cause = format!("{name} = {}: {}", self.shown(value), error.cause);
            let cure = format!("{name} takes what the option does: {}", error.cure);
            self.refuse(&value.span(), cause, &cure)
        })?;
        *place(options) = Some(word);
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::OPTIONS;

    #[test]
    fn the_manual_names_each_key() {
        let page = include_str!("../../../../packaging/man/kbp.toml.5").replace("\\-", "-");
        let promised = include_str!("../../../../docs/compatibility.md");
        let options = OPTIONS.iter().map(|(name, _)| *name);
        for key in options.chain(["cores", "from", "channels", "xps", "force"]) {
            assert!(page.contains(&format!("\n.BR {key} \"")), "{key}");
            assert!(promised.contains(&format!("`{key}`")), "{key}");
        }
    }
}
