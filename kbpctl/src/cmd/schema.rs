// SPDX-License-Identifier: GPL-2.0
//! `kbpctl schema`: what the JSON documents look like, for programs that read them.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::cli;
use crate::error::{Error, Exit, Result};
use crate::output::{harmless, Answer};
use crate::schemas::{self, Published};

#[derive(Serialize, JsonSchema)]
struct Report {
    schema: &'static str,
    schemas: Vec<Row>,
}

#[derive(Serialize, JsonSchema)]
struct Row {
    /// As documents name it.
    name: &'static str,
    /// `None` in a list.
    json_schema: Option<Value>,
}

/// Runs the command.
pub(crate) fn run(arguments: &cli::Schema) -> Result<Answer> {
    let report = |schemas| Report {
        schema: "kbp.schema/1",
        schemas,
    };
    let Some(name) = &arguments.name else {
        let names: Vec<&str> = schemas::ALL.iter().map(|schema| schema.name).collect();
        let text = names.join("\n");
        let rows = names.into_iter().map(|name| Row {
            name,
            json_schema: None,
        });
        return Ok(Answer::new(&report(rows.collect()), text, Exit::Ok));
    };
    let Published { name, text, .. } = schemas::find(name).ok_or_else(|| unknown(name))?;
    let row = Row {
        name,
        json_schema: serde_json::from_str(text).ok(),
    };
    Ok(Answer::new(
        &report(vec![row]),
        text.trim_end().to_owned(),
        Exit::Ok,
    ))
}

fn unknown(name: &str) -> Error {
    Error::new(
        Exit::Usage,
        format!("no schema {}", harmless(name)),
        "no document of this kbpctl has it",
        "name one that kbpctl schema lists, like kbp.error/1",
    )
}
