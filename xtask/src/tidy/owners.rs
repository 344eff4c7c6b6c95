//! Heavy or dangerous third-party crates have owners: the only crates of ours that may name them. Looks
//! at manifests only; what a dependency drags in is the business of `graph`.

use super::{Repository, Violation};

/// Crates whose names start like this, and who may depend on them.
const OWNERS: [(&str, &[&str]); 16] = [
    ("polars", &["tabular"]),
    ("calamine", &["tabular"]),
    ("encoding_rs", &["pipeline", "tabular"]),
    ("reqwest", &["llm"]),
    ("hyper", &["llm"]),
    ("rustls", &["llm"]),
    ("minijinja", &["agents", "prompts"]),
    ("nix", &["ledger", "process", "sandbox"]),
    ("libc", &["sandbox"]),
    ("seccompiler", &["sandbox"]),
    ("command-fds", &["sandbox"]),
    ("ruff_", &["pysource"]),
    ("liblzma", &["environment"]),
    ("clap", &["rerun", "smith"]),
    ("indicatif", &["smith"]),
    ("anyhow", &["rerun", "smith", "xtask"]),
];

/// Our own crates with few users, and who they are: whoever links these links polars or a network client.
const RESTRICTED: [(&str, &[&str]); 2] = [
    ("tabular", &["smith"]),
    ("llm", &["agents", "pipeline", "review", "smith"]),
];

pub(super) fn check(repository: &Repository) -> Vec<Violation> {
    let mut broken = Vec::new();
    for package in repository.metadata.members() {
        for name in &package.uses {
            if let Some(owners) = owners_of(name).filter(|it| !it.contains(&package.name.as_str()))
            {
                let message = format!("depends on `{name}`, which only {owners:?} may");
                broken.push(Violation::new(&package.name, message));
            }
        }
    }
    broken
}

/// Who may depend on `dependency`; `None` for everybody.
fn owners_of(dependency: &str) -> Option<&'static [&'static str]> {
    let third_party = OWNERS.iter().find(|(prefix, _)| {
        dependency.strip_prefix(prefix).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(['-', '_']) || prefix.ends_with('_')
        })
    });
    let own = || RESTRICTED.iter().find(|(name, _)| dependency == *name);
    third_party.or_else(own).map(|(_, owners)| *owners)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_of_crates_has_one_owner() {
        assert_eq!(owners_of("polars-core"), Some(&["tabular"][..]));
        assert_eq!(owners_of("ruff_python_ast"), Some(&["pysource"][..]));
        assert_eq!(owners_of("clap_complete"), Some(&["rerun", "smith"][..]));
        assert_eq!(owners_of("tabular"), Some(&["smith"][..]));
        assert_eq!(owners_of("nixpkgs"), None);
        assert_eq!(owners_of("serde"), None);
    }
}
