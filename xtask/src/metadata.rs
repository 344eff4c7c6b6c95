//! What `cargo metadata` says about this workspace, as far as the checks ask. Reads nothing else, and reads
//! it without serde's derive macros, whose compilation would triple the time until the first command starts.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, bail};
use serde_json::Value;

/// The only platform that is supported, and so the only one whose dependencies count.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// The resolved dependency graph.
pub(crate) struct Metadata {
    /// Our own packages.
    members: Vec<Package>,
    /// Name of every package of the graph, by its id.
    names: BTreeMap<String, String>,
    /// Ids of what a build of a package needs, by its id; what only its tests need is left out.
    needs: BTreeMap<String, Vec<String>>,
}

/// A package of ours, and its manifest.
pub(crate) struct Package {
    id: String,
    /// Its name, which is also its folder's.
    pub(crate) name: String,
    /// The layer that the manifest declares under `[package.metadata.smith]`.
    pub(crate) layer: Option<String>,
    /// Packages that the crate or its build script uses.
    pub(crate) uses: Vec<String>,
    /// Packages that only its tests use.
    pub(crate) tests_use: Vec<String>,
}

impl Metadata {
    /// Asks cargo, for the locked versions.
    ///
    /// # Errors
    /// When cargo can't be started, or its answer is of no known form.
    pub(crate) fn load() -> anyhow::Result<Self> {
        let output = crate::external::cargo()
            .args([
                "metadata",
                "--format-version",
                "1",
                "--locked",
                "--filter-platform",
                PLATFORM,
            ])
            .current_dir(crate::external::root())
            .output()
            .context("cargo can't be started")?;
        if !output.status.success() {
            bail!(
                "`cargo metadata` failed: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        let answer = serde_json::from_slice(&output.stdout)
            .context("`cargo metadata` did not answer in JSON")?;
        Self::from_answer(&answer).context("`cargo metadata` answered in an unknown form")
    }

    fn from_answer(answer: &Value) -> Option<Self> {
        let members: Vec<&str> = answer["workspace_members"]
            .as_array()?
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let packages = answer["packages"].as_array()?;
        let id_and_name = |package: &Value| Some((text(&package["id"])?, text(&package["name"])?));
        Some(Self {
            members: packages
                .iter()
                .filter(|package| {
                    package["id"]
                        .as_str()
                        .is_some_and(|id| members.contains(&id))
                })
                .map(Package::from_answer)
                .collect::<Option<_>>()?,
            names: packages.iter().map(id_and_name).collect::<Option<_>>()?,
            needs: answer["resolve"]["nodes"]
                .as_array()?
                .iter()
                .map(|node| Some((text(&node["id"])?, built_from(node)?)))
                .collect::<Option<_>>()?,
        })
    }

    /// Our own packages.
    pub(crate) fn members(&self) -> &[Package] {
        &self.members
    }

    /// Names of all packages that a build of `name` compiles; its tests may need more.
    pub(crate) fn reach(&self, name: &str) -> BTreeSet<&str> {
        let mut open: Vec<&str> = self
            .members
            .iter()
            .filter(|package| package.name == name)
            .map(|package| package.id.as_str())
            .collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                open.extend(self.needs.get(id).into_iter().flatten().map(String::as_str));
            }
        }
        seen.into_iter()
            .filter_map(|id| self.names.get(id).map(String::as_str))
            .collect()
    }
}

impl Package {
    fn from_answer(package: &Value) -> Option<Self> {
        let dependencies = package["dependencies"].as_array()?;
        let named = |dev: bool| {
            dependencies
                .iter()
                .filter(move |it| (it["kind"] == "dev") == dev)
                .map(|it| text(&it["name"]))
        };
        Some(Self {
            id: text(&package["id"])?,
            name: text(&package["name"])?,
            layer: text(&package["metadata"]["smith"]["layer"]),
            uses: named(false).collect::<Option<_>>()?,
            tests_use: named(true).collect::<Option<_>>()?,
        })
    }
}

/// Ids of the packages behind the edges of a node that are not for its tests alone.
fn built_from(node: &Value) -> Option<Vec<String>> {
    let edges = node["deps"].as_array()?.iter();
    edges
        .filter(|edge| {
            edge["dep_kinds"]
                .as_array()
                .is_some_and(|kinds| kinds.iter().any(|it| it["kind"] != "dev"))
        })
        .map(|edge| text(&edge["pkg"]))
        .collect()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
