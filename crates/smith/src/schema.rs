//! `smith schema`.

use crate::{
    arguments::{Schema, SchemaName},
    console, exit,
    failure::Failure,
};

pub(crate) fn run(arguments: &Schema) -> Result<u8, Failure> {
    let schema = match arguments.name {
        SchemaName::Task => task_format::manifest_schema(),
        SchemaName::Verdict => findings::verdict_schema(),
    };
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    console::out(&text);
    Ok(exit::OK)
}
