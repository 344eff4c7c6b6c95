//! A Nix derivation as a value: what is built, from what, and the store paths that follow from it.
//!
//! It computes the same derivation and output paths as Nix, and runs nothing. Rules: Nix manual,
//! "Derivations" and "Complete store path calculation"; only what our expressions use is modelled
//! (one output `out`; inputs are fixed-output artefacts, source trees and other such derivations).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use digest::{Sha256, sha256_bytes};

use crate::store_path;

/// The platform of every derivation of ours.
pub(crate) const SYSTEM: &str = "x86_64-linux";

/// A derivation with its computed paths.
#[derive(Debug)]
pub(crate) struct Derivation {
    pub(crate) name: String,
    pub(crate) builder: String,
    pub(crate) arguments: Vec<String>,
    /// The variables that the builder sees, `out` included.
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) inputs: Vec<Arc<Derivation>>,
    /// Store paths of source trees.
    pub(crate) sources: BTreeSet<String>,
    /// The store path of the result.
    pub(crate) output: String,
    /// The store path of the derivation itself (`….drv`).
    pub(crate) path: String,
    fixed: Option<FixedOutput>,
    /// The hash that stands for this derivation among the inputs of another.
    modulo: Sha256,
}

/// The content that a fixed-output derivation promises.
#[derive(Clone, Debug)]
struct FixedOutput {
    mode: Mode,
    sha256: Sha256,
}

/// What a promised hash is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The bytes of one file.
    Flat,
    /// The archive of a tree.
    Recursive,
}

impl Mode {
    /// The value of `outputHashMode`.
    fn name(self) -> &'static str {
        match self {
            Self::Flat => "flat",
            Self::Recursive => "recursive",
        }
    }

    /// The prefix of the algorithm in a derivation's text.
    fn prefix(self) -> &'static str {
        match self {
            Self::Flat => "",
            Self::Recursive => "r:",
        }
    }
}

/// What a caller states about a derivation; the rest follows.
#[derive(Debug, Default)]
pub(crate) struct Recipe {
    pub(crate) name: String,
    pub(crate) builder: String,
    pub(crate) arguments: Vec<String>,
    /// Variables beyond `name`, `system`, `builder` and `out`.
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) inputs: Vec<Arc<Derivation>>,
    pub(crate) sources: BTreeSet<String>,
}

impl Derivation {
    /// An artefact known by its hash, which `builder` can't make: it has to be in the store already.
    pub(crate) fn artefact(name: &str, builder: &str, mode: Mode, sha256: Sha256) -> Arc<Self> {
        let output = match mode {
            Mode::Flat => store_path::flat_file(name, sha256),
            Mode::Recursive => store_path::source_tree(name, sha256),
        };
        let variables = [
            ("outputHashMode", mode.name()),
            ("outputHashAlgo", "sha256"),
            ("outputHash", &sha256.to_string()),
        ];
        let recipe = Recipe {
            name: name.to_owned(),
            builder: builder.to_owned(),
            variables: variables
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            ..Recipe::default()
        };
        let fixed = FixedOutput { mode, sha256 };
        let modulo = sha256_bytes(format!(
            "fixed:out:{}sha256:{sha256}:{output}",
            mode.prefix()
        ));
        Arc::new(Self::finish(recipe, Some(fixed), output, Some(modulo)))
    }

    /// A derivation that `recipe.builder` builds.
    pub(crate) fn built(recipe: Recipe) -> Arc<Self> {
        let masked = Self::finish(recipe, None, String::new(), Some(sha256_bytes("")));
        let hash = sha256_bytes(masked.text(&masked.modulo_inputs()));
        let output = store_path::derivation_output(&masked.name, hash);
        let Self {
            name,
            builder,
            arguments,
            mut variables,
            inputs,
            sources,
            ..
        } = masked;
        for computed in ["name", "system", "builder", "out"] {
            variables.remove(computed);
        }
        let recipe = Recipe {
            name,
            builder,
            arguments,
            variables,
            inputs,
            sources,
        };
        Arc::new(Self::finish(recipe, None, output, None))
    }

