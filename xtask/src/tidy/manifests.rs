//! Manifests of our packages: everything that can be inherited from the workspace is. Reads them line by
//! line, in the one form that they have; does not look at what they depend on.

use std::collections::BTreeSet;

use super::{Repository, Violation};

/// Lines that the manifest of every package has.
const REQUIRED: [&str; 6] = [
    "version.workspace = true",
    "edition.workspace = true",
    "rust-version.workspace = true",
    "license.workspace = true",
    "publish.workspace = true",
    "workspace = true", // below `[lints]`, checked by its being alone on a line
];

/// The table of the top manifest that holds every version.
const VERSIONS: &str = "workspace.dependencies";

pub(super) fn check(repository: &Repository) -> Vec<Violation> {
    let mut broken = Vec::new();
    let mut offered = BTreeSet::new();
    let mut used = BTreeSet::new();
    for file in repository
        .files
        .iter()
        .filter(|file| file.path.ends_with("Cargo.toml"))
    {
        if file.path == "Cargo.toml" {
            offered.extend(
                entries(&file.text)
                    .filter(|it| it.table == VERSIONS)
                    .map(|it| it.name),
            );
            continue;
        }
        used.extend(
            entries(&file.text)
                .filter(Entry::is_dependency)
                .map(|it| it.name),
        );
        broken.extend(
            judge(&file.text)
                .into_iter()
                .map(|message| Violation::new(&file.path, message)),
        );
    }
    let unused = offered
        .difference(&used)
        .map(|name| format!("offers `{name}`, which no package uses"));
    broken.extend(unused.map(|message| Violation::new("Cargo.toml", message)));
    broken
}

/// A line `name = value` or `name.key = value`, and the table in which it stands.
struct Entry<'a> {
    table: &'a str,
    name: &'a str,
    rest: &'a str,
}

impl Entry<'_> {
    fn is_dependency(&self) -> bool {
        self.table.ends_with("dependencies") && self.table != VERSIONS
    }

    fn is_inherited(&self) -> bool {
        self.rest == ".workspace = true" || self.rest.starts_with(" = { workspace = true")
    }
}

fn entries(manifest: &str) -> impl Iterator<Item = Entry<'_>> {
    let mut table = "";
    manifest.lines().filter_map(move |line| {
        if let Some(name) = line.strip_prefix('[') {
            table = name.trim_end_matches(']');
            return None;
        }
        let end = line
            .find(|it: char| !(it.is_alphanumeric() || it == '-' || it == '_'))
            .filter(|end| *end > 0)?;
        Some(Entry {
            table,
            name: &line[..end],
            rest: line[end..].trim_end(),
        })
    })
}

fn judge(manifest: &str) -> Vec<String> {
    let missing = REQUIRED
        .iter()
        .filter(|required| !manifest.lines().any(|line| line == **required));
    let mut broken: Vec<String> = missing
        .map(|line| format!("has no line `{line}`"))
        .collect();
    if !entries(manifest).any(|it| it.table == "package" && it.name == "description") {
        broken.push("has no `description`".to_owned());
    }
    if manifest.lines().any(|line| line.starts_with("[target.")) {
        broken.push("has dependencies for one platform; there is only one platform".to_owned());
    }
    for entry in entries(manifest).filter(|it| it.is_dependency() && !it.is_inherited()) {
        broken.push(format!(
            "`{}` is not inherited; versions stand in the top manifest only",
            entry.name
        ));
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
# a reason
[dev-dependencies]
insta = { workspace = true, features = [\"json\"] }
";

    #[test]
    fn what_is_not_inherited_is_found() {
        assert_eq!(judge(GOOD), Vec::<String>::new());
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
                "`edition.workspace",
            ),
            ("[lints]\nworkspace = true", "", "`workspace = true`"),
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

    #[test]
    fn entries_know_their_table() {
        let names: Vec<(&str, &str)> = entries(GOOD).map(|it| (it.table, it.name)).collect();
        assert!(
            names.contains(&("dependencies", "serde"))
                && names.contains(&("dev-dependencies", "insta"))
        );
        assert_eq!(names.len(), 10);
    }
}
