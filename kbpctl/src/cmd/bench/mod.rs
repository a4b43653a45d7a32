// SPDX-License-Identifier: GPL-2.0
//! `kbpctl bench`: round trips between two machines. It changes nothing on either of them, so it
//! needs no privilege and does not go through the seam of system calls.

mod address;
mod log;
mod peer;
mod serve;
mod text;

use std::io;
use std::sync::atomic::AtomicBool;
use std::sync::Arc;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::cli;
use crate::error::{Error, Exit, Result};
use crate::host::wait::Context;
use crate::output::Answer;

/// Runs the command.
pub(crate) fn run(arguments: &cli::Bench, context: &Context<'_>) -> Result<Answer> {
    match &arguments.side {
        Some(cli::Side::Serve(serve)) => serve::run(serve),
        None => peer::run(&arguments.peer, context),
    }
}

/// A flag that ctrl-c raises.
fn stop_flag() -> Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, flag.clone())
            .map_err(|error: io::Error| Error::system("cannot catch signals", &error))?;
    }
    Ok(flag)
}

/// The load's error as one of ours.
fn failed(error: kbp_probe::Error) -> Error {
    let exit = match error.kind {
        kbp_probe::ErrorKind::Request => Exit::Usage,
        kbp_probe::ErrorKind::Failed => Exit::Failed,
        kbp_probe::ErrorKind::Permission => Exit::Permission,
    };
    Error::new(exit, error.what, error.why, error.cure)
}
