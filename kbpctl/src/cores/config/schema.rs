// SPDX-License-Identifier: GPL-2.0
//! The schema of what [`super::json`] gives: an object whose keys are in [`FIELDS`].

use schemars::{json_schema, Schema, SchemaGenerator};
use serde_json::{json, Map, Value};

use super::{Field, Rule, FIELDS};

/// Of the fields that somebody named.
pub(crate) fn of_some(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "properties": properties() })
}

/// Of all that a core has.
pub(crate) fn of_a_core(_: &mut SchemaGenerator) -> Schema {
    let mut properties = properties();
    let spin = json!({ "type": "integer" });
    properties.insert("current_spin_us".to_owned(), spin);
    let required: Vec<&String> = properties.keys().collect();
    json_schema!({ "type": "object", "required": required, "properties": properties })
}

fn properties() -> Map<String, Value> {
    let property = |field: &Field| (field.key.to_owned(), json!({ "type": kind(field) }));
    FIELDS.iter().map(property).collect()
}

/// Words and ranges are not part of it: there may be more of them in the next release.
fn kind(field: &Field) -> Value {
    match (&field.rule, field.without) {
        (Rule::Words, _) => json!("string"),
        (Rule::Range { .. }, "") => json!("integer"),
        (Rule::Range { .. }, _) => json!(["integer", "null"]),
    }
}
