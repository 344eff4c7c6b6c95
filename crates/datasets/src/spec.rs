//! What a person typed to name a dataset, understood; nothing is opened here, only looked at.

use std::fmt;
use std::str::FromStr;

use camino::{Utf8Path, Utf8PathBuf};

use crate::sklearn::SklearnName;

/// Names of archives that [`crate::open`] unpacks.
const ARCHIVES: [&str; 4] = [".zip", ".tar", ".tar.gz", ".tgz"];

/// Where raw data comes from.
///
/// Reading one from text looks at the disk, to tell a folder from a file. It is written as it was
/// read, so that a task can say where its raw data came from: `sklearn:iris`, or a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DatasetSpec {
    /// A folder of files.
    Folder(Utf8PathBuf),
    /// One file.
    File(Utf8PathBuf),
    /// A zip, tar or tar.gz archive, told by its name.
    Archive(Utf8PathBuf),
    /// A data set inside scikit-learn.
    Sklearn(SklearnName),
}

/// Why a text names no dataset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseSpecError {
    /// No such file or folder.
    #[error("there is no file or folder `{path}`")]
    Missing {
        /// The path as typed.
        path: String,
        /// What may have been meant.
        suggestion: Option<String>,
    },
    /// Neither a file nor a folder.
    #[error("`{path}` is neither a file nor a folder")]
    Special {
        /// The path as typed.
        path: String,
    },
    /// It exists, but this user may not look at it.
    #[error("`{path}` can't be looked at: permission denied")]
    Denied {
        /// The path as typed.
        path: String,
    },
    /// A name that `sklearn:` does not have.
    #[error("scikit-learn ships no data set `{name}`")]
    UnknownSklearn {
        /// The name as typed.
        name: String,
        /// What may have been meant.
        suggestion: Option<String>,
    },
}

impl ParseSpecError {
    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Missing {
                suggestion: Some(meant),
                ..
            }
            | Self::UnknownSklearn {
                suggestion: Some(meant),
                ..
            } => Some(format!("did you mean `{meant}`?")),
            Self::Missing {
                suggestion: None, ..
            } => Some(format!(
                "give a folder, a file, an archive ({}) or one of {}",
                ARCHIVES.join(", "),
                known().join(", ")
            )),
            Self::UnknownSklearn {
                suggestion: None, ..
            } => Some(format!("known are {}", known().join(", "))),
            Self::Special { .. } => Some("give a folder, a file or an archive".to_owned()),
            Self::Denied { path } => Some(format!(
                "give yourself the right to read it: `chmod -R u+rX {path}`"
            )),
        }
    }
}

impl FromStr for DatasetSpec {
    type Err = ParseSpecError;

    fn from_str(text: &str) -> Result<Self, ParseSpecError> {
        if let Some(name) = text.strip_prefix("sklearn:") {
            return SklearnName::from_name(name)
                .map(Self::Sklearn)
                .ok_or_else(|| ParseSpecError::UnknownSklearn {
                    name: name.to_owned(),
                    suggestion: nearest(text, &known()),
                });
        }
        let path = Utf8Path::new(text);
        let metadata = fs_err::metadata(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::PermissionDenied => ParseSpecError::Denied {
                path: text.to_owned(),
            },
            _ => ParseSpecError::Missing {
                path: text.to_owned(),
                suggestion: suggestion(path),
            },
        })?;
        if metadata.is_dir() {
            Ok(Self::Folder(path.to_owned()))
        } else if !metadata.is_file() {
            Err(ParseSpecError::Special {
                path: text.to_owned(),
            })
        } else if is_archive(path) {
            Ok(Self::Archive(path.to_owned()))
        } else {
            Ok(Self::File(path.to_owned()))
        }
    }
}

impl fmt::Display for DatasetSpec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) | Self::File(path) | Self::Archive(path) => path.fmt(formatter),
            Self::Sklearn(name) => write!(formatter, "sklearn:{name}"),
        }
    }
}

