//! What `cargo metadata` says about this workspace, as far as the checks ask. Reads nothing else.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, bail};
use serde::Deserialize;

/// The only platform that is supported, and so the only one whose dependencies count.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// The resolved dependency graph.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    /// Every package of the graph, ours and others'.
    pub(crate) packages: Vec<Package>,
    workspace_members: Vec<String>,
    resolve: Resolve,
}

/// A package and its manifest.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    id: String,
    /// Its name, which is also its folder's.
    pub(crate) name: String,
    /// What its manifest declares.
    pub(crate) dependencies: Vec<Dependency>,
    #[serde(default)]
    metadata: serde_json::Value,
}

/// A line of a manifest.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    /// The package asked for.
    pub(crate) name: String,
    /// `None` for a dependency of the crate itself, else `dev` or `build`.
    pub(crate) kind: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Debug, Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<EdgeKind>,
}

#[derive(Debug, Deserialize)]
struct EdgeKind {
    kind: Option<String>,
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
        serde_json::from_slice(&output.stdout)
            .context("`cargo metadata` answered in an unknown form")
    }

    /// Our own packages.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| self.workspace_members.contains(&package.id))
    }

    /// Names of all packages that a build of `name` compiles; its tests may need more.
    pub(crate) fn reach(&self, name: &str) -> BTreeSet<&str> {
        let names: BTreeMap<&str, &str> = self
            .packages
            .iter()
            .map(|it| (it.id.as_str(), it.name.as_str()))
            .collect();
        let nodes: BTreeMap<&str, &Node> = self
            .resolve
            .nodes
            .iter()
            .map(|node| (node.id.as_str(), node))
            .collect();
        let mut open: Vec<&str> = self
            .members()
            .filter(|package| package.name == name)
            .map(|package| package.id.as_str())
            .collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            for edge in nodes.get(id).map_or(&[][..], |node| &node.deps) {
                if edge
                    .dep_kinds
                    .iter()
                    .any(|it| it.kind.as_deref() != Some("dev"))
                {
                    open.push(&edge.pkg);
                }
            }
        }
        seen.into_iter()
            .filter_map(|id| names.get(id).copied())
            .collect()
    }
}

impl Package {
    /// The layer that the manifest declares under `[package.metadata.smith]`.
    pub(crate) fn layer(&self) -> Option<&str> {
        self.metadata.get("smith")?.get("layer")?.as_str()
    }
}
