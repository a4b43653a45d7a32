// SPDX-License-Identifier: GPL-2.0
//! `kbpctl completion`: what lets a shell complete kbpctl's command line.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli;
use crate::complete::shells;
use crate::error::{Error, Exit, Result};
use crate::output::Answer;

#[derive(Serialize, JsonSchema)]
struct Report<'a> {
    schema: &'static str,
    shell: String,
    script: &'a str,
}

/// Runs the command.
pub(crate) fn run(arguments: &cli::Completion) -> Result<Answer> {
    let script = shells::script(arguments.shell)
        .map_err(|error| Error::system("cannot print what the shell is told", &error))?;
    let report = Report {
        schema: "kbp.completion/1",
        shell: arguments.shell.to_string(),
        script: &script,
    };
    Ok(Answer::new(&report, script.clone(), Exit::Ok))
}