    fn finish(
        recipe: Recipe,
        fixed: Option<FixedOutput>,
        output: String,
        modulo: Option<Sha256>,
    ) -> Self {
        let Recipe {
            name,
            builder,
            arguments,
            mut variables,
            inputs,
            sources,
        } = recipe;
        variables.insert("name".into(), name.clone());
        variables.insert("system".into(), SYSTEM.into());
        variables.insert("builder".into(), builder.clone());
        variables.insert("out".into(), output.clone());
        let mut this = Self {
            name,
            builder,
            arguments,
            variables,
            inputs,
            sources,
            output,
            path: String::new(),
            fixed,
            modulo: sha256_bytes(""),
        };
        let by_path = this.inputs.iter().map(|input| input.path.clone()).collect();
        let references: BTreeSet<&str> = this
            .sources
            .iter()
            .map(String::as_str)
            .chain(this.inputs.iter().map(|i| i.path.as_str()))
            .collect();
        let path = store_path::text_file(
            &format!("{}.drv", this.name),
            &this.text(&by_path),
            references.into_iter(),
        );
        let modulo = modulo.unwrap_or_else(|| sha256_bytes(this.text(&this.modulo_inputs())));
        this.path = path;
        this.modulo = modulo;
        this
    }

    fn modulo_inputs(&self) -> BTreeSet<String> {
        self.inputs
            .iter()
            .map(|input| input.modulo.to_string())
            .collect()
    }

    /// The text of a `.drv` file, with `inputs` naming the input derivations.
    fn text(&self, inputs: &BTreeSet<String>) -> String {
        let (algorithm, hash) = match &self.fixed {
            Some(fixed) => (
                format!("{}sha256", fixed.mode.prefix()),
                fixed.sha256.to_string(),
            ),
            None => (String::new(), String::new()),
        };
        let output = format!(
            "(\"out\",{},{},{})",
            quoted(&self.output),
            quoted(&algorithm),
            quoted(&hash)
        );
        let inputs = list(
            inputs
                .iter()
                .map(|input| format!("({},[\"out\"])", quoted(input))),
        );
        let sources = list(self.sources.iter().map(|source| quoted(source)));
        let arguments = list(self.arguments.iter().map(|argument| quoted(argument)));
        let variables = list(
            self.variables
                .iter()
                .map(|(name, value)| format!("({},{})", quoted(name), quoted(value))),
        );
        let (system, builder) = (quoted(SYSTEM), quoted(&self.builder));
        format!("Derive([{output}],{inputs},{sources},{system},{builder},{arguments},{variables})")
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    }

    /// Paths from `nix-instantiate` (Nix 2.8) of the same four derivations, written in Nix.
    #[test]
    fn paths_agree_with_nix() {
        let hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        let flat = Derivation::artefact("flat.txt", "/none", Mode::Flat, hello.parse().unwrap());
        assert_eq!(
            flat.path,
            "/nix/store/7f067lx11mrkll7g8wsxn2f4xwja3i5p-flat.txt.drv"
        );
        assert_eq!(
            flat.output,
            "/nix/store/6pbkmzrjkwh1vkwabdksj8bvd6iyw5qn-flat.txt"
        );

        let archive = "0a430879c266f8b57f4092a0f935cf3facd48bbccde5760d4748ca405171e969";
        let tree = Derivation::artefact("tree", "/none", Mode::Recursive, archive.parse().unwrap());
        assert_eq!(
            tree.path,
            "/nix/store/fgdwkrfgfz6c6s9wf0hwbhjbm6pazz27-tree.drv"
        );
        assert_eq!(
            tree.output,
            "/nix/store/xsqxcjl14fx4l4gpd8l3xm5nrzbfpdbq-tree"
        );

        let first = Derivation::built(Recipe {
            name: "first".into(),
            builder: format!("{}/bin/sh", tree.output),
            arguments: vec!["-c".into(), "echo \"a\\b\"\n\t> $out".into()],
            variables: variables([("inputs", &format!("{} {}", flat.output, tree.output))]),
            inputs: vec![Arc::clone(&flat), Arc::clone(&tree)],
            ..Recipe::default()
        });
        assert_eq!(
            first.path,
            "/nix/store/6r1llagbag4hvmqmgdqhjgbgw5kym5an-first.drv"
        );
        assert_eq!(
            first.output,
            "/nix/store/ps72klviw3zb76wmfnvdl6bgfwmn5wxs-first"
        );

        let text = store_path::text_file("hello.txt", "hello", std::iter::empty());
        let second = Derivation::built(Recipe {
            name: "second".into(),
            builder: format!("{}/bin/sh", tree.output),
            variables: variables([
                ("first", &first.output),
                ("flat", &flat.output),
                ("text", &text),
            ]),
            inputs: vec![Arc::clone(&first), Arc::clone(&flat), Arc::clone(&tree)],
            sources: [text].into(),
            ..Recipe::default()
        });
        assert_eq!(
            second.path,
            "/nix/store/0vywwwamzzzw0rcbpggdgh8j31ynqc8j-second.drv"
        );
        assert_eq!(
            second.output,
            "/nix/store/gj54irb1j93jsdbks1f7vbnlg53x83a4-second"
        );
    }
}
