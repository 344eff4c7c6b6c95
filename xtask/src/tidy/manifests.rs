//! Manifests of our packages: everything that can be inherited from the workspace is. Does not look at what
//! they depend on.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::{Repository, Violation};

/// Keys of `[package]` whose value stands in the top manifest.
const INHERITED: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];

/// Tables of a manifest that hold dependencies.
const DEPENDENCIES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

pub(super) fn check(repository: &Repository) -> Vec<Violation> {
    let mut broken = Vec::new();
    let mut used = BTreeSet::new();
    let mut offered = BTreeSet::new();
    for file in repository
        .files
        .iter()
        .filter(|file| file.path.ends_with("Cargo.toml"))
    {
        let manifest: Table = match file.text.parse() {
            Ok(manifest) => manifest,
            Err(error) => {
                broken.push(Violation::new(&file.path, format!("is not TOML: {error}")));
                continue;
            }
        };
        if let Some(workspace) = manifest.get("workspace") {
            offered.extend(
                workspace
                    .get("dependencies")
                    .and_then(Value::as_table)
                    .into_iter()
                    .flat_map(Table::keys)
                    .cloned(),
            );
        } else {
            used.extend(dependencies(&manifest).map(|(name, _)| name.clone()));
            broken.extend(
                judge(&manifest)
                    .into_iter()
                    .map(|message| Violation::new(&file.path, message)),
            );
        }
    }
    let unused = offered
        .difference(&used)
        .map(|name| format!("offers `{name}`, which no package uses"));
    broken.extend(unused.map(|message| Violation::new("Cargo.toml", message)));
    broken
}

fn dependencies(manifest: &Table) -> impl Iterator<Item = (&String, &Value)> {
    DEPENDENCIES
        .iter()
        .filter_map(|table| manifest.get(*table)?.as_table())
        .flatten()
}

fn judge(manifest: &Table) -> Vec<String> {
    let mut broken = Vec::new();
    let inherits = |value: Option<&Value>| {
        value
            .and_then(|it| it.get("workspace"))
            .and_then(Value::as_bool)
            == Some(true)
    };
    let package = manifest.get("package");
    for key in INHERITED {
        if !inherits(package.and_then(|package| package.get(key))) {
            broken.push(format!("`package.{key}` is not `workspace = true`"));
        }
    }
    if package
        .and_then(|package| package.get("description"))
        .is_none()
    {
        broken.push("has no `description`".to_owned());
    }
    if !inherits(manifest.get("lints")) {
        broken.push("`lints` is not `workspace = true`".to_owned());
    }
    if manifest.contains_key("target") {
        broken.push("has dependencies for one platform; there is only one platform".to_owned());
    }
    for (name, value) in dependencies(manifest) {
        if !inherits(Some(value)) {
            broken.push(format!(
                "`{name}` is not `workspace = true`; versions stand in the top manifest only"
            ));
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
[package]
name = \"x\"
description = \"x\"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
publish.workspace = true
[lints]
workspace = true
[dependencies]
serde.workspace = true
[dev-dependencies]
insta = { workspace = true, features = [\"json\"] }
";

    #[test]
    fn what_is_not_inherited_is_found() {
        let judge = |text: &str| judge(&text.parse().unwrap());
        assert!(judge(GOOD).is_empty());
        for (good, bad, expected) in [
            ("serde.workspace = true", "serde = \"1\"", "`serde` is not"),
            (
                "insta = { workspace = true",
                "insta = { version = \"1\"",
                "`insta` is not",
            ),
            (
                "edition.workspace = true",
                "edition = \"2024\"",
                "`package.edition`",
            ),
            ("[lints]\nworkspace = true", "", "`lints`"),
            ("description = \"x\"", "", "`description`"),
            (
                "[dev-dependencies]",
                "[target.'cfg(unix)'.dependencies]",
                "one platform",
            ),
        ] {
            assert_ne!(GOOD.replace(good, bad), GOOD);
            let found = judge(&GOOD.replace(good, bad));
            assert!(
                found.len() == 1 && found[0].contains(expected),
                "{bad}: {found:?}"
            );
        }
    }
}
