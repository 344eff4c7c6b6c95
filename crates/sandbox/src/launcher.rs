//! How bubblewrap is started: from a pinned closure through its own loader, or the host's.
//!
//! It does not decide which of the two: the crate `environment` and the caller do.

use std::ffi::{OsStr, OsString};

use camino::{Utf8Path, Utf8PathBuf};

use crate::Mount;

/// The beginning of a command line that starts bubblewrap (0.8 or later).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launcher {
    words: Vec<OsString>,
    /// What must be visible for this same bubblewrap to start: lets doctor run it inside itself.
    needs: Vec<Utf8PathBuf>,
}

impl Launcher {
    /// bubblewrap of a closure, started through that closure's dynamic loader: the host's C library plays no part.
    ///
    /// `library_path` is a list of folders separated by colons.
    #[must_use]
    pub fn from_closure(loader: &Utf8Path, library_path: &str, program: &Utf8Path) -> Self {
        let mut needs = vec![loader.to_owned(), program.to_owned()];
        needs.extend(library_path.split(':').map(Utf8PathBuf::from));
        Self {
            words: [
                loader.as_str(),
                "--library-path",
                library_path,
                program.as_str(),
            ]
            .map(OsString::from)
            .into(),
            needs,
        }
    }

    /// The bubblewrap that is installed on the host, if it is.
    #[must_use]
    pub fn from_host() -> Option<Self> {
        let command = process::HostCommand::find("bwrap").ok()?;
        let program = Utf8PathBuf::from_path_buf(command.program().to_owned()).ok()?;
        let libraries = [
            "/usr/lib",
            "/usr/lib64",
            "/lib",
            "/lib64",
            "/nix/store",
            "/gnu/store",
        ];
        let mut needs: Vec<_> = libraries
            .map(Utf8PathBuf::from)
            .into_iter()
            .filter(|folder| folder.is_dir())
            .collect();
        needs.push(program.clone());
        Some(Self {
            words: vec![program.into()],
            needs,
        })
    }

    /// Something else in bubblewrap's place.
    #[cfg(test)]
    pub(crate) fn of_words(words: &[&str]) -> Self {
        Self {
            words: words.iter().map(OsString::from).collect(),
            needs: Vec::new(),
        }
    }

    pub(crate) fn program(&self) -> &OsStr {
        self.words
            .first()
            .expect("both constructors give at least the program")
    }

    /// The words that a command line of bubblewrap begins with.
    #[must_use]
    pub fn words(&self) -> &[OsString] {
        &self.words
    }

    /// Everything that this launcher needs to run, at the paths where it expects it.
    pub(crate) fn own_mounts(&self) -> Vec<Mount> {
        self.needs
            .iter()
            .map(|path| Mount::ReadOnly {
                host: path.clone(),
                inside: path.clone(),
            })
            .collect()
    }
}