fn is_archive(path: &Utf8Path) -> bool {
    let name = path.as_str().to_ascii_lowercase();
    ARCHIVES.iter().any(|ending| name.ends_with(ending))
}

fn known() -> Vec<String> {
    SklearnName::ALL
        .iter()
        .map(|name| format!("sklearn:{name}"))
        .collect()
}

/// What a missing path may have meant: a data set of that name, or a neighbour with nearly that name.
fn suggestion(path: &Utf8Path) -> Option<String> {
    if let Some(name) = SklearnName::from_name(path.as_str()) {
        return Some(format!("sklearn:{name}"));
    }
    let name = path.file_name()?;
    let parent = path.parent().filter(|parent| !parent.as_str().is_empty());
    let mut neighbours: Vec<String> = parent
        .unwrap_or(Utf8Path::new("."))
        .read_dir_utf8()
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.file_name().to_owned()))
        .collect();
    neighbours.sort();
    let near = nearest(name, &neighbours)?;
    Some(parent.map_or(near.clone(), |parent| parent.join(&near).into_string()))
}

/// The first of the nearest candidates, when it is at most two edits, and less than half the text, away.
fn nearest(text: &str, candidates: &[String]) -> Option<String> {
    candidates
        .iter()
        .map(|candidate| (edits(text, candidate), candidate))
        .filter(|(distance, _)| *distance <= 2 && distance * 2 < text.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate.clone())
}

/// Levenshtein distance between two texts, in characters.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn understands_names_and_paths() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        for name in ["table.csv", "Data.TGZ", "data.zip"] {
            fs_err::write(root.join(name), "").unwrap();
        }
        let parse = |name: &str| root.join(name).as_str().parse::<DatasetSpec>();
        assert_eq!(
            root.as_str().parse(),
            Ok(DatasetSpec::Folder(root.to_owned()))
        );
        assert_eq!(
            parse("table.csv"),
            Ok(DatasetSpec::File(root.join("table.csv")))
        );
        assert_eq!(
            parse("Data.TGZ"),
            Ok(DatasetSpec::Archive(root.join("Data.TGZ")))
        );
        assert_eq!(
            "sklearn:iris".parse(),
            Ok(DatasetSpec::Sklearn(SklearnName::Iris))
        );
        let missing = parse("tabel.csv").unwrap_err();
        assert_eq!(
            missing.hint(),
            Some(format!("did you mean `{}`?", root.join("table.csv")))
        );
        let socket = root.join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert_eq!(
            parse("socket"),
            Err(ParseSpecError::Special {
                path: socket.into_string()
            })
        );
    }

    #[test]
    fn says_what_is_known() {
        let hint = |text: &str| text.parse::<DatasetSpec>().unwrap_err().hint().unwrap();
        insta::assert_snapshot!([hint("sklearn:irsi"), hint("digits"), hint("sklearn:mnist"), hint("no/such/thing")].join("\n"), @r"
        did you mean `sklearn:iris`?
        did you mean `sklearn:digits`?
        known are sklearn:iris, sklearn:wine, sklearn:breast_cancer, sklearn:diabetes, sklearn:digits, sklearn:linnerud
        give a folder, a file, an archive (.zip, .tar, .tar.gz, .tgz) or one of sklearn:iris, sklearn:wine, sklearn:breast_cancer, sklearn:diabetes, sklearn:digits, sklearn:linnerud
        ");
    }

    proptest! {
        #[test]
        fn edits_are_a_distance(a in "[ab]{0,6}", b in "[ab]{0,6}", c in "[ab]{0,6}") {
            prop_assert_eq!(edits(&a, &b), edits(&b, &a));
            prop_assert_eq!(edits(&a, &b) == 0, a == b);
            prop_assert!(edits(&a, &c) <= edits(&a, &b) + edits(&b, &c));
        }
    }
}
