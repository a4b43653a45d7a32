// SPDX-License-Identifier: GPL-2.0
//! The commands, one file each.

mod bench;
mod completion;
mod config;
mod confirm;
mod disable;
mod doctor;
mod enable;
mod irq;
mod load;
mod manual;
mod metrics;
mod reapply;
mod report;
mod saving;
mod schema;
mod serving;
mod set;
mod status;
mod stop;
mod top;
mod unload;
mod verify;

#[cfg(test)]
mod tests;

use crate::cli::{Command, Irq};
use crate::error::{Error, Exit, Result};
use crate::host::wait::Context;
use crate::output::Answer;

/// Runs `command`.
pub(crate) fn run(command: &Command, context: &Context<'_>) -> Result<Answer> {
    require_privilege(command, context)?;
    let mut answer = match command {
        Command::Load(arguments) => load::run(arguments, context),
        Command::Unload(arguments) => unload::run(arguments, context),
        Command::Enable(arguments) => enable::run(arguments, context),
        Command::Confirm(arguments) => confirm::run(arguments, context),
        Command::Disable(arguments) => disable::run(arguments, context),
        Command::Set(arguments) => set::run(arguments, context),
        Command::Reapply(arguments) => reapply::run(arguments, context),
        Command::Config(command) => config::run(command, context.sys),
        Command::Irq(command) => irq::run(command, context),
        Command::Status(arguments) => status::run(arguments, context),
        Command::Doctor(arguments) => doctor::run(arguments, context),
        Command::Top(arguments) => top::run(arguments, context),
        Command::Metrics(arguments) => metrics::run(arguments, context.sys),
        Command::Verify(arguments) => verify::run(arguments, context),
        Command::Bench(arguments) => bench::run(arguments, context),
        Command::Report(arguments) => report::run(arguments, context),
        Command::Completion(arguments) => completion::run(arguments),
        Command::Manual(arguments) => manual::run(arguments),
        Command::Schema(arguments) => schema::run(arguments),
    }?;
    if let Some(actions) = context.sys.recorded() {
        answer.add_recorded(&actions);
    }
    Ok(answer)
}

/// Says so at once, rather than after half the work, when the caller lacks a capability.
fn require_privilege(command: &Command, context: &Context<'_>) -> Result<()> {
    // They read files, which have permissions of their own, use ordinary sockets, or only print.
    let needs_none = matches!(
        command,
        Command::Doctor(_)
            | Command::Config(_)
            | Command::Verify(_)
            | Command::Bench(_)
            | Command::Report(_)
            | Command::Completion(_)
            | Command::Manual(_)
            | Command::Status(_)
            | Command::Schema(_)
            | Command::Irq(Irq::Show(_))
    );
    if needs_none {
        return Ok(());
    }
    let (net_admin, sys_module) = context.sys.capabilities();
    let needs_module = matches!(
        command,
        Command::Load(_) | Command::Unload(_) | Command::Reapply(_)
    );
    let missing = match (net_admin, sys_module) {
        (false, _) => "CAP_NET_ADMIN",
        (true, false) if needs_module => "CAP_SYS_MODULE",
        _ => return Ok(()),
    };
    Err(Error::new(
        Exit::Permission,
        "not permitted",
        format!("this command needs {missing}"),
        "run it as root",
    ))
}
