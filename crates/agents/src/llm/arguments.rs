//! Tools as they are offered, and arguments as models write them: one schema says what is asked for and what is accepted.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use llm::ToolDefinition;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Errors of one call that are told.
const MOST_ERRORS: usize = 6;
/// Longest error that is told, in characters: it may quote what was wrong.
const MOST_ERROR: usize = 300;

/// A tool whose arguments are an `A`.
pub(super) fn tool<A: JsonSchema>(name: &str, description: &str) -> ToolDefinition {
    ToolDefinition {
        name: name.to_owned(),
        description: description.to_owned(),
        parameters: schema::<A>(),
    }
}

/// The same tool, without these properties of the object that `pointer` leads to: what does not apply is not offered.
pub(super) fn without(mut tool: ToolDefinition, pointer: &str, names: &[&str]) -> ToolDefinition {
    let properties = tool
        .parameters
        .pointer_mut(&format!("{pointer}/properties"))
        .and_then(Value::as_object_mut)
        .expect("the schema has an object there");
    for name in names {
        properties
            .remove(*name)
            .expect("the object has that property");
    }
    tool
}

/// The schema of `A` as one object without references: not every server follows those.
fn schema<A: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings
        .into_generator()
        .into_root_schema_for::<A>()
        .to_value();
    if let Some(object) = schema.as_object_mut() {
        object.remove("title");
        object.remove("description");
        object
            .entry("properties")
            .or_insert_with(|| Value::Object(serde_json::Map::new()));
    }
    schema
}

/// The arguments of a call, or why they are none, in words for whoever wrote them.
pub(super) fn read(tool: &ToolDefinition, text: &str) -> Result<Value, String> {
    let value = parse(text)?;
    let validator = jsonschema::validator_for(&tool.parameters)
        .expect("a schema that was made from a type is one");
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .take(MOST_ERRORS)
        .map(|error| {
            let path = error.instance_path().to_string();
            let place = if path.is_empty() { "/" } else { path.as_str() };
            let said = unknown(&error, &tool.parameters).unwrap_or_else(|| error.to_string());
            let said: String = said.chars().take(MOST_ERROR).collect();
            format!("- at `{place}`: {said}")
        })
        .collect();
    if errors.is_empty() {
        Ok(value)
    } else {
        Err(format!(
            "the arguments do not follow the schema of `{}`:\n{}",
            tool.name,
            errors.join("\n")
        ))
    }
}

/// What to say of fields that there are not: which there are.
fn unknown(error: &ValidationError<'_>, schema: &Value) -> Option<String> {
    let ValidationErrorKind::AdditionalProperties { unexpected } = error.kind() else {
        return None;
    };
    let keyword = error.schema_path().to_string();
    let object = schema.pointer(keyword.strip_suffix("/additionalProperties")?)?;
    let quoted = |names: Vec<&String>| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        names.join(", ")
    };
    let known = object
        .get("properties")
        .and_then(Value::as_object)
        .map(|properties| quoted(properties.keys().collect()))
        .filter(|names| !names.is_empty());
    Some(format!(
        "there is no {}; {}",
        quoted(unexpected.iter().take(MOST_ERRORS).collect()),
        known.map_or_else(
            || "nothing is taken".to_owned(),
            |known| format!("there are {known}")
        )
    ))
}

/// The typed arguments, of a value that follows the schema.
pub(super) fn typed<A: DeserializeOwned>(value: Value) -> Result<A, String> {
    serde_json::from_value(value).map_err(|error| format!("the arguments can't be used: {error}"))
}

/// An object, also where it is wrapped in a string or in a code block, as weak models do.
fn parse(text: &str) -> Result<Value, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    let inner = text
        .strip_prefix("```json")
        .or_else(|| text.strip_prefix("```"))
        .and_then(|rest| rest.strip_suffix("```"))
        .unwrap_or(text);
    match serde_json::from_str(inner) {
        Ok(Value::Object(object)) => Ok(Value::Object(object)),
        Ok(Value::Null) => Ok(Value::Object(serde_json::Map::new())),
        Ok(Value::String(again)) => match serde_json::from_str(&again) {
            Ok(Value::Object(object)) => Ok(Value::Object(object)),
            _ => Err("the arguments are a text, not a JSON object".to_owned()),
        },
        Ok(_) => Err("the arguments are not a JSON object".to_owned()),
        Err(error) => Err(format!("the arguments are not JSON: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Rows {
        /// Path of a file.
        path: String,
        /// How many.
        #[serde(default)]
        rows: Option<u64>,
    }

    fn call(text: &str) -> Result<Rows, String> {
        typed(read(&tool::<Rows>("preview", "Shows rows."), text)?)
    }

    #[test]
    fn arguments_are_read_as_models_write_them() {
        let rows = Rows {
            path: "a.csv".to_owned(),
            rows: None,
        };
        for text in [
            r#"{"path": "a.csv"}"#,
            r#"{"path": "a.csv", "rows": null}"#,
            "```json\n{\"path\": \"a.csv\"}\n```",
            r#""{\"path\": \"a.csv\"}""#,
        ] {
            assert_eq!(call(text).as_ref(), Ok(&rows), "{text}");
        }
    }

    #[test]
    fn wrong_arguments_are_told_with_their_place() {
        let said = |text: &str| call(text).unwrap_err();
        insta::assert_snapshot!(said(r#"{"path": 3, "rows": -1, "x": 0}"#), @r#"
        the arguments do not follow the schema of `preview`:
        - at `/path`: 3 is not of type "string"
        - at `/rows`: -1 is less than the minimum of 0
        - at `/`: there is no `x`; there are `path`, `rows`
        "#);
        insta::assert_snapshot!(said("{"), @"the arguments are not JSON: EOF while parsing an object at line 1 column 1");
        insta::assert_snapshot!(said("[1]"), @"the arguments are not a JSON object");
        insta::assert_snapshot!(said(""), @r#"
        the arguments do not follow the schema of `preview`:
        - at `/`: "path" is a required property
        "#);
    }

    #[test]
    fn a_schema_is_one_object() {
        insta::assert_snapshot!(
            tool::<Rows>("preview", "").parameters,
            @r#"{"additionalProperties":false,"properties":{"path":{"description":"Path of a file.","type":"string"},"rows":{"default":null,"description":"How many.","format":"uint64","minimum":0,"type":["integer","null"]}},"required":["path"],"type":"object"}"#
        );
    }
}
