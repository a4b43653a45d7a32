// SPDX-License-Identifier: GPL-2.0
//! `kbpctl metrics`: counters and states for Prometheus, as they are now. That KBP is not loaded is
//! one of them.
//!
//! [`facts`] asks the machine; [`machine`], [`core`], [`napi`] and [`times`] have the names of what it
//! answered; [`family`] writes a name with its values. docs/metrics.md has the table.

mod core;
mod facts;
mod family;
mod machine;
mod napi;
mod textfile;
mod times;

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{prometheus_text, text, DescriptorEncoder};
use prometheus_client::registry::Registry;
use schemars::JsonSchema;
use serde::Serialize;

use self::facts::Facts;
use crate::cli;
use crate::error::{Error, Exit, Result};
use crate::output::Answer;
use crate::sys::System;

/// The document, `kbp.metrics/1`.
#[derive(Serialize, JsonSchema)]
struct Report<'a> {
    schema: &'static str,
    /// Where they were written to; `None`: here.
    file: Option<String>,
    content_type: &'static str,
    metrics: &'a str,
}

/// Of what is printed, and of what node_exporter reads, which knows only the older form.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Runs the command.
pub(crate) fn run(arguments: &cli::Metrics, sys: &dyn System) -> Result<Answer> {
    if let Some(path) = &arguments.textfile {
        textfile::check(sys, path)?;
    }
    let facts = Facts::gather(sys)?;
    let mut report = Report {
        schema: "kbp.metrics/1",
        file: None,
        content_type: OPEN_METRICS,
        metrics: "",
    };
    let Some(path) = &arguments.textfile else {
        let metrics = encoded(facts, text::encode)?;
        report.metrics = &metrics;
        // The newline after the last line comes with the printing.
        return Ok(Answer::new(
            &report,
            metrics.trim_end().to_owned(),
            Exit::Ok,
        ));
    };
    let metrics = encoded(facts, prometheus_text::encode)?;
    textfile::write(sys, path, &metrics)?;
    report.file = Some(path.display().to_string());
    report.content_type = prometheus_text::CONTENT_TYPE;
    report.metrics = &metrics;
    let text = format!("metrics are in {}", path.display());
    Ok(Answer::new(&report, text, Exit::Ok))
}

fn encoded(
    facts: Facts,
    encode: impl FnOnce(&mut String, &Registry) -> fmt::Result,
) -> Result<String> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(facts));
    let mut metrics = String::new();
    // Nothing that is written to a string can fail.
    encode(&mut metrics, &registry)
        .map(|()| metrics)
        .map_err(|error| {
            Error::new(
                Exit::Failed,
                "cannot write the metrics",
                error.to_string(),
                "report it with what kbpctl report packs",
            )
        })
}

impl Collector for Facts {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        machine::encode(&mut encoder, self)?;
        core::encode(&mut encoder, &self.cores)?;
        napi::encode(&mut encoder, &self.cores)
    }
}
