// SPDX-License-Identifier: GPL-2.0
//! `kbpctl config check`: all that is wrong in the saved state, each with its file and line.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use super::finding::{Finding, Severity};
use super::here;
use crate::cli;
use crate::cores::saved;
use crate::error::Exit;
use crate::output::{counted, harmless_lines, Answer};
use crate::sys::System;

#[derive(Serialize, JsonSchema)]
struct Report {
    schema: &'static str,
    files: Vec<PathBuf>,
    passed_over: Vec<String>,
    /// How many sets could be understood.
    sets: usize,
    errors: usize,
    warnings: usize,
    findings: Vec<Finding>,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::ConfigCheck, sys: &dyn System) -> Answer {
    let (saved, faults) = match arguments.files.is_empty() {
        true => saved::examine(sys),
        false => saved::examine_files(sys, &arguments.files),
    };
    let mut findings: Vec<Finding> = faults.into_iter().map(Finding::from).collect();
    let here = here::all(sys, &saved.sets).into_iter();
    findings.extend(here.flat_map(|here| here.findings));
    let count = |severity| {
        let such = findings
            .iter()
            .filter(|finding| finding.severity == severity);
        such.count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let report = Report {
        schema: "kbp.config-check/1",
        files: saved.files,
        passed_over: saved.passed_over,
        sets: saved.sets.len(),
        errors,
        warnings,
        findings,
    };
    let exit = match errors {
        0 => Exit::Ok,
        _ => Exit::CheckFailed,
    };
    Answer::new(&report, text(&report), exit)
}

fn text(report: &Report) -> String {
    let mut lines: Vec<String> = report.findings.iter().flat_map(Finding::lines).collect();
    if !report.passed_over.is_empty() {
        let names = report.passed_over.join(", ");
        lines.push(format!("passed over in {}: {names}", saved::FOLDER));
    }
    lines.push(format!(
        "{}, {}: {}, {}",
        counted(report.files.len(), "file"),
        counted(report.sets, "good set"),
        counted(report.errors, "error"),
        counted(report.warnings, "warning")
    ));
    harmless_lines(&lines.join("\n"))
}
