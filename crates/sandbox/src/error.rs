//! Why a run gave no record: the host or we are at fault, never the confined program.

use camino::Utf8PathBuf;
use process::Fault;

use crate::doctor::Denial;

/// Why nothing could be run, or why a run could not be followed to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The policy or the command makes no sense.
    #[error("policy `{name}` can't be applied: {reason}")]
    Policy {
        /// Name of the policy.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Something that should be visible inside is not there.
    #[error("`{path}` can't be shown in the sandbox")]
    Source {
        /// Path on the host.
        path: Utf8PathBuf,
        /// What the kernel said.
        #[source]
        source: std::io::Error,
    },
    /// The launcher itself did not start.
    #[error("bubblewrap (`{program}`) could not be started")]
    Start {
        /// First word of the launcher.
        program: String,
        /// What the kernel said.
        #[source]
        source: std::io::Error,
    },
    /// The host denied a part of the confinement.
    #[error("the host denied the sandbox: {complaint}")]
    Denied {
        /// Which part, and what to change.
        denial: Denial,
        /// bubblewrap's own words.
        complaint: String,
    },
    /// The confinement did not come to stand in time.
    #[error("the sandbox was not ready after {seconds} s")]
    Stalled {
        /// How long we waited.
        seconds: u64,
    },
    /// A call to the kernel failed that should not have.
    #[error("could not {act}")]
    Supervise {
        /// What was being done.
        act: &'static str,
        /// What the kernel said.
        #[source]
        source: std::io::Error,
    },
    /// The fork server did not start, or ended: by itself, or because somebody ended it.
    #[error("the fork server is lost: {reason}")]
    ForkServer {
        /// What was seen of it.
        reason: String,
        /// True if the run had begun: its code may have done something. False if it can simply be started again.
        begun: bool,
    },
    /// A forked process could not be moved into its confinement, or was not where it belongs; its code never began.
    #[error("a forked process was not confined: {reason}")]
    NotConfined {
        /// What failed.
        reason: String,
    },
    /// Processes of the run are still there after KILL (in an uninterruptible wait), so nothing of it can be used.
    #[error("processes of the sandbox survived KILL for {seconds} s")]
    Survived {
        /// How long we waited.
        seconds: u64,
    },
}

impl SandboxError {
    /// The class of this error; decides retry and exit code.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Policy { .. } | Self::Supervise { .. } => Fault::Bug,
            Self::NotConfined { .. } => Fault::Setup,
            Self::Source { .. } | Self::Start { .. } | Self::Denied { .. } => Fault::Setup,
            Self::Stalled { .. } | Self::Survived { .. } | Self::ForkServer { .. } => {
                Fault::Transient
            }
        }
    }

    /// What the user can do, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Denied { denial, .. } => Some(denial.fix().to_owned()),
            Self::Start { .. } => {
                Some("realise the environment again, or run `smith doctor`".to_owned())
            }
            Self::Source { path, .. } => {
                Some(format!("check that `{path}` exists and is readable"))
            }
            Self::ForkServer { .. } => {
                Some("try again, or with `--cold`, which does without it".to_owned())
            }
            Self::NotConfined { .. } => {
                Some("this host does not give warm runs: use `--cold`".to_owned())
            }
            Self::Stalled { .. } | Self::Survived { .. } => {
                Some("the machine may be overloaded: try again".to_owned())
            }
            Self::Policy { .. } | Self::Supervise { .. } => None,
        }
    }
}

/// Names the act that a failed call to the kernel belonged to.
pub(crate) fn while_doing<E: Into<std::io::Error>>(
    act: &'static str,
) -> impl FnOnce(E) -> SandboxError {
    move |source| SandboxError::Supervise {
        act,
        source: source.into(),
    }
}
