// SPDX-License-Identifier: GPL-2.0
//! `kbpctl irq`: where the interrupts of NICs go.

mod pin;
mod restore;
mod show;
mod watch;

use crate::cli;
use crate::error::Result;
use crate::host::wait::Context;
use crate::output::Answer;

/// Runs the command.
pub(crate) fn run(command: &cli::Irq, context: &Context<'_>) -> Result<Answer> {
    match command {
        cli::Irq::Show(arguments) => show::run(arguments, context.sys),
        cli::Irq::Pin(arguments) => pin::run(arguments, context),
        cli::Irq::Restore(arguments) => restore::run(arguments, context),
        cli::Irq::Watch => watch::run(context),
    }
}
