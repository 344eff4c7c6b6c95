//! The resolved graph: what `rerun` must never reach, and how many packages there may be. Does not look at
//! who asked for a package.

use std::collections::BTreeSet;

use super::{Repository, Violation};

/// Starts of names of packages that re-execution must not need: it is the part that others must be able
/// to trust and to build in a minute.
const NOT_IN_RERUN: [&str; 8] = [
    "polars", "calamine", "reqwest", "hyper", "ureq", "rustls", "openssl", "tabular",
];

/// How many packages the lock file may hold. Raise it in the commit that needs it, with the reason.
const LOCK_CAP: usize = 520;

pub(super) fn check(repository: &Repository) -> Vec<Violation> {
    let mut broken: Vec<Violation> = forbidden(&repository.metadata.reach("rerun"))
        .into_iter()
        .map(|name| Violation::new("rerun", format!("reaches `{name}`")))
        .collect();
    let locked = locked(repository);
    if locked > LOCK_CAP {
        broken.push(Violation::new(
            "Cargo.lock",
            format!("holds {locked} packages, {LOCK_CAP} are allowed"),
        ));
    }
    broken
}

/// One line on the size of the graph.
pub(super) fn summary(repository: &Repository) -> String {
    let reach = |name| repository.metadata.reach(name).len();
    format!(
        "packages: {} locked (at most {LOCK_CAP}), {} to build smith, {} to build rerun, {} to build xtask",
        locked(repository),
        reach("smith"),
        reach("rerun"),
        reach("xtask")
    )
}

fn locked(repository: &Repository) -> usize {
    repository.file("Cargo.lock").map_or(0, |file| {
        file.text
            .lines()
            .filter(|line| *line == "[[package]]")
            .count()
    })
}

fn forbidden<'a>(reached: &BTreeSet<&'a str>) -> Vec<&'a str> {
    reached
        .iter()
        .copied()
        .filter(|name| NOT_IN_RERUN.iter().any(|start| name.starts_with(start)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_family_is_found() {
        let reached = BTreeSet::from(["serde", "polars-core", "hyper-util", "tokio"]);
        assert_eq!(forbidden(&reached), ["hyper-util", "polars-core"]);
    }

    #[test]
    fn smith_reaches_what_rerun_may_not() {
        let repository = Repository::load().unwrap();
        assert!(
            !forbidden(&repository.metadata.reach("smith")).is_empty(),
            "the check could not fail"
        );
    }
}
