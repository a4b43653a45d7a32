// SPDX-License-Identifier: GPL-2.0
//! `kbpctl config show`: what all files of the saved state together come to, as one file that says
//! the same.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{json, Map, Value};

use super::finding::{Finding, Severity};
use super::here;
use crate::cli;
use crate::cores::saved::{self, Block, Effective, Key};
use crate::error::{Exit, Result};
use crate::output::{harmless_lines, Answer};
use crate::sys::System;

#[derive(Serialize, JsonSchema)]
struct Report {
    schema: &'static str,
    files: Vec<PathBuf>,
    passed_over: Vec<String>,
    /// Each key with its value and where that was said.
    serve: Vec<Map<String, Value>>,
    /// What keeps sets from being served now; those with an error are not in `serve`.
    findings: Vec<Finding>,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::ConfigShow, sys: &dyn System) -> Result<Answer> {
    let saved = saved::read(sys)?;
    let mut effective = Effective::default();
    let mut findings = Vec::new();
    for here in here::all(sys, &saved.sets) {
        let is_hopeless = |finding: &Finding| finding.severity == Severity::Error;
        if let (Some(cores), false) = (&here.cores, here.findings.iter().any(is_hopeless)) {
            effective.add(here.set, cores);
        }
        findings.extend(here.findings);
    }
    let blocks = effective.blocks();
    let report = Report {
        schema: "kbp.config/1",
        files: saved.files,
        passed_over: saved.passed_over,
        serve: blocks.iter().map(document).collect(),
        findings,
    };
    let text = text(&report, &blocks, arguments.origin);
    Ok(Answer::new(&report, text, Exit::Ok))
}

fn document(block: &Block) -> Map<String, Value> {
    let key = |key: &Key| {
        let value = json!({
            "value": key.value,
            "default": key.origins.is_empty(),
            "origins": key.origins,
        });
        (key.name.clone(), value)
    };
    block.keys.iter().map(key).collect()
}

/// A file that says the same, with comments.
fn text(report: &Report, blocks: &[Block], with_origins: bool) -> String {
    let files: Vec<String> = report
        .files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    let mut head = vec![match files.is_empty() {
        true => format!("# nothing is saved: {} is not there", saved::FILE),
        false => format!("# {}", files.join(", ")),
    }];
    if !report.passed_over.is_empty() {
        let names = report.passed_over.join(", ");
        head.push(format!("# passed over in {}: {names}", saved::FOLDER));
    }
    let findings = report.findings.iter().flat_map(Finding::lines);
    head.extend(findings.map(|line| format!("# {line}")));
    let blocks = blocks.iter().map(|block| block_text(block, with_origins));
    let parts: Vec<String> = std::iter::once(head.join("\n")).chain(blocks).collect();
    harmless_lines(&parts.join("\n\n"))
}

fn block_text(block: &Block, with_origins: bool) -> String {
    let written = |key: &Key| format!("{} = {}", key.name, toml_of(&key.value));
    let width = block.keys.iter().map(|key| written(key).chars().count());
    let width = width.max().unwrap_or_default();
    let mut lines = vec!["[[serve]]".to_owned()];
    lines.extend(block.keys.iter().map(|key| {
        let places: Vec<String> = key.origins.iter().map(ToString::to_string).collect();
        match (places.is_empty(), with_origins) {
            (true, _) => format!("{:<width$}  # default", written(key)),
            (false, true) => format!("{:<width$}  # {}", written(key), places.join(", ")),
            (false, false) => written(key),
        }
    }));
    lines.join("\n")
}

/// Texts are words of which each is known.
fn toml_of(value: &Value) -> String {
    match value {
        Value::String(text) => toml::Value::String(text.clone()).to_string(),
        other => other.to_string(),
    }
}
