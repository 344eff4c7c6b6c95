//! Rules of this repository that no compiler checks, run as `cargo xtask tidy` and as a test. Each check
//! reads the [`Repository`] and returns what breaks its rule; none changes a file.

mod graph;
mod layers;
mod manifests;
mod owners;
mod places;
mod sources;
mod table;

use std::{fmt, process::ExitCode};

use anyhow::Context as _;

use crate::metadata::Metadata;

/// Everything that the checks look at, read once.
struct Repository {
    metadata: Metadata,
    /// Text files that git tracks or would track, in the order of their paths.
    files: Vec<File>,
}

struct File {
    /// Relative to the top folder, with `/` between its parts.
    path: String,
    text: String,
}

/// A rule that is broken somewhere.
#[derive(Debug, PartialEq, Eq)]
struct Violation {
    /// A file or package.
    place: String,
    /// What is wrong there, and what would be right.
    message: String,
}

impl Violation {
    fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

type Check = fn(&Repository) -> Vec<Violation>;

/// Name of each check, and the check.
const CHECKS: [(&str, Check); 6] = [
    ("layers", layers::check),
    ("owners", owners::check),
    ("graph", graph::check),
    ("manifests", manifests::check),
    ("sources", sources::check),
    ("places", places::check),
];

/// Runs every check and prints what it finds.
///
/// # Errors
/// When the repository can't be read.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    let repository = Repository::load()?;
    let mut broken = 0;
    for (name, check) in CHECKS {
        let violations = check(&repository);
        println!(
            "{name:<10} {}",
            if violations.is_empty() {
                "ok"
            } else {
                "broken"
            }
        );
        for violation in &violations {
            println!("  {violation}");
        }
        broken += violations.len();
    }
    println!("{}", graph::summary(&repository));
    Ok(if broken == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Repository {
    fn load() -> anyhow::Result<Self> {
        let root = crate::external::root();
        // The checkout may belong to another user, as in a container.
        let output = crate::external::tool("git".as_ref())
            .args([
                "-c",
                "safe.directory=*",
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(&root)
            .output()
            .context("git can't be started")?;
        anyhow::ensure!(
            output.status.success(),
            "git can't list the files: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let listed = String::from_utf8(output.stdout).context("a file's name is not UTF-8")?;
        let mut files = Vec::new();
        for path in listed.split_terminator('\0') {
            let full = root.join(path);
            // Deleted but not yet committed, or a link: nothing of ours to read.
            if !full
                .symlink_metadata()
                .is_ok_and(|metadata| metadata.is_file())
            {
                continue;
            }
            if let Ok(text) = String::from_utf8(fs_err::read(full)?) {
                files.push(File {
                    path: path.to_owned(),
                    text,
                });
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self {
            metadata: Metadata::load()?,
            files,
        })
    }

    fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    fn with_extension<'a>(&'a self, extension: &'a str) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(move |file| {
            file.path
                .rsplit_once('.')
                .is_some_and(|(_, it)| it == extension)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        let repository = Repository::load().unwrap();
        let broken: Vec<String> = CHECKS
            .iter()
            .flat_map(|(name, check)| {
                check(&repository)
                    .into_iter()
                    .map(move |it| format!("{name}: {it}"))
            })
            .collect();
        assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
    }
}
