// SPDX-License-Identifier: GPL-2.0
//! What the types give. Each document that a test makes comes by here.
//!
//! `KBP_SCHEMAS=write` writes what differs from docs/schemas, instead of failing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jsonschema::Validator;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema};
use serde_json::{json, Map, Value};

use super::find;

/// Documents that a dry run has too. What would be is no result: these keys are not in it.
const OF_DRY_RUNS: [&str; 9] = [
    "kbp.load/1",
    "kbp.unload/1",
    "kbp.enable/1",
    "kbp.confirm/1",
    "kbp.disable/1",
    "kbp.set/1",
    "kbp.reapply/1",
    "kbp.irq-pin/1",
    "kbp.irq-restore/1",
];
const RESULTS: [&str; 3] = ["result", "took_ns", "changed"];

/// The schemas that were found as published, and what validates by them.
static HELD: Mutex<BTreeMap<String, Validator>> = Mutex::new(BTreeMap::new());

fn held() -> MutexGuard<'static, BTreeMap<String, Validator>> {
    // A test that failed says nothing of the others.
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Fails unless the published schema is that of `R`, and the document is as it says.
pub(crate) fn hold<R: JsonSchema>(document: &Value) {
    let name = name_of(document);
    let is_held = held().contains_key(name);
    if !is_held {
        let schema = of::<R>(name);
        compare(name, &schema);
        held().insert(name.to_owned(), strict(schema));
    }
    validate(document);
}

/// Fails unless the document is as its schema says, without a key that the schema does not name.
pub(crate) fn validate(document: &Value) {
    let name = name_of(document);
    let held = held();
    let errors = held[name].iter_errors(document);
    let errors: Vec<String> = errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{name}: {errors:#?} in {document:#}");
}

fn name_of(document: &Value) -> &str {
    let first = document.as_object().and_then(|keys| keys.iter().next());
    match first {
        Some((key, Value::String(name))) if key == "schema" => name,
        _ => panic!("the first key of a document is its schema: {document}"),
    }
}

fn compare(name: &str, schema: &Value) {
    let published = find(name).unwrap_or_else(|| panic!("{name} is not in schemas::ALL"));
    let text = format!("{schema:#}\n");
    if text == published.text {
        return;
    }
    if std::env::var_os("KBP_SCHEMAS").is_none_or(|wish| wish != "write") {
        panic!(
            "docs/schemas/{} is not what the types of {name} give, which is\n{text}\n\
             see docs/compatibility.md for what may change, then write it: KBP_SCHEMAS=write \
             cargo test -p kbpctl --bin kbpctl",
            published.file
        );
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schemas");
    fs::write(folder.join(published.file), text).expect("to write the schema");
}

/// The schema of the document `name`, whose type is `R`.
fn of<R: JsonSchema>(name: &str) -> Value {
    let settings = SchemaSettings::draft2020_12()
        .for_serialize()
        .with_transform(RecursiveTransform(in_words_of_json));
    let mut schema = settings.into_generator().into_root_schema_for::<R>();
    properties(&mut schema)["schema"] = json!({ "const": name });
    if OF_DRY_RUNS.contains(&name) {
        add_dry_run(&mut schema);
    }
    let dialect = schema.remove("$schema");
    schema.remove("description");
    schema.remove("title");
    let mut whole = json!({ "$schema": dialect, "title": name });
    let all = whole.as_object_mut().expect("an object");
    all.append(schema.ensure_object());
    whole
}

/// The comments of the types are about Rust.
fn in_words_of_json(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace("`None`", "`null`");
    }
}

fn properties(schema: &mut Schema) -> &mut Map<String, Value> {
    let found = schema.get_mut("properties").and_then(Value::as_object_mut);
    found.expect("a document is an object")
}

/// Both forms in one schema: `dry_run` tells which it is.
fn add_dry_run(schema: &mut Schema) {
    let whole = required(schema);
    RecursiveTransform(open_results).transform(schema);
    let mut dry = vec![json!("actions")];
    if whole.contains(&json!("changed")) {
        dry.push("would_change".into());
    }
    let properties = properties(schema);
    properties.insert("dry_run".to_owned(), json!({ "const": true }));
    let actions = json!({
        "description": "What would be done, in a dry run.",
        "type": "array",
        "items": { "type": "string" },
    });
    properties.insert("actions".to_owned(), actions);
    let results = RESULTS.map(|key| json!({ "required": [key] }));
    schema.insert("if".to_owned(), json!({ "required": ["dry_run"] }));
    let then = json!({ "required": dry, "not": { "anyOf": results } });
    schema.insert("then".to_owned(), then);
    schema.insert("else".to_owned(), json!({ "required": whole }));
}

fn required(schema: &Schema) -> Vec<Value> {
    let keys = schema.get("required").and_then(Value::as_array);
    keys.cloned().unwrap_or_default()
}

/// Leaves open whether results are there.
fn open_results(schema: &mut Schema) {
    let required = schema.get_mut("required").and_then(Value::as_array_mut);
    if let Some(required) = required {
        required.retain(|key| RESULTS.iter().all(|result| key != result));
    }
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    if let Some(properties) = properties {
        if let Some(changed) = properties.get("changed").cloned() {
            properties.insert("would_change".to_owned(), changed);
        }
    }
}

/// A validator that takes no key which the schema does not name. Published schemas do: the next
/// release may add some.
fn strict(mut schema: Value) -> Validator {
    let mut closed = RecursiveTransform(|schema: &mut Schema| {
        let is_open = schema.get("additionalProperties").is_none();
        if schema.get("properties").is_some() && is_open {
            schema.insert("unevaluatedProperties".to_owned(), false.into());
        }
    });
    let whole: &mut Schema = (&mut schema).try_into().expect("a schema");
    closed.transform(whole);
    jsonschema::validator_for(&schema).expect("a schema that a validator takes")
}
