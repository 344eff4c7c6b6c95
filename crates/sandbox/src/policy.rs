//! What a confined process may see, write and use up, as a plain value.
//!
//! It holds no defaults for a role (see [`crate::roles`]) and does nothing (see [`crate::run()`]).

use std::collections::BTreeMap;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::SandboxError;

/// Everything that decides how a process is confined.
///
/// Always there, whatever the policy says: namespaces of its own for users, mounts, processes, network, IPC,
/// host name and control groups; a fresh `/proc`; a `/dev` of `null zero full random urandom`; `/tmp` and
/// `/dev/shm` in memory; a read-only root; user and group 1000 without any capability; the system call filter.
/// The fork server alone has less around it ([`crate::roles::fork_server`]); its runs have all of that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Policy {
    /// Short name for logs and errors: `prepare`, `solver`, `builder`.
    pub name: String,
    /// What is visible inside besides the standard set, mounted in this order: a later one covers an earlier one.
    pub mounts: Vec<Mount>,
    /// The whole environment of the process; nothing is inherited.
    pub variables: BTreeMap<String, String>,
    /// Working directory, as seen inside.
    pub directory: Utf8PathBuf,
    /// What it may use up.
    pub limits: Limits,
}

/// One thing made visible inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Mount {
    /// A file or folder of the host that can't be changed inside.
    ReadOnly {
        /// Absolute path on the host.
        host: Utf8PathBuf,
        /// Absolute path inside.
        inside: Utf8PathBuf,
    },
    /// A folder of the host that is written directly; for programs that we trust, such as a pinned builder.
    ///
    /// Its growth is supervised against [`Limits::disk_bytes`], not enforced by the kernel. Hostile programs get
    /// [`Mount::Output`].
    Writable {
        /// Absolute path on the host.
        host: Utf8PathBuf,
        /// Absolute path inside.
        inside: Utf8PathBuf,
    },
    /// An empty folder in memory; its content is gone after the run.
    Tmpfs {
        /// Absolute path inside.
        inside: Utf8PathBuf,
        /// Size that the kernel enforces.
        max_bytes: u64,
    },
    /// An empty folder in memory whose content can be taken out after the run ([`crate::Completed::outputs`]).
    Output {
        /// Absolute path inside.
        inside: Utf8PathBuf,
        /// Size that the kernel enforces.
        max_bytes: u64,
    },
    /// A folder created inside, in an earlier writable mount: it exists when the program starts.
    Folder {
        /// Absolute path inside.
        inside: Utf8PathBuf,
    },
    /// A symbolic link.
    Symlink {
        /// Where it points, as seen inside.
        target: Utf8PathBuf,
        /// Absolute path inside.
        inside: Utf8PathBuf,
    },
}

impl Mount {
    /// Where it appears inside.
    #[must_use]
    pub fn inside(&self) -> &Utf8Path {
        match self {
            Self::ReadOnly { inside, .. }
            | Self::Writable { inside, .. }
            | Self::Tmpfs { inside, .. }
            | Self::Output { inside, .. }
            | Self::Folder { inside }
            | Self::Symlink { inside, .. } => inside,
        }
    }

    /// What of the host it shows.
    #[must_use]
    pub fn host(&self) -> Option<&Utf8Path> {
        match self {
            Self::ReadOnly { host, .. } | Self::Writable { host, .. } => Some(host),
            Self::Tmpfs { .. }
            | Self::Output { .. }
            | Self::Folder { .. }
            | Self::Symlink { .. } => None,
        }
    }
}

