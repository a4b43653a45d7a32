// SPDX-License-Identifier: GPL-2.0
//! How results and errors reach the caller: text for people, one JSON document for programs.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

use crate::error::{Error, Exit};
#[cfg(test)]
use crate::schemas;

/// A name that somebody else chose: it must not talk to the terminal.
pub(crate) fn harmless(name: &str) -> String {
    name.replace(char::is_control, "?")
}

/// The same of lines with such names.
pub(crate) fn harmless_lines(text: &str) -> String {
    text.lines().map(harmless).collect::<Vec<_>>().join("\n")
}

/// So many of them: `1 file`, `3 files`.
pub(crate) fn counted(count: usize, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    }
}

/// A time as documents have it.
pub(crate) fn ns(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// A time of these nanoseconds as tables have it, in microseconds.
pub(crate) fn us(ns: Option<u64>) -> String {
    ns.map_or("-".to_owned(), |ns| format!("{:.1}", ns as f64 / 1e3))
}

/// The form the caller asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Json,
    Pretty,
}

/// What a command has to say: both forms, and the exit code.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) json: Value,
    pub(crate) exit: Exit,
}

impl Answer {
    /// An answer from a report whose first key is `schema`, and whose schema is published.
    pub(crate) fn new<R: Serialize + JsonSchema>(report: &R, text: String, exit: Exit) -> Answer {
        // Serialising plain structs of numbers and strings cannot fail.
        let json = serde_json::to_value(report).unwrap_or(Value::Null);
        #[cfg(test)]
        schemas::generated::hold::<R>(&json);
        Answer { text, json, exit }
    }

    /// The answer of a command that has said everything while it ran.
    pub(crate) fn said() -> Answer {
        Answer {
            text: String::new(),
            json: Value::Null,
            exit: Exit::Ok,
        }
    }

    /// Whether nothing is left to print.
    pub(crate) fn is_said(&self) -> bool {
        self.json.is_null()
    }

    /// Adds what a dry run recorded.
    pub(crate) fn add_recorded(&mut self, actions: &[String]) {
        no_result(&mut self.json);
        if let Value::Object(map) = &mut self.json {
            map.insert("dry_run".to_owned(), json!(true));
            map.insert("actions".to_owned(), json!(actions));
        }
        #[cfg(test)]
        schemas::generated::validate(&self.json);
        let mut text = String::from("dry run: nothing was changed");
        for action in actions {
            text.push_str(&format!("\nwould {action}"));
        }
        if actions.is_empty() {
            text.push_str("\nnothing to do");
        }
        self.text = text;
    }
}

/// What would be is no result.
fn no_result(document: &mut Value) {
    match document {
        Value::Object(map) => {
            map.remove("result");
            map.remove("took_ns");
            if let Some(changed) = map.remove("changed") {
                map.insert("would_change".to_owned(), changed);
            }
            map.values_mut().for_each(no_result);
        }
        Value::Array(all) => all.iter_mut().for_each(no_result),
        _ => {}
    }
}

/// `kbp.error/1`.
#[derive(Serialize, JsonSchema)]
struct ErrorReport<'a> {
    schema: &'static str,
    /// The exit code.
    code: u8,
    /// What did not happen.
    error: &'a str,
    /// Why: the value and the rule.
    cause: &'a str,
    /// What the operator can do.
    cure: &'a str,
}

/// The document of an error.
pub(crate) fn error_document(error: &Error) -> Value {
    let report = ErrorReport {
        schema: "kbp.error/1",
        code: error.exit as u8,
        error: &error.error,
        cause: &error.cause,
        cure: &error.cure,
    };
    Answer::new(&report, String::new(), error.exit).json
}

/// One document as the caller wants it.
pub(crate) fn document(value: &Value, form: Form) -> String {
    match form {
        Form::Pretty => format!("{value:#}"),
        _ => value.to_string(),
    }
}
