// SPDX-License-Identifier: GPL-2.0
//! `kbpctl manual`: the pages of the manual, for man(1).

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli;
use crate::error::{Error, Exit, Result};
use crate::manual::{self, Page};
use crate::output::{harmless, Answer};

#[derive(Serialize, JsonSchema)]
struct Report {
    schema: &'static str,
    pages: Vec<Row>,
}

#[derive(Serialize, JsonSchema)]
struct Row {
    name: String,
    /// `None` in a list.
    text: Option<String>,
}

/// Runs the command.
pub(crate) fn run(arguments: &cli::Manual) -> Result<Answer> {
    let pages = manual::pages();
    let report = |pages| Report {
        schema: "kbp.manual/1",
        pages,
    };
    if arguments.list {
        let names: Vec<String> = pages.into_iter().map(|page| page.name).collect();
        let text = names.join("\n");
        let rows = names.into_iter().map(|name| Row { name, text: None });
        return Ok(Answer::new(&report(rows.collect()), text, Exit::Ok));
    }
    let page = find(pages, &arguments.words)?;
    let text = page
        .text()
        .map_err(|error| Error::system("cannot print the page", &error))?;
    let row = Row {
        name: page.name,
        text: Some(text.clone()),
    };
    Ok(Answer::new(
        &report(vec![row]),
        text.trim_end().to_owned(),
        Exit::Ok,
    ))
}

fn find(pages: Vec<Page>, words: &[String]) -> Result<Page> {
    let name = [&["kbpctl".to_owned()], words].concat().join("-");
    let found = pages.into_iter().find(|page| page.name == name);
    found.ok_or_else(|| {
        Error::new(
            Exit::Usage,
            format!("no page {}", harmless(&name)),
            format!("kbpctl has no verb {}", harmless(&words.join(" "))),
            "see kbpctl manual --list",
        )
    })
}
