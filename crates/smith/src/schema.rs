//! `smith schema`.

use findings::Policy;

use crate::{
    arguments::{Global, Schema, SchemaName},
    console, exit,
    failure::Failure,
    metrics,
};

pub(crate) fn run(global: &Global, arguments: &Schema) -> Result<u8, Failure> {
    let schema = match arguments.name {
        SchemaName::Task => task_format::manifest_schema(),
        SchemaName::Verdict => findings::verdict_schema(),
        SchemaName::Checks if global.json => {
            console::json(&Policy::embedded().documentation());
            return Ok(exit::OK);
        }
        SchemaName::Checks => {
            console::out(&Policy::embedded().documentation().markdown());
            return Ok(exit::OK);
        }
        SchemaName::Metrics if global.json => {
            console::json(&metrics::json());
            return Ok(exit::OK);
        }
        SchemaName::Metrics => {
            console::out(&metrics::markdown());
            return Ok(exit::OK);
        }
    };
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    console::out(&text);
    Ok(exit::OK)
}
