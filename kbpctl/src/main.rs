// SPDX-License-Identifier: GPL-2.0
//! `kbpctl`: loads, enables, watches and removes KBP.

mod canary;
mod cli;
mod cmd;
mod complete;
mod cores;
mod cure;
mod doctor;
mod dry;
mod error;
mod host;
mod manual;
mod nic;
mod output;
mod rates;
mod schemas;
mod steer;
mod sys;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::Parser;

use cli::Cli;
use dry::DryRun;
use error::{Error, Exit};
use host::wait::Context;
use output::Form;
use sys::real::Kernel;

fn main() -> ExitCode {
    complete::shells::answer::<Cli>();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let kernel = Kernel::new();
    let dry_run = DryRun::new(&kernel);
    let sys: &dyn sys::System = if cli.command.dry_run() {
        &dry_run
    } else {
        &kernel
    };
    let form = cli.global.form();
    let context = Context::new(sys, cli.global.verbose).answering(form);
    match cmd::run(&cli.command, &context) {
        Ok(answer) => {
            let printed = match form {
                _ if answer.is_said() => Ok(()),
                Form::Text => print(&answer.text),
                form => print(&output::document(&answer.json, form)),
            };
            match printed {
                Ok(()) => ExitCode::from(answer.exit as u8),
                Err(error) => fail(&unprinted(&error), Form::Text),
            }
        }
        Err(error) => fail(&error, form),
    }
}

/// Prints the answer. A reader that went away is no error of the command.
fn print(text: &str) -> io::Result<()> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

fn unprinted(error: &io::Error) -> Error {
    Error::system(
        "the command is done, but its answer cannot be written",
        error,
    )
}

fn fail(error: &Error, form: Form) -> ExitCode {
    match form {
        Form::Text => {
            let _ = match io::stderr().is_terminal() {
                true => writeln!(io::stderr(), "{}", error.lines()),
                false => writeln!(io::stderr(), "kbpctl: {error}"),
            };
        }
        // The exit code is what is left.
        form => {
            let _ = print(&output::document(&output::error_document(error), form));
        }
    }
    ExitCode::from(error.exit as u8)
}

/// A command line that clap does not take, in the form the caller seems to want.
fn usage(error: &clap::Error) -> ExitCode {
    let wants =
        |short: &str, long: &str| std::env::args_os().any(|arg| arg == short || arg == long);
    let form = match (wants("-p", "--pretty"), wants("-j", "--json")) {
        (true, _) => Form::Pretty,
        (false, true) => Form::Json,
        (false, false) => Form::Text,
    };
    let asked = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    if asked || form == Form::Text {
        error.exit();
    }
    let text = error.to_string();
    // The first paragraph says what is wrong; usage and hints follow it.
    let lines = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.is_empty());
    let cause = lines.collect::<Vec<_>>().join(" ");
    let cause = cause.trim_start_matches("error: ");
    fail(
        &Error::new(
            Exit::Usage,
            "wrong command line",
            cause,
            "see kbpctl --help",
        ),
        form,
    )
}
