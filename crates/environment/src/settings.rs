//! Where environments are kept and where their bytes may come from: the user's settings, read once.
//!
//! It checks no folder and reaches no network; reading them is the caller's first step.

use std::ffi::OsString;
use std::str::FromStr;

use camino::{Utf8Path, Utf8PathBuf};
use process::Fault;

/// What a user can set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Folder of downloaded artefacts and realised environments, shared by all projects of the user.
    pub home: Utf8PathBuf,
    /// Address that Debian packages are downloaded from (`…/debian`), instead of those that apt reports.
    pub debian_mirror: Option<String>,
    /// Who builds an environment.
    pub realiser: RealiserChoice,
}

/// Who builds an environment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RealiserChoice {
    /// Nix where it is installed and usable, else the embedded realiser.
    #[default]
    Auto,
    /// Nix, or an error.
    Nix,
    /// The embedded realiser: the same builder under bubblewrap.
    Embedded,
}

impl FromStr for RealiserChoice {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, SettingsError> {
        match text {
            "auto" => Ok(Self::Auto),
            "nix" => Ok(Self::Nix),
            "embedded" => Ok(Self::Embedded),
            other => Err(SettingsError::Realiser {
                given: other.to_owned(),
            }),
        }
    }
}

/// Why the settings can't be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// No variable names a folder to keep environments in.
    #[error("no folder to keep environments in")]
    NoHome,
    /// A variable is not UTF-8, or its folder is relative.
    #[error("`{variable}` is not an absolute path in UTF-8")]
    Path {
        /// The variable.
        variable: &'static str,
    },
    /// The named realiser does not exist.
    #[error("unknown realiser `{given}`")]
    Realiser {
        /// What was given.
        given: String,
    },
}

impl SettingsError {
    /// The class of trouble: always the user's to change.
    #[must_use]
    pub fn fault(&self) -> Fault {
        Fault::Setup
    }

    /// What to change.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoHome => "set `SMITH_HOME` to a folder with 2 GB of space".to_owned(),
            Self::Path { variable } => format!("set `{variable}` to an absolute path"),
            Self::Realiser { .. } => "the realisers are `auto`, `nix` and `embedded`".to_owned(),
        })
    }
}

impl Settings {
    /// Settings that keep everything in `home` and leave the rest to the defaults.
    pub fn new(home: impl Into<Utf8PathBuf>) -> Self {
        Self {
            home: home.into(),
            debian_mirror: None,
            realiser: RealiserChoice::default(),
        }
    }

    /// Reads `SMITH_HOME` (else `XDG_CACHE_HOME/mle-smith`, else `~/.cache/mle-smith`),
    /// `SMITH_DEBIAN_MIRROR` and `SMITH_REALISER` from the environment of this process.
    ///
    /// # Errors
    /// When no folder follows from these, or one of them can't be read.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::from_variables(|name| std::env::var_os(name))
    }

    fn from_variables(read: impl Fn(&str) -> Option<OsString>) -> Result<Self, SettingsError> {
        let given = |name: &str| read(name).filter(|value| !value.is_empty());
        let folder = |variable: &'static str, below: &str| match given(variable) {
            None => Ok(None),
            Some(value) => match value.into_string().map(Utf8PathBuf::from) {
                Ok(path) if path.is_absolute() => Ok(Some(if below.is_empty() {
                    path
                } else {
                    path.join(below)
                })),
                _ => Err(SettingsError::Path { variable }),
            },
        };
        let home = match folder("SMITH_HOME", "")? {
            Some(home) => home,
            None => match folder("XDG_CACHE_HOME", "mle-smith")? {
                Some(home) => home,
                None => folder("HOME", ".cache/mle-smith")?.ok_or(SettingsError::NoHome)?,
            },
        };
        let text = |variable: &'static str| match given(variable).map(OsString::into_string) {
            None => Ok(None),
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(_)) => Err(SettingsError::Path { variable }),
        };
        Ok(Self {
            home,
            debian_mirror: text("SMITH_DEBIAN_MIRROR")?,
            realiser: text("SMITH_REALISER")?
                .map_or(Ok(RealiserChoice::default()), |text| text.parse())?,
        })
    }

    /// Folder of downloaded artefacts.
    pub(crate) fn artefacts(&self) -> Utf8PathBuf {
        self.home.join("artefacts")
    }

    /// Folder that stands for `/nix/store` where there is no Nix.
    pub(crate) fn store(&self) -> Utf8PathBuf {
        self.home.join("store")
    }

    /// File that one process at a time locks while it downloads or builds.
    pub(crate) fn lock_file(&self) -> Utf8PathBuf {
        self.home.join("lock")
    }

    /// Folder of links that keep Nix from deleting what is in use.
    pub(crate) fn roots(&self) -> Utf8PathBuf {
        self.home.join("roots")
    }

    /// The home folder itself.
    #[must_use]
    pub fn home(&self) -> &Utf8Path {
        &self.home
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::from_variables(|name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_first_folder_that_is_set_wins() {
        let all = [
            ("SMITH_HOME", "/s"),
            ("XDG_CACHE_HOME", "/x"),
            ("HOME", "/h"),
        ];
        let homes: Vec<_> = (0..3)
            .map(|from| read(&all[from..]).unwrap().home)
            .collect();
        assert_eq!(homes, ["/s", "/x/mle-smith", "/h/.cache/mle-smith"]);
        assert_eq!(
            read(&[("SMITH_HOME", ""), ("HOME", "/h")]).unwrap().home,
            "/h/.cache/mle-smith"
        );
        assert_eq!(read(&[]), Err(SettingsError::NoHome));
    }

    #[test]
    fn bad_values_are_named() {
        assert_eq!(
            read(&[("SMITH_HOME", "here")]),
            Err(SettingsError::Path {
                variable: "SMITH_HOME"
            })
        );
        let error = read(&[("HOME", "/h"), ("SMITH_REALISER", "docker")]).unwrap_err();
        assert_eq!(error.to_string(), "unknown realiser `docker`");
        let settings = read(&[("HOME", "/h"), ("SMITH_REALISER", "embedded")]).unwrap();
        assert_eq!(settings.realiser, RealiserChoice::Embedded);
    }
}
