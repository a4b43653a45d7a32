// SPDX-License-Identifier: GPL-2.0
//! What a check found.

use schemars::JsonSchema;
use serde::Serialize;

/// How it stands. The worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verdict {
    /// KBP does not do what it is for.
    Bad,
    /// Something delays packets, or will.
    Warning,
    /// It could be better, at a price that only the operator knows.
    Hint,
    /// It cannot be told here.
    Unknown,
    Ok,
}

impl Verdict {
    /// As it is shown; programs get the same word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Verdict::Bad => "bad",
            Verdict::Warning => "warning",
            Verdict::Hint => "hint",
            Verdict::Unknown => "unknown",
            Verdict::Ok => "ok",
        }
    }
}

/// The answer to a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Finding {
    pub(crate) verdict: Verdict,
    /// What is so.
    pub(crate) value: String,
    /// Why that is no good, or why it cannot be told.
    pub(crate) why: Option<String>,
    /// What the operator can do, in words.
    pub(crate) cure: Option<String>,
    /// The same as commands for a shell of root.
    pub(crate) commands: Vec<String>,
}

impl Finding {
    fn new(verdict: Verdict, value: impl Into<String>, why: Option<String>) -> Finding {
        Finding {
            verdict,
            value: value.into(),
            why,
            cure: None,
            commands: Vec::new(),
        }
    }

    pub(crate) fn ok(value: impl Into<String>) -> Finding {
        Finding::new(Verdict::Ok, value, None)
    }

    pub(crate) fn unknown(why: impl Into<String>) -> Finding {
        Finding::new(Verdict::Unknown, why, None)
    }

    pub(crate) fn bad(value: impl Into<String>, why: impl Into<String>) -> Finding {
        Finding::new(Verdict::Bad, value, Some(why.into()))
    }

    pub(crate) fn warning(value: impl Into<String>, why: impl Into<String>) -> Finding {
        Finding::new(Verdict::Warning, value, Some(why.into()))
    }

    pub(crate) fn hint(value: impl Into<String>, why: impl Into<String>) -> Finding {
        Finding::new(Verdict::Hint, value, Some(why.into()))
    }

    /// With a cure that is no command.
    #[must_use]
    pub(crate) fn cured_by(mut self, cure: impl Into<String>) -> Finding {
        self.cure = Some(cure.into());
        self
    }

    /// With a command that cures it, after those it has.
    #[must_use]
    pub(crate) fn run(mut self, command: impl Into<String>) -> Finding {
        self.commands.push(command.into());
        self
    }

    /// With these commands.
    #[must_use]
    pub(crate) fn run_all(mut self, commands: impl IntoIterator<Item = String>) -> Finding {
        self.commands.extend(commands);
        self
    }
}

/// The first of them, and how many more there are.
pub(crate) fn some(all: &[String]) -> String {
    const NAMED: usize = 3;
    let named = all[..all.len().min(NAMED)].join(", ");
    match all.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}
