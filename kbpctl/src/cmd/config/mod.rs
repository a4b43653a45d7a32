// SPDX-License-Identifier: GPL-2.0
//! `kbpctl config`: the saved state, as it is understood. Nothing is changed here.

mod check;
mod finding;
mod here;
mod show;

use crate::cli;
use crate::error::Result;
use crate::output::Answer;
use crate::sys::System;

/// Runs the command.
pub(crate) fn run(command: &cli::Config, sys: &dyn System) -> Result<Answer> {
    match command {
        cli::Config::Show(arguments) => show::run(arguments, sys),
        cli::Config::Check(arguments) => Ok(check::run(arguments, sys)),
    }
}
