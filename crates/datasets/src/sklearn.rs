//! Data sets inside the pinned scikit-learn wheel, each file checked against its digest; nothing of scikit-learn runs.

use std::collections::BTreeMap;
use std::fmt;

use camino::Utf8Path;
use digest::Sha256;
use facts::{Combine, Declared, DeclaredFile, DeclaredTable};
use serde::Deserialize;

use crate::error::OpenError;
use crate::inventory::{copy_files, make_empty};

/// The descriptor, see the comment at its top.
const DESCRIPTOR: &str = include_str!("sklearn.toml");

/// The folder of the data sets inside `site-packages` (`dist-packages` on Debian).
const FOLDER: &str = "sklearn/datasets";

/// A data set that scikit-learn ships.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SklearnName {
    /// Iris flowers: three species.
    Iris,
    /// Wines of three cultivars.
    Wine,
    /// Malignant and benign breast masses.
    BreastCancer,
    /// Progression of diabetes.
    Diabetes,
    /// Handwritten digits of 8×8 cells.
    Digits,
    /// Exercises and measurements of twenty men.
    Linnerud,
}

impl SklearnName {
    /// Every data set, in the order of the help.
    pub const ALL: [Self; 6] = [
        Self::Iris,
        Self::Wine,
        Self::BreastCancer,
        Self::Diabetes,
        Self::Digits,
        Self::Linnerud,
    ];

    /// Its name in scikit-learn, e.g. `breast_cancer`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Iris => "iris",
            Self::Wine => "wine",
            Self::BreastCancer => "breast_cancer",
            Self::Diabetes => "diabetes",
            Self::Digits => "digits",
            Self::Linnerud => "linnerud",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }
}

impl fmt::Display for SklearnName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[derive(Deserialize)]
struct Catalogue {
    scikit_learn: String,
    #[serde(flatten)]
    datasets: BTreeMap<String, Description>,
}

/// What is known of a data set besides its bytes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Description {
    pub(crate) title: String,
    pub(crate) licence: String,
    pub(crate) description: String,
    combine: Combine,
    files: Vec<DataFile>,
    documentation: Checked,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DataFile {
    path: String,
    sha256: Sha256,
    #[serde(default)]
    has_header: bool,
    #[serde(default)]
    skip_lines: usize,
    /// Name and meaning of each column.
    columns: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checked {
    path: String,
    sha256: Sha256,
}

impl Description {
    fn checked(&self) -> impl Iterator<Item = (&str, Sha256)> {
        let data = self
            .files
            .iter()
            .map(|file| (file.path.as_str(), file.sha256));
        data.chain([(self.documentation.path.as_str(), self.documentation.sha256)])
    }

    pub(crate) fn declared(&self) -> Declared {
        let file = |file: &DataFile| DeclaredFile {
            path: base_name(&file.path).to_owned(),
            names: (!file.has_header)
                .then(|| file.columns.iter().map(|(name, _)| name.clone()).collect()),
            names_source: "scikit-learn".to_owned(),
            skip_lines: Some(file.skip_lines),
        };
        let files = self.files.iter().map(file).collect();
        Declared {
            table: Some(DeclaredTable {
                files,
                combine: self.combine,
            }),
            meanings: self
                .files
                .iter()
                .flat_map(|file| file.columns.iter().cloned())
                .collect(),
        }
    }
}

/// What is known of a data set.
pub(crate) fn description(name: SklearnName) -> Description {
    catalogue()
        .datasets
        .remove(name.as_str())
        .expect("the descriptor has every name, as a test shows")
}

/// Copies a data set's files into an empty folder, side by side, after checking each.
pub(crate) fn stage(
    name: SklearnName,
    site_packages: Option<&Utf8Path>,
    target: &Utf8Path,
) -> Result<(), OpenError> {
    let folder = site_packages
        .ok_or_else(|| OpenError::NoEnvironment {
            spec: format!("sklearn:{name}"),
        })?
        .join(FOLDER);
    stage_described(&description(name), &folder, target)
}

fn stage_described(
    description: &Description,
    folder: &Utf8Path,
    target: &Utf8Path,
) -> Result<(), OpenError> {
    make_empty(target)?;
    for (path, stated) in description.checked() {
        let source = folder.join(path);
        let found = digest::sha256_file(&source).map_err(|error| OpenError::Read {
            path: source.clone(),
            source: error,
        })?;
        if found != stated {
            return Err(OpenError::Mismatch {
                file: source,
                by: format!(
                    "the descriptor of scikit-learn {}",
                    catalogue().scikit_learn
                ),
                what: "its SHA-256",
                found: found.to_string(),
                stated: stated.to_string(),
            });
        }
        let parent = source.parent().expect("a file in a folder has a parent");
        copy_files(parent, &[base_name(path).to_owned()], target)?;
    }
    Ok(())
}

fn catalogue() -> Catalogue {
    toml::from_str(DESCRIPTOR).expect("the descriptor is well formed, as a test shows")
}

fn base_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_described() {
        let mut catalogue = catalogue();
        for name in SklearnName::ALL {
            let description = catalogue.datasets.remove(name.as_str()).unwrap();
            assert!(
                !description.title.is_empty() && description.description.len() > 100,
                "{name}"
            );
            let names: Vec<_> = description
                .files
                .iter()
                .flat_map(|file| &file.columns)
                .map(|(name, _)| name)
                .collect();
            assert_eq!(
                names.len(),
                description.declared().meanings.len(),
                "{name}: a column's name repeats"
            );
            assert_eq!(
                description.files.len() > 1,
                description.combine == Combine::SideBySide,
                "{name}"
            );
            assert_eq!(SklearnName::from_name(name.as_str()), Some(name));
        }
        assert!(catalogue.datasets.is_empty());
    }

    /// A made-up data set in a made-up `sklearn/datasets`.
    fn made_up(contents: &str) -> Description {
        let digest = digest::sha256_bytes(contents);
        toml::from_str(&format!(
            r#"
            title = "T"
            licence = "L"
            description = "D"
            combine = "single"
            documentation = {{ path = "descr/a.rst", sha256 = "{digest}" }}
            [[files]]
            path = "data/a.csv"
            sha256 = "{digest}"
            skip_lines = 1
            columns = [["x", "an x"]]
            "#
        ))
        .unwrap()
    }

    #[test]
    fn files_are_copied_and_checked() {
        let temporary = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(temporary.path()).unwrap();
        for path in ["from/data/a.csv", "from/descr/a.rst"] {
            fs_err::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs_err::write(root.join(path), "1\n2\n").unwrap();
        }
        let (from, to) = (root.join("from"), root.join("to"));
        stage_described(&made_up("1\n2\n"), &from, &to).unwrap();
        assert_eq!(fs_err::read_to_string(to.join("a.csv")).unwrap(), "1\n2\n");
        assert!(to.join("a.rst").exists());

        let error = stage_described(&made_up("1\n3\n"), &from, &to).unwrap_err();
        assert!(
            matches!(&error, OpenError::Mismatch { file, .. } if *file == from.join("data/a.csv")),
            "{error}"
        );
        fs_err::remove_file(from.join("descr/a.rst")).unwrap();
        let error = stage_described(&made_up("1\n2\n"), &from, &to).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("can't read `{}`", from.join("descr/a.rst"))
        );
    }

    #[test]
    fn needs_an_environment() {
        let error = stage(SklearnName::Iris, None, Utf8Path::new("unused")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`sklearn:iris` is read from the Python environment, and there is none"
        );
    }
}
