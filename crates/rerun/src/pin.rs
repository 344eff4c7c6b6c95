//! Whether a task was made in the environment that this program has; otherwise nothing could be compared.

use serde_json::json;
use task_format::{ENVIRONMENT_LOCK, EnvironmentPin, Package, read_text};

use crate::{
    compare::{Comparison, Difference, Kind, Part, Values},
    failure::{Failure, HOST_NOT_SET_UP},
    report::short,
};

/// Makes sure that `package` was made in the environment `own`.
///
/// `MANIFEST` decides, not the file on disk: a pin that was changed after publishing is a difference like any other.
///
/// # Errors
///
/// When it was made in another one; the failure says what differs and which version of this program made the task.
pub(crate) fn require(package: &Package, own: &EnvironmentPin) -> Result<(), Failure> {
    let digest = digest::sha256_bytes(own.render()).to_string();
    let mut entries = package.inventory.entries.iter();
    if entries.any(|entry| entry.path == ENVIRONMENT_LOCK && entry.sha256 == digest) {
        return Ok(());
    }
    let text = read_text(&package.root, ENVIRONMENT_LOCK).unwrap_or_default();
    let causes = match EnvironmentPin::parse(&text) {
        Ok(theirs) if theirs == *own => return Ok(()),
        Ok(theirs) => differences(&theirs, own),
        Err(_) => vec![format!("its `{ENVIRONMENT_LOCK}` can't be read")],
    };
    let made_by = &package.manifest.provenance.smith_version;
    let here = env!("CARGO_PKG_VERSION");
    Err(Failure {
        chain: [format!(
            "`{}` was made in another Python environment than this program has",
            package.root
        )]
        .into_iter()
        .chain(causes)
        .collect(),
        hint: Some(if made_by == here {
            format!("execute it with the build of version {here} that made it; this is another one")
        } else {
            format!(
                "execute it with version {made_by} of this program, which made it; this is version {here}"
            )
        }),
        code: HOST_NOT_SET_UP,
    })
}

fn differences(theirs: &EnvironmentPin, own: &EnvironmentPin) -> Vec<String> {
    let comparison = Comparison::of(Part::Identity, &values(theirs), &values(own));
    let line = |Difference { name, kind }| match kind {
        Kind::Changed { expected, found } => format!(
            "its {name} is {}, here it is {}",
            short(&expected),
            short(&found)
        ),
        Kind::Missing { .. } | Kind::Unexpected { .. } | Kind::Failed { .. } => {
            unreachable!("both pins have every field")
        }
    };
    comparison.differences.into_iter().map(line).collect()
}

fn values(pin: &EnvironmentPin) -> Values {
    let EnvironmentPin {
        name,
        output_path,
        nar_hash,
        kit_path,
        lock_sha256,
        numerics_version,
    } = pin;
    [
        ("name", json!(name)),
        ("store path", json!(output_path)),
        ("NAR hash", json!(nar_hash)),
        ("task kit", json!(kit_path)),
        ("lock", json!(lock_sha256)),
        ("numerics version", json!(numerics_version)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;
    use crate::testing::{self, MadeUp};

    #[test]
    fn a_changed_file_does_not_make_another_environment_of_it() {
        let made_up = MadeUp::new();
        assert_eq!(require(&made_up.package, &testing::pin()), Ok(()));
        fs::write(made_up.path(ENVIRONMENT_LOCK), "name = 3").unwrap();
        assert_eq!(require(&made_up.opened(), &testing::pin()), Ok(()));
    }

    #[test]
    fn another_environment_is_told_with_the_version_that_has_it() {
        let made_up = MadeUp::new();
        let own = EnvironmentPin {
            kit_path: "/nix/store/x-kit".to_owned(),
            numerics_version: 2,
            ..testing::pin()
        };
        let mut failure = require(&made_up.package, &own).unwrap_err();
        failure.chain[0] = failure.chain[0].replace(made_up.package.root.as_str(), "TASK");
        assert_eq!(failure.code, HOST_NOT_SET_UP);
        insta::assert_snapshot!(format!("{}\n{}", failure.chain.join("\n"), failure.hint.unwrap()), @"
        `TASK` was made in another Python environment than this program has
        its numerics version is 1, here it is 2
        its task kit is /nix/store/b-kit, here it is /nix/store/x-kit
        execute it with version 0.0.9 of this program, which made it; this is version 0.1.0
        ");
    }

    #[test]
    fn a_pin_that_nobody_can_read_is_told_too() {
        let made_up = MadeUp::new();
        fs::write(made_up.path(ENVIRONMENT_LOCK), "name = 3").unwrap();
        let own = EnvironmentPin {
            numerics_version: 2,
            ..testing::pin()
        };
        let failure = require(&made_up.package, &own).unwrap_err();
        assert_eq!(failure.chain[1], "its `environment.lock` can't be read");
    }
}
