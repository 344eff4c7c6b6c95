//! What a cassette says of the models that it was recorded with, so that a replay needs no configuration.

use camino::Utf8Path;
use llm::{Cassette, CassetteMode, Settings};
use toml::{Table, Value};

use super::{Decided, Written, malformed};
use crate::failure::Failure;

/// The file of a cassette that says with which models and options it was recorded.
const RECORDED_WITH: &str = "cassette.toml";

/// What the cassette in `folder` was recorded with; nothing when it does not say.
pub(super) fn recorded_with(folder: &Utf8Path) -> Result<Written, Failure> {
    match fs_err::read_to_string(folder.join(RECORDED_WITH)) {
        Ok(text) => toml::from_str(&text).map_err(|error| malformed(error.to_string())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && folder.is_dir() => {
            Ok(Written::default())
        }
        Err(error) => Err(Failure::usage(
            &error,
            Some("`--cassette replay:DIR` names the folder of a recording".to_owned()),
        )),
    }
}

/// Whether nothing was recorded in `folder` yet.
pub(super) fn is_new(folder: &Utf8Path) -> bool {
    !folder.join(RECORDED_WITH).is_file()
}

/// Whose replies a run has, for the keys of its stages: what was made with other replies is not taken over, or a recording
/// would lack the calls of the stages that were, and a replay would show results that are not its own. `None` where replies
/// are those of the provider.
pub(super) fn identity(cassette: &Cassette) -> Result<Option<String>, Failure> {
    let usage = |error: &dyn std::error::Error| {
        Failure::usage(
            error,
            Some("`--cassette MODE:DIR` names the folder of a recording".to_owned()),
        )
    };
    Ok(match cassette.mode {
        CassetteMode::Off | CassetteMode::Auto => None,
        CassetteMode::Record => {
            let folder = camino::absolute_utf8(&cassette.folder).map_err(|error| usage(&error))?;
            Some(format!("recorded in {folder}"))
        }
        CassetteMode::Replay => {
            let entries = digest::tree_entries(&cassette.folder).map_err(|error| usage(&error))?;
            Some(format!("replayed from {}", digest::tree_digest(&entries)))
        }
    })
}

/// Writes beside a recording what it was recorded with. Where a provider is and what holds its key are nobody's business then.
pub(super) fn describe_into(decided: &Decided, folder: &Utf8Path) -> Result<(), Failure> {
    let text = description(decided)?;
    // Half a description would be one of other models.
    let unfinished = folder.join(format!("{RECORDED_WITH}.partial"));
    fs_err::create_dir_all(folder)
        .and_then(|()| fs_err::write(&unfinished, text))
        .and_then(|()| fs_err::rename(&unfinished, folder.join(RECORDED_WITH)))
        .map_err(|error| {
            Failure::usage(
                &error,
                Some("name a folder that can be written with `--cassette`".to_owned()),
            )
        })
}

fn description(decided: &Decided) -> Result<String, Failure> {
    let value = |value: Result<Value, toml::ser::Error>| {
        value.map_err(|error| malformed(error.to_string()))
    };
    let mut roles = Table::new();
    for (name, settings) in decided.roles.each() {
        let settings = Settings {
            base_url: "http://localhost".to_owned(),
            key_variable: None,
            headers: Default::default(),
            ..settings.clone()
        };
        roles.insert(name.to_owned(), value(Value::try_from(settings))?);
    }
    let mut all = match roles.get("designer") {
        Some(Value::Table(designer)) => designer.clone(),
        _ => Table::new(),
    };
    roles.retain(|_, settings| *settings != Value::Table(all.clone()));
    if !roles.is_empty() {
        all.insert("roles".to_owned(), Value::Table(roles));
    }
    let mut text = Table::new();
    text.insert("llm".to_owned(), Value::Table(all));
    text.insert(
        "test_agent".to_owned(),
        value(Value::try_from(decided.test_agent))?,
    );
    text.insert(
        "ablation".to_owned(),
        value(Value::try_from(decided.ablation))?,
    );
    text.insert("caps".to_owned(), value(Value::try_from(decided.caps))?);
    toml::to_string_pretty(&text).map_err(|error| malformed(error.to_string()))
}
