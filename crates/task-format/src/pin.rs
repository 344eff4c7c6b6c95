//! `environment.lock`: the pin of the Python environment that a task runs in.

use serde::{Deserialize, Serialize};

/// Everything that decides which bytes Python and its libraries are made of, and how they compute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentPin {
    /// Its name, e.g. `tabular`.
    pub name: String,
    /// Store path of the environment.
    pub output_path: String,
    /// NAR hash of that path.
    pub nar_hash: String,
    /// Store path of the task kit; it names the inputs, so another kit has another path.
    pub kit_path: String,
    /// SHA-256 of the environment's `lock.json`.
    pub lock_sha256: String,
    /// Version of the numerics profile: the variables that make arithmetic the same on every processor.
    pub numerics_version: u32,
}

impl EnvironmentPin {
    /// Renders the file.
    pub fn render(&self) -> String {
        toml::to_string(self).expect("a pin has only strings and a number")
    }

    /// Parses the file.
    ///
    /// # Errors
    ///
    /// When it is no TOML, or lacks a field.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back() {
        let pin = EnvironmentPin {
            name: "tabular".to_owned(),
            output_path: "/nix/store/a-tabular".to_owned(),
            nar_hash: "sha256-a".to_owned(),
            kit_path: "/nix/store/b-kit".to_owned(),
            lock_sha256: "c".to_owned(),
            numerics_version: 1,
        };
        assert_eq!(EnvironmentPin::parse(&pin.render()).unwrap(), pin);
    }
}
