// SPDX-License-Identifier: GPL-2.0
//! Values of the command line as this machine has them, for a shell that completes it. They are read
//! when the key is pressed; what cannot be read is not offered.

mod cores;
mod interfaces;
pub(crate) mod shells;

use std::ffi::OsStr;

use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter, CompletionCandidate};

use crate::schemas;
use crate::sys::real::Kernel;
use crate::sys::System;

/// What can be written, and a word about it, which bash does not show.
#[derive(Debug, PartialEq, Eq)]
struct Value {
    text: String,
    help: Option<String>,
}

/// For `--cores`.
pub(crate) fn cores() -> ArgValueCompleter {
    ArgValueCompleter::new(|begun: &OsStr| offered(cores::values, begun))
}

/// For arguments that name interfaces.
pub(crate) fn interfaces() -> ArgValueCompleter {
    ArgValueCompleter::new(|begun: &OsStr| offered(interfaces::values, begun))
}

/// For arguments that name schemas.
pub(crate) fn schemas() -> ArgValueCandidates {
    let names = || schemas::ALL.iter().map(|schema| schema.name);
    ArgValueCandidates::new(move || names().map(CompletionCandidate::new).collect())
}

/// Those that go on from what was begun.
fn offered(values: fn(&dyn System, &str) -> Vec<Value>, begun: &OsStr) -> Vec<CompletionCandidate> {
    let begun = begun.to_string_lossy();
    let values = values(&Kernel::new(), &begun).into_iter();
    values
        .filter(|value| value.text.starts_with(&*begun))
        .map(|value| CompletionCandidate::new(value.text).help(value.help.map(Into::into)))
        .collect()
}
