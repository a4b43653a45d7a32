// SPDX-License-Identifier: GPL-2.0
//! Which kernels were found fit for KBP: the verdicts of `kbpctl verify`, one file for each build
//! of a kernel, and the question that `kbpctl load` asks.

use std::path::{Path, PathBuf};

use kbp_verify::{Report, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Exit, Result};
use crate::host::images::{self, Files};
use crate::sys::System;

/// Verdicts hold for one release of KBP: the next may rest on other things.
pub(crate) const KBP_VERSION: &str = env!("CARGO_PKG_VERSION");
pub(crate) const SCHEMA: &str = "kbp.verify/1";
pub(crate) const FOLDER: &str = "/var/lib/kbp/verified";

/// What is written down, and what programs get.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Document<'a> {
    pub(crate) schema: &'static str,
    pub(crate) kbp_version: &'static str,
    pub(crate) image: &'a Path,
    pub(crate) config: Option<&'a Path>,
    #[serde(flatten)]
    pub(crate) report: &'a Report,
}

/// What of it is read again.
#[derive(Deserialize)]
struct Record {
    schema: String,
    kbp_version: String,
    build_id: Option<String>,
    verdict: Verdict,
}

impl<'a> Document<'a> {
    pub(crate) fn new(files: &'a Files, report: &'a Report) -> Document<'a> {
        Document {
            schema: SCHEMA,
            kbp_version: KBP_VERSION,
            image: &files.image,
            config: files.config.as_deref(),
            report,
        }
    }
}

/// The file of the kernel with this build id.
pub(crate) fn file(build_id: &str) -> PathBuf {
    Path::new(FOLDER).join(format!("{build_id}.json"))
}

/// Looks at an image; its configuration need not exist.
pub(crate) fn analyse(sys: &dyn System, files: &Files) -> Result<Report> {
    let name = files.image.display();
    let image = sys.open(&files.image).map_err(|error| {
        let cure = "name a bzImage (vmlinuz), a vmlinux or a unified kernel image";
        Error::system(format!("cannot read {name}"), &error).curing_the_input(cure)
    })?;
    let config = files.config.as_deref().map(|path| config(sys, path));
    let config = config.transpose()?;
    sys.analyse(image, config.as_deref()).map_err(|error| {
        Error::new(
            Exit::Unsupported,
            format!("cannot verify {name}"),
            error.to_string(),
            error.cure(),
        )
    })
}

/// A configuration: the text of `/boot/config-RELEASE`, or packed as in `/proc/config.gz`.
fn config(sys: &dyn System, path: &Path) -> Result<String> {
    let what = format!("cannot read {}", path.display());
    let cure = "name the configuration of this kernel: /boot/config-RELEASE or /proc/config.gz";
    let bytes = sys
        .read_bytes(path)
        .map_err(|error| Error::system(what.clone(), &error).curing_the_input(cure))?;
    kbp_verify::config_text(&bytes)
        .map_err(|error| Error::new(Exit::Unsupported, what, error.to_string(), cure))
}

/// The build id of the running kernel.
pub(crate) fn running_build_id(sys: &dyn System) -> Option<String> {
    let notes = sys.read_bytes(Path::new("/sys/kernel/notes")).ok()?;
    kbp_verify::build_id_of_notes(&notes)
}

/// Writes a good verdict down; the file.
pub(crate) fn record(sys: &dyn System, files: &Files, report: &Report) -> Result<PathBuf> {
    let what = "the kernel is fit; cannot record it";
    let Some(build_id) = &report.build_id else {
        return Err(Error::new(
            Exit::Unsupported,
            what,
            "the image has no build id, by which the running kernel would be known again",
            "load with kbpctl load --unverified",
        ));
    };
    let path = file(build_id);
    // Serialising strings cannot fail.
    let text = serde_json::to_string(&Document::new(files, report)).unwrap_or_default();
    sys.store(&path, &text)
        .map_err(|error| Error::system(format!("{what} in {}", path.display()), &error))?;
    Ok(path)
}

/// Fails unless the running kernel was found fit by this release of KBP, or is so now. Says how it
/// was.
pub(crate) fn require(sys: &dyn System, unverified: bool) -> Result<&'static str> {
    if unverified {
        return Ok("no");
    }
    let build_id = running_build_id(sys);
    if is_recorded(sys) {
        return Ok("recorded");
    }
    let release = sys.release();
    let files = images::find(sys, &release).map_err(|error| {
        let known = build_id.as_deref().map(file);
        let record = known.map_or("for lack of a build id".to_owned(), |path| {
            format!("in {}", path.display())
        });
        Error::new(
            Exit::Unsupported,
            format!("kernel {release} is not verified; nothing was loaded"),
            format!(
                "KBP {KBP_VERSION} has no good verdict {record}, and {}",
                error.cause
            ),
            "run kbpctl verify --image FILE --record with its image, or add --unverified",
        )
    })?;
    let report = analyse(sys, &files)?;
    same_build(sys, &files, &report)?;
    if report.verdict != Verdict::Ok {
        return Err(refusal(&release, &report));
    }
    // It only spares the next load the time.
    let _ = record(sys, &files, &report);
    Ok("now")
}

/// Whether the running kernel was found fit by this release of KBP.
pub(crate) fn is_recorded(sys: &dyn System) -> bool {
    running_build_id(sys).is_some_and(|id| has_record(sys, &id))
}

fn has_record(sys: &dyn System, build_id: &str) -> bool {
    let text = sys.read(&file(build_id)).ok();
    let record = text.and_then(|text| serde_json::from_str::<Record>(&text).ok());
    record.is_some_and(|record| {
        record.schema == SCHEMA
            && record.kbp_version == KBP_VERSION
            && record.build_id.as_deref() == Some(build_id)
            && record.verdict == Verdict::Ok
    })
}

/// Fails when the image on disk is of another build than the running kernel.
pub(crate) fn same_build(sys: &dyn System, files: &Files, report: &Report) -> Result<()> {
    let running = running_build_id(sys);
    if running.is_some() && running == report.build_id {
        return Ok(());
    }
    let id = |id: &Option<String>| id.clone().unwrap_or_else(|| "none".to_owned());
    Err(Error::new(
        Exit::Unsupported,
        format!("{} is not the running kernel", files.image.display()),
        format!(
            "its build id is {}, that of the running kernel {}",
            id(&report.build_id),
            id(&running)
        ),
        "restart into the installed kernel, or name the right image with --image",
    ))
}

/// The exit code of a verdict.
pub(crate) fn exit(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Ok => Exit::Ok,
        Verdict::Unknown => Exit::Unsupported,
        Verdict::Unsafe => Exit::CheckFailed,
    }
}

fn refusal(release: &str, report: &Report) -> Error {
    /// More would not be read in one line.
    const SHOWN: usize = 3;
    let reasons = report.reasons();
    let more = reasons.len().saturating_sub(SHOWN);
    let mut cause = reasons[..reasons.len().min(SHOWN)].join("; ");
    if more > 0 {
        cause.push_str(&format!("; and {more} more"));
    }
    let what = match report.verdict {
        Verdict::Unsafe => "is not safe for KBP",
        _ => "could not be verified",
    };
    Error::new(
        exit(report.verdict),
        format!("kernel {release} {what}; nothing was loaded"),
        cause,
        "see kbpctl verify for all reasons; another kernel, a newer KBP, or --unverified at your own \
         risk",
    )
}
