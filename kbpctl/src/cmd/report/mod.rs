// SPDX-License-Identifier: GPL-2.0
//! `kbpctl report`: an archive with what a report of a fault needs. Nothing is changed, and what
//! cannot be read is named.
//!
//! [`own`] asks the other commands, [`files`] and [`machine`] the kernel. [`part`] keeps it, [`redact`]
//! takes out whose machine it is, and [`archive`] packs it.

mod archive;
mod files;
mod machine;
mod own;
mod part;
mod redact;

use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use schemars::JsonSchema;
use serde::Serialize;

use self::part::{Missing, Part, Parts};
use self::redact::Redactor;
use crate::cli;
use crate::error::{Error, Exit, Result};
use crate::host::kernel_log;
use crate::host::packages;
use crate::host::verified::KBP_VERSION;
use crate::host::wait::Context;
use crate::output::{harmless_lines, Answer};
use crate::sys::System;

#[derive(Serialize, JsonSchema)]
struct Report {
    schema: &'static str,
    /// `None`: it was not written.
    file: Option<PathBuf>,
    bytes: Option<usize>,
    redacted: bool,
    parts: Vec<Part>,
    missing: Vec<Missing>,
}

/// Runs the command.
pub(crate) fn run(arguments: &cli::Report, context: &Context<'_>) -> Result<Answer> {
    let sys = context.sys;
    let file = (!arguments.list).then_some(&*arguments.output);
    if let Some(file) = file {
        // Before seconds are spent on it.
        check(sys, file)?;
    }
    let date = sys.date();
    let redacted = !arguments.no_redact;
    let mut parts = gather(context);
    if redacted {
        let mut redactor = Redactor::new(sys);
        parts = parts.rewritten(|text| redactor.text(text));
    }
    let list = harmless_lines(&archive::list(&parts));
    let mut bytes = None;
    let text = match file {
        None => format!("{list}\n\nNothing was written."),
        Some(file) => {
            let manifest = format!("{}\n\n{list}\n", head(date, redacted));
            let failed = |error| Error::system(format!("cannot write {}", file.display()), &error);
            let packed = archive::pack(&parts, &manifest, date).map_err(failed)?;
            sys.create(file, &packed).map_err(failed)?;
            bytes = Some(packed.len());
            written(file, packed.len(), &parts, redacted)
        }
    };
    let report = Report {
        schema: "kbp.report/1",
        file: file.map(Path::to_owned),
        bytes,
        redacted,
        parts: parts.all,
        missing: parts.missing,
    };
    Ok(Answer::new(&report, text, Exit::Ok))
}

/// Refuses a place where no new file can be.
fn check(sys: &dyn System, file: &Path) -> Result<()> {
    let what = format!("cannot write {}", file.display());
    if sys.exists(file) {
        let cause = "there is such a file, and a report takes nobody's place";
        let cure = "name another one with --output, or remove it";
        return Err(Error::new(Exit::Failed, what, cause, cure));
    }
    let folder = file.parent().unwrap_or(Path::new(""));
    match folder.as_os_str().is_empty() || sys.exists(folder) {
        true => Ok(()),
        false => Err(Error::new(
            Exit::Failed,
            what,
            format!("there is no folder {}", folder.display()),
            "make it, or name another one",
        )),
    }
}

fn gather(context: &Context<'_>) -> Parts {
    let sys = context.sys;
    let mut parts = Parts::default();
    machine::add(&mut parts, sys);
    let joined = |lines: Vec<String>| lines.join("\n") + "\n";
    let log = kernel_log::lines(sys).map(joined);
    parts.take(
        "kernel-log.txt",
        "/dev/kmsg, the lines about KBP",
        log.map_err(|error| files::why(&error)),
    );
    let packages = packages::lines(sys).map(joined);
    parts.take(
        "packages.txt",
        packages::FILE,
        packages.map_err(|error| files::why(&error)),
    );
    own::add(&mut parts, context);
    files::add(&mut parts, sys);
    parts
}

fn head(date: Duration, redacted: bool) -> String {
    let date = humantime::format_rfc3339_seconds(UNIX_EPOCH + date);
    let how = match redacted {
        true => {
            "Names of the host, addresses, UUIDs, and values of unknown parameters of the kernel's \
             command line are replaced; the same alias is the same value."
        }
        false => "Nothing is replaced: it says whose machine it is.",
    };
    format!("kbpctl report of kbpctl {KBP_VERSION}, {date}\n{how}")
}

fn written(file: &Path, bytes: usize, parts: &Parts, redacted: bool) -> String {
    let count = parts.all.len();
    let file = file.display();
    let mut lines = vec![format!("{file}: {count} files, packed {bytes} bytes")];
    let missing = parts.missing.iter();
    lines.extend(missing.map(|missing| format!("not in it: {missing}")));
    lines.push(match redacted {
        true => format!("read it before you send it: tar -xzf {file}"),
        false => "it says whose machine it is: without --no-redact it does not".to_owned(),
    });
    harmless_lines(&lines.join("\n"))
}
