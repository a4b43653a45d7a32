// SPDX-License-Identifier: GPL-2.0
//! `kbpctl bench`: round trips between two machines. It changes nothing on either of them, so it
//! needs no privilege and does not go through the seam of system calls.

mod address;
mod log;
mod peer;
mod serve;
mod text;

use crate::cli;
use crate::error::Result;
use crate::host::wait::Context;
use crate::output::Answer;

/// Runs the command.
pub(crate) fn run(arguments: &cli::Bench, context: &Context<'_>) -> Result<Answer> {
    match &arguments.side {
        Some(cli::Side::Serve(serve)) => serve::run(serve),
        None => peer::run(&arguments.peer, context),
    }
}
