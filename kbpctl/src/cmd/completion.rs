// SPDX-License-Identifier: GPL-2.0
//! `kbpctl completion`: what lets a shell complete kbpctl's command line.

use clap::CommandFactory;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli;
use crate::error::{Exit, Result};
use crate::output::Answer;

#[derive(Serialize, JsonSchema)]
struct Report<'a> {
    schema: &'static str,
    shell: String,
    script: &'a str,
}

/// Runs the command.
pub(crate) fn run(arguments: &cli::Completion) -> Result<Answer> {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut cli::Cli::command(),
        "kbpctl",
        &mut script,
    );
    let script = String::from_utf8_lossy(&script).trim_end().to_owned();
    let report = Report {
        schema: "kbp.completion/1",
        shell: arguments.shell.to_string(),
        script: &script,
    };
    Ok(Answer::new(&report, script.clone(), Exit::Ok))
}
