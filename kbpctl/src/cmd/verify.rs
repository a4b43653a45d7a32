// SPDX-License-Identifier: GPL-2.0
//! `kbpctl verify`: may KBP be loaded on this kernel? Told from its image, without loading.

use kbp_verify::{Report, Verdict};

use crate::cli;
use crate::error::{Error, Exit, Result};
use crate::host::images::{self, Files};
use crate::host::verified;
use crate::host::wait::Context;
use crate::output::Answer;

/// Runs the command.
pub(crate) fn run(arguments: &cli::Verify, context: &Context<'_>) -> Result<Answer> {
    let sys = context.sys;
    let files = subject(arguments, context)?;
    let report = verified::analyse(sys, &files)?;
    let running = arguments.subject.kernel.is_none() && arguments.subject.image.is_none();
    if running {
        verified::same_build(sys, &files, &report)?;
    }
    let mut text = describe(&report);
    if arguments.record {
        if report.verdict == Verdict::Ok {
            let path = verified::record(sys, &files, &report)?;
            text.push_str(&format!("\nrecorded in {}", path.display()));
        } else {
            text.push_str("\nnot recorded: only good verdicts are");
        }
    }
    let document = verified::Document::new(&files, &report);
    Ok(Answer::new(&document, text, verified::exit(report.verdict)))
}

/// The files to look at.
fn subject(arguments: &cli::Verify, context: &Context<'_>) -> Result<Files> {
    let sys = context.sys;
    let mut files = match (&arguments.subject.image, &arguments.subject.kernel) {
        (Some(image), _) => Files {
            image: image.clone(),
            config: None,
        },
        (None, Some(release)) => images::find(sys, release)?,
        (None, None) => images::find(sys, &sys.release())?,
    };
    if let Some(config) = &arguments.config {
        files.config = Some(config.clone());
    }
    match sys.exists(&files.image) {
        true => Ok(files),
        false => Err(Error::new(
            Exit::Failed,
            format!("no image {}", files.image.display()),
            "there is no such file",
            "name a bzImage (vmlinuz), a vmlinux or a unified kernel image",
        )),
    }
}

fn describe(report: &Report) -> String {
    let kernel = report.kernel.as_deref().unwrap_or("of unknown release");
    let build = report.build_id.as_deref().unwrap_or("none");
    let meaning = match report.verdict {
        Verdict::Ok => "KBP may be loaded",
        Verdict::Unknown => "it cannot be told whether KBP may be loaded",
        Verdict::Unsafe => "KBP must not be loaded",
    };
    let mut text = format!(
        "kernel {kernel}, build id {build}\n{}: {meaning}",
        report.verdict.word()
    );
    for check in &report.checks {
        text.push_str(&format!("\n  {:<8}{}", check.verdict.word(), check.name));
        for reason in &check.reasons {
            text.push_str(&format!("\n          {reason}"));
        }
    }
    text
}
