// SPDX-License-Identifier: GPL-2.0
//! What a report is made of.

use std::fmt::{self, Display, Formatter};

use schemars::JsonSchema;
use serde::Serialize;

/// One file of the archive.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Part {
    /// Its path in the archive.
    pub(super) name: String,
    pub(super) bytes: usize,
    /// Whence it comes.
    pub(super) source: String,
    #[serde(skip)]
    pub(super) text: String,
}

/// What is not there, and why.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Missing {
    pub(super) source: String,
    pub(super) why: String,
}

impl Display for Missing {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.source, self.why)
    }
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) all: Vec<Part>,
    pub(super) missing: Vec<Missing>,
}

impl Parts {
    /// What was read from there.
    pub(super) fn add(&mut self, name: impl Into<String>, source: impl Into<String>, text: String) {
        self.all.push(Part {
            name: name.into(),
            bytes: text.len(),
            source: source.into(),
            text,
        });
    }

    /// What could not be read.
    pub(super) fn lack(&mut self, source: impl Into<String>, why: impl ToString) {
        self.missing.push(Missing {
            source: source.into(),
            why: why.to_string(),
        });
    }

    /// What was read, or why not.
    pub(super) fn take<E: ToString>(
        &mut self,
        name: impl Into<String>,
        source: impl Into<String>,
        text: Result<String, E>,
    ) {
        match text {
            Ok(text) => self.add(name, source, text),
            Err(error) => self.lack(source, error),
        }
    }

    /// The same with other words in it.
    pub(super) fn rewritten(self, mut rewrite: impl FnMut(&str) -> String) -> Parts {
        let mut parts = Parts::default();
        for part in self.all {
            let (name, source) = (rewrite(&part.name), rewrite(&part.source));
            parts.add(name, source, rewrite(&part.text));
        }
        for missing in self.missing {
            parts.lack(rewrite(&missing.source), rewrite(&missing.why));
        }
        parts
    }
}
