//! Schemas in the subset that providers enforce ("structured outputs"); validation always uses the full schema.

use serde_json::{Map, Value, json};

/// What OpenAI's structured outputs understand of strings.
const FORMATS: [&str; 9] = [
    "date-time",
    "time",
    "date",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uuid",
];

/// What is left out: it only describes, or is not understood, and is checked on our side anyway.
const LEFT_OUT: [&str; 10] = [
    "$schema",
    "title",
    "default",
    "examples",
    "minLength",
    "maxLength",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "contentMediaType",
];

/// What the subset has no word for.
const INEXPRESSIBLE: [&str; 9] = [
    "not",
    "if",
    "then",
    "else",
    "prefixItems",
    "patternProperties",
    "dependentRequired",
    "dependentSchemas",
    "propertyNames",
];

/// The schema with no further properties and all of them required, optional ones nullable; `None` where
/// it can't be said, as for maps and for values of any form.
pub(crate) fn strict_schema(schema: &Value) -> Option<Value> {
    let strict = transform(schema)?;
    // The root must be an object, and no union.
    (strict.get("type") == Some(&json!("object"))).then_some(strict)
}

fn transform(schema: &Value) -> Option<Value> {
    let schema = schema.as_object()?;
    if let Some(reference) = schema.get("$ref") {
        // Nothing may stand beside a reference.
        let mut alone = json!({ "$ref": reference });
        copy_definitions(schema, &mut alone)?;
        return Some(alone);
    }
    if let Some([only]) = schema
        .get("allOf")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
    {
        return transform(only);
    }
    if schema.contains_key("allOf") || INEXPRESSIBLE.iter().any(|word| schema.contains_key(*word)) {
        return None;
    }
    let speaks = ["type", "enum", "const", "anyOf", "oneOf"];
    if !speaks.iter().any(|word| schema.contains_key(*word)) {
        return None;
    }
    let mut strict = json!({});
    for (word, value) in schema {
        match word.as_str() {
            word if LEFT_OUT.contains(&word) => {}
            "format" if value.as_str().is_none_or(|name| !FORMATS.contains(&name)) => {}
            "const" => strict["enum"] = json!([value]),
            "anyOf" | "oneOf" => strict["anyOf"] = each(value)?,
            "items" => strict["items"] = transform(value)?,
            "properties" | "required" | "additionalProperties" | "$defs" | "definitions" => {}
            _ => strict[word] = value.clone(),
        }
    }
    copy_definitions(schema, &mut strict)?;
    if is_object(schema) {
        object(schema, &mut strict)?;
    }
    Some(strict)
}

fn is_object(schema: &Map<String, Value>) -> bool {
    match schema.get("type") {
        Some(Value::String(kind)) => kind == "object",
        Some(Value::Array(kinds)) => kinds.contains(&json!("object")),
        _ => schema.contains_key("properties"),
    }
}

fn object(schema: &Map<String, Value>, strict: &mut Value) -> Option<()> {
    // A map: names are not known beforehand.
    if schema
        .get("additionalProperties")
        .is_some_and(|more| *more != json!(false))
    {
        return None;
    }
    let properties = schema.get("properties").and_then(Value::as_object)?;
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut all = Map::new();
    for (name, property) in properties {
        let strict = transform(property)?;
        let optional = !required.contains(&name.as_str()) && !admits_null(property);
        all.insert(
            name.clone(),
            if optional {
                json!({ "anyOf": [strict, { "type": "null" }] })
            } else {
                strict
            },
        );
    }
    strict["required"] = all.keys().map(|name| json!(name)).collect();
    strict["properties"] = Value::Object(all);
    strict["additionalProperties"] = json!(false);
    Some(())
}

fn admits_null(schema: &Value) -> bool {
    let null = json!("null");
    match schema.get("type") {
        Some(Value::Array(kinds)) => return kinds.contains(&null),
        Some(kind) => return *kind == null,
        None => {}
    }
    ["anyOf", "oneOf"]
        .iter()
        .filter_map(|word| schema.get(*word)?.as_array())
        .flatten()
        .any(admits_null)
}

fn each(schemas: &Value) -> Option<Value> {
    let schemas: Option<Vec<Value>> = schemas.as_array()?.iter().map(transform).collect();
    schemas.map(Value::Array)
}

fn copy_definitions(schema: &Map<String, Value>, strict: &mut Value) -> Option<()> {
    for word in ["$defs", "definitions"] {
        if let Some(definitions) = schema.get(word).and_then(Value::as_object) {
            let definitions: Option<Map<String, Value>> = definitions
                .iter()
                .map(|(name, schema)| Some((name.clone(), transform(schema)?)))
                .collect();
            strict[word] = Value::Object(definitions?);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use schemars::JsonSchema;

    use super::*;

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Plan {
        /// What it is called.
        name: String,
        note: Option<String>,
        #[serde(default)]
        rows: u32,
        kind: Kind,
        parts: Vec<Part>,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum Part {
        File { path: String },
        Folder,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    enum Kind {
        Small,
        /// Documented, so that the schema is a union.
        Large,
    }

    #[test]
    fn a_typed_output() {
        let schema = schemars::schema_for!(Plan).to_value();
        insta::assert_json_snapshot!(strict_schema(&schema).unwrap());
    }

    #[test]
    fn what_cannot_be_said() {
        let map = schemars::schema_for!(BTreeMap<String, u32>).to_value();
        assert_eq!(strict_schema(&map), None);
        let any = json!({"type": "object", "properties": {"a": true}});
        assert_eq!(strict_schema(&any), None);
        let pair = schemars::schema_for!((u32, String)).to_value();
        assert_eq!(strict_schema(&pair), None);
        assert_eq!(strict_schema(&json!({"type": "string"})), None);
    }
}
