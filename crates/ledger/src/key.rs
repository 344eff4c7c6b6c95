//! The name of a piece of work: equal for equal work, so that it need not be done twice; what the work is, it does not tell.

use std::fmt;
use std::str::FromStr;

use digest::{ParseDigestError, Sha256, digest_of};
use serde::{Deserialize, Serialize};

/// The key of a stage's work: a digest over everything that its result depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StageKey(Sha256);

impl StageKey {
    /// The key of `stage` in this `version` on these `inputs`.
    ///
    /// Inputs are all that the result depends on: digests of files, the configuration, versions of tools. The
    /// version is raised when the stage's own code changes in meaning.
    ///
    /// # Panics
    ///
    /// When the inputs have no canonical JSON (a NaN, a map with keys that are no strings): a key must
    /// never rest on such a value.
    pub fn of(stage: &str, version: u32, inputs: &(impl Serialize + ?Sized)) -> Self {
        let digest = digest_of(&(stage, version, inputs));
        Self(digest.unwrap_or_else(|error| {
            panic!("the inputs of stage `{stage}` must have a canonical JSON: {error}")
        }))
    }
}

impl fmt::Display for StageKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for StageKey {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, ParseDigestError> {
        text.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_counts() {
        let keys = [
            StageKey::of("design", 1, &("a", 1)),
            StageKey::of("design", 1, &("a", 2)),
            StageKey::of("design", 2, &("a", 1)),
            StageKey::of("refactor", 1, &("a", 1)),
        ];
        assert_eq!(
            keys.iter().collect::<std::collections::BTreeSet<_>>().len(),
            keys.len()
        );
        assert_eq!(keys[0], StageKey::of("design", 1, &("a", 1)));
        assert_eq!(keys[0].to_string().parse(), Ok(keys[0]));
    }
}
