//! Why an environment could not be built.

use std::io;

use camino::Utf8PathBuf;
use digest::Sha256;
use process::{Fault, ProcessError};
use sandbox::SandboxError;

use crate::deb::DebError;
use crate::fetch::FetchError;

/// Why an environment could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RealiseError {
    /// An artefact is not here and can't be fetched.
    #[error("its artefacts could not be fetched")]
    Fetch(#[source] FetchError),
    /// A folder or file of the home folder can't be used.
    #[error("can't {act} `{path}`")]
    Home {
        /// What was tried.
        act: &'static str,
        /// The folder or file.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A package that is needed before anything can run can't be unpacked.
    #[error("a package can't be unpacked")]
    Unpack(#[source] DebError),
    /// The lock lacks a package that is needed before anything can run.
    #[error("the lock has no package `{package}`, which every environment needs")]
    NoPackage {
        /// Its name.
        package: &'static str,
    },
    /// The builder could not be started under confinement.
    #[error("the builder of `{part}` could not be run")]
    Confine {
        /// What was being built.
        part: String,
        /// What the sandbox said.
        #[source]
        source: SandboxError,
    },
    /// The builder ran and failed.
    #[error("the builder of `{part}` {outcome}: {complaint}")]
    Builder {
        /// What was being built.
        part: String,
        /// How it ended.
        outcome: String,
        /// The last lines that it printed.
        complaint: String,
    },
    /// The result is not what the lock states.
    #[error("`{path}` came out with the NAR hash {found}, and the lock states {expected}")]
    Differs {
        /// Store path of the result.
        path: String,
        /// What the lock states.
        expected: Sha256,
        /// What came out.
        found: Sha256,
    },
    /// The environments are made for another kind of machine.
    #[error("environments are made for Linux on x86-64, and this is {machine}")]
    Platform {
        /// Operating system and processor of this machine.
        machine: String,
    },
    /// Nix is not installed.
    #[error("Nix is not installed")]
    NoNix,
    /// Nix is installed, and its store can't be used.
    #[error("Nix is installed and its store can't be used")]
    NixUnusable {
        /// What Nix said.
        #[source]
        source: ProcessError,
    },
    /// Nix failed.
    #[error("Nix could not {act}")]
    Nix {
        /// What it was asked to do.
        act: &'static str,
        /// What it said.
        #[source]
        source: ProcessError,
    },
    /// Nix answered something that has no meaning here.
    #[error("Nix answered `{answer}` when asked to {act}")]
    NixAnswer {
        /// What it was asked to do.
        act: &'static str,
        /// The answer.
        answer: String,
    },
}

impl RealiseError {
    /// The class of trouble.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Fetch(source) => source.fault(),
            Self::Confine { source, .. } => source.fault(),
            Self::Home { .. }
            | Self::Platform { .. }
            | Self::NoNix
            | Self::NixUnusable { .. }
            | Self::Nix { .. } => Fault::Setup,
            Self::Unpack(_)
            | Self::NoPackage { .. }
            | Self::Builder { .. }
            | Self::Differs { .. }
            | Self::NixAnswer { .. } => Fault::Bug,
        }
    }

    /// What to change.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Fetch(source) => source.hint(),
            Self::Confine { source, .. } => source.hint(),
            Self::Home { .. } => Some("set `SMITH_HOME` to a folder that you can write, with 2 GB of space".to_owned()),
            Self::NoNix => Some("install Nix, or use `--realiser embedded`".to_owned()),
            Self::NixUnusable { .. } | Self::Nix { .. } => {
                Some("`--realiser embedded` does the same without Nix".to_owned())
            }
            Self::Differs { .. } => Some(
                "this build is not reproducible on this machine; please report the machine's processor and kernel"
                    .to_owned(),
            ),
            Self::Platform { .. } => Some("use a Linux machine or virtual machine with an x86-64 processor".to_owned()),
            Self::Unpack(_) | Self::NoPackage { .. } | Self::Builder { .. } | Self::NixAnswer { .. } => None,
        }
    }
}
