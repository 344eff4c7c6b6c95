//! `environment.toml`: what a person states about an environment, from which the lock follows.
//!
//! It reads and checks the text; resolving it to exact artefacts is `relock`'s work.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a person states about an environment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spec {
    /// The Python series, such as `3.11`.
    pub(crate) python: String,
    /// Modules beyond the top-level ones of the wheels that must import for a build to count.
    pub(crate) imports: Vec<String>,
    pub(crate) debian: DebianSpec,
    pub(crate) wheels: WheelsSpec,
    pub(crate) numerics: Numerics,
}

/// Which Debian packages make the root.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DebianSpec {
    pub(crate) suite: String,
    pub(crate) component: String,
    pub(crate) architecture: String,
    /// Packages unpacked into the root.
    pub(crate) packages: Vec<String>,
    /// The package with the static busybox that runs the builders.
    pub(crate) busybox: String,
}

/// Which wheels are installed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WheelsSpec {
    /// The wheel that installs the others; not part of the result.
    pub(crate) installer: String,
    /// Requirements, each with an exact version; what they need in turn is locked too.
    pub(crate) requirements: Vec<String>,
}

/// Variables that make results independent of the CPU, and the version of that set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Numerics {
    /// Rises whenever a variable changes: results may differ between versions.
    pub(crate) version: u32,
    pub(crate) variables: BTreeMap<String, String>,
}

impl Spec {
    /// Reads the text of an `environment.toml`.
    pub(crate) fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}
