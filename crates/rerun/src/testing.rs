//! A made-up published package for the tests of this crate. Its scripts are never run.

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use task_format::{EnvironmentPin, Manifest, Package, seal};
use tempfile::TempDir;

/// A sealed package on disk.
pub(crate) struct MadeUp {
    pub(crate) package: Package,
    _keep: TempDir,
}

impl MadeUp {
    /// A recipe with all its data.
    pub(crate) fn new() -> Self {
        Self::with(|_| ())
    }

    /// The same with another manifest.
    pub(crate) fn with(change: impl FnOnce(&mut Manifest)) -> Self {
        let keep = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(keep.path().join("task")).unwrap();
        let files = [
            ("description.md", "# Which iris is it?\n".to_owned()),
            (
                "prepare.py",
                "def prepare(raw, public, private): ...\n".to_owned(),
            ),
            ("environment.lock", pin().render()),
            ("public/description.md", "# Which iris is it?\n".to_owned()),
            ("public/train.csv", "id,x,y\n1,2,a\n".to_owned()),
            ("public/test.csv", "id,x\n2,3\n".to_owned()),
            ("private/test_answer.csv", "id,y\n2,b\n".to_owned()),
            ("evidence/verdict.json", "{}\n".to_owned()),
        ];
        for (path, text) in files {
            write(&root.join(path), &text);
        }
        let mut manifest = Manifest::parse(MANIFEST).unwrap();
        change(&mut manifest);
        Self {
            package: seal(&root, &manifest).unwrap(),
            _keep: keep,
        }
    }

    /// Where a file of it stands.
    pub(crate) fn path(&self, path: &str) -> Utf8PathBuf {
        self.package.root.join(path)
    }

    /// Opens it again, as it stands on disk now.
    pub(crate) fn opened(&self) -> Package {
        Package::open(&self.package.root).unwrap()
    }
}

/// Writes a file and the folders that it stands in.
pub(crate) fn write(path: &Utf8Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The pin of the package's environment.
pub(crate) fn pin() -> EnvironmentPin {
    EnvironmentPin {
        name: "tabular".to_owned(),
        output_path: "/nix/store/a-tabular".to_owned(),
        nar_hash: "aa".to_owned(),
        kit_path: "/nix/store/b-kit".to_owned(),
        lock_sha256: "cc".to_owned(),
        numerics_version: 1,
    }
}

const MANIFEST: &str = r#"
schema_version = 1
id = "irises--species-multiclass"
title = "Which iris is it?"
digest = ""
canary = ""

[task]
modality = "tabular"
objective = "multiclass"
domain = "botany"
tags = []

[data]
id_column = "id"
target_columns = ["y"]
feature_columns = ["x"]
train_rows = 1
test_rows = 1
dropped_rows = 0
dropped_columns = {}
files = [{ path = "public/train.csv", meaning = "labelled rows" }]

[submission]
columns = ["id", "y"]
prediction = "label"
labels = ["a", "b"]

[split]
policy = "stratified"
test_fraction = 0.5
seed = 7
reason = "classes stay balanced"

[metric]
name = "macro_f1"
direction = "maximize"
optimum = 1.0
digits = 5

[dataset]
name = "irises"
source = "sklearn:iris"
licence = "unstated"
redistribution = "recipe"
files = [
    { path = "a.csv", sha256 = "aaaa", bytes = 1 },
    { path = "b.csv", sha256 = "bbbb", bytes = 1 },
]

[limits]
wall_seconds = 600
memory_bytes = 4294967296
disk_bytes = 1073741824
output_bytes = 1048576

[environment]
name = "tabular"
nar_hash = "aa"

[ladder.constant]
score = 0.16
interval = [0.1, 0.2]

[ladder.linear]
score = 0.5
interval = [0.5, 0.5]

[milestones]
bronze = 0.9
silver = 0.93
gold = 0.96
derivation = "ladder"

[provenance]
engine = "rules"
smith_version = "0.0.9"
policy_version = 1
attempts = {}
"#;