/// What a run may use up. Who enforces each: the kernel, or the supervisor, which looks every [`crate::TICK`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Wall-clock time until TERM.
    pub wall_seconds: u64,
    /// Time between TERM and KILL.
    pub grace_seconds: u64,
    /// Processor time of the whole tree, user and system: supervised, so what a process uses between two looks and its end may
    /// be missed; of each process by the kernel too (`RLIMIT_CPU`).
    pub cpu_seconds: u64,
    /// Resident memory of the whole tree, shared pages counted once: by a delegated cgroup v2, else supervised.
    /// Each socket counts as the 208 KiB that the kernel may hold for it. Files in memory count separately, against
    /// the sizes of their mounts.
    pub memory_bytes: u64,
    /// Address space of each process (`RLIMIT_AS`). Libraries reserve far more than they touch: leave room.
    pub address_space_bytes: u64,
    /// Processes and threads together: supervised; by the kernel too (`RLIMIT_NPROC`) unless run as root.
    pub processes: u64,
    /// Size of any one file (`RLIMIT_FSIZE`).
    pub file_bytes: u64,
    /// Growth of all [`Mount::Writable`] folders together: supervised.
    pub disk_bytes: u64,
    /// Files and folders in each writable mount: supervised. Empty files take kernel memory, and no size stops them.
    pub disk_files: u64,
    /// Size of `/tmp` and of `/dev/shm`, each: by the kernel.
    pub temporary_bytes: u64,
    /// How much of each output stream is kept; the digest covers what is dropped too.
    pub output_bytes: u64,
    /// How much of both output streams together is read before the run is stopped: supervised.
    pub output_stop_bytes: u64,
    /// Open files of each process (`RLIMIT_NOFILE`).
    pub open_files: u64,
}

impl Policy {
    /// Refuses a policy or command that bubblewrap would understand differently from what it says.
    pub(crate) fn check(&self, command: &[String]) -> Result<(), SandboxError> {
        let wrong = |reason: String| {
            Err(SandboxError::Policy {
                name: self.name.clone(),
                reason,
            })
        };
        for path in self
            .mounts
            .iter()
            .flat_map(|mount| [Some(mount.inside()), mount.host()])
            .flatten()
            .chain([self.directory.as_path()])
        {
            if !is_plain(path) {
                return wrong(format!(
                    "`{path}` is not a plain absolute path below the root"
                ));
            }
        }
        for (name, value) in &self.variables {
            if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
                return wrong(format!(
                    "`{}` can't be an environment variable",
                    name.escape_debug()
                ));
            }
        }
        match command.first() {
            Some(program) if is_plain(Utf8Path::new(program)) => {}
            _ => return wrong("the program must be an absolute path inside".to_owned()),
        }
        if command.iter().any(|argument| argument.contains('\0')) {
            return wrong("an argument contains a NUL byte".to_owned());
        }
        Ok(())
    }
}

/// True for `/a/b`: absolute, below the root, no `..`, no NUL (bubblewrap's arguments are separated by NUL).
fn is_plain(path: &Utf8Path) -> bool {
    path.is_absolute()
        && path.components().count() > 1
        && !path
            .components()
            .any(|part| part == Utf8Component::ParentDir)
        && !path.as_str().contains('\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_absolute_paths_pass() {
        let cases = [
            ("/a/b", true),
            ("/a/./b", true),
            ("/", false),
            ("a/b", false),
            ("/a/../b", false),
            ("/a\0--bind\0/\0/", false),
            ("", false),
        ];
        for (path, expected) in cases {
            assert_eq!(is_plain(Utf8Path::new(path)), expected, "{path:?}");
        }
    }

    #[test]
    fn a_policy_that_says_something_else_to_bubblewrap_is_refused() {
        let good = crate::roles::tests::example_solver();
        let command = ["/bin/x".to_owned()];
        good.check(&command).unwrap();
        assert!(good.check(&[]).is_err());
        assert!(good.check(&["x".to_owned()]).is_err());
        assert!(good.check(&["/x".to_owned(), "a\0b".to_owned()]).is_err());

        let mut bad = good.clone();
        bad.variables.insert("A=B".into(), "c".into());
        assert!(bad.check(&command).is_err());

        let mut bad = good;
        bad.mounts.push(Mount::ReadOnly {
            host: "relative".into(),
            inside: "/x".into(),
        });
        let error = bad.check(&command).unwrap_err();
        assert_eq!(error.fault(), process::Fault::Bug);
    }
}
