//! What a host says of itself, and what its refusal of a sandbox most likely means.
//!
//! Reading the facts is separate from judging them, so that hosts that are not at hand can be tested.

use fs_err as fs;

/// What the kernel tells about itself, as far as confinement depends on it. Nothing where it does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostFacts {
    /// Major and minor version of the kernel.
    pub kernel: Option<(u32, u32)>,
    /// True if the user is root, as the machine sees it.
    pub is_root: bool,
    /// `user.max_user_namespaces`.
    pub max_user_namespaces: Option<u64>,
    /// `kernel.unprivileged_userns_clone`, which only Debian's and older Ubuntu's kernels have.
    pub unprivileged_userns_clone: Option<u64>,
    /// `kernel.apparmor_restrict_unprivileged_userns`, which Ubuntu has since 23.10.
    pub apparmor_restricts_userns: Option<u64>,
    /// Seccomp filters can answer with an error number and kill a process.
    pub seccomp_filters: bool,
    /// True inside a container of Docker or Podman, as far as the file that they leave tells.
    pub in_container: bool,
}

impl HostFacts {
    /// Reads them from `/proc` and `/sys`.
    #[must_use]
    pub fn read() -> Self {
        let number = |path: &str| fs::read_to_string(path).ok()?.trim().parse().ok();
        Self {
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease")
                .ok()
                .and_then(|text| kernel_version(&text)),
            is_root: nix::unistd::getuid().is_root(),
            max_user_namespaces: number("/proc/sys/user/max_user_namespaces"),
            unprivileged_userns_clone: number("/proc/sys/kernel/unprivileged_userns_clone"),
            apparmor_restricts_userns: number(
                "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
            ),
            seccomp_filters: fs::read_to_string("/proc/sys/kernel/seccomp/actions_avail")
                .is_ok_and(|actions| actions.contains("errno") && actions.contains("kill_process")),
            in_container: ["/.dockerenv", "/run/.containerenv"]
                .iter()
                .any(|path| fs::metadata(path).is_ok()),
        }
    }

    /// `RLIMIT_NPROC` counts inside each user namespace since Linux 5.14; before, it counts all that the user runs,
    /// and a limit for the sandbox would depend on what else is open.
    pub(crate) fn counts_processes_by_namespace(&self) -> bool {
        self.kernel.is_some_and(|version| version >= (5, 14))
    }
}

/// The first two numbers of `6.1.0-18-amd64`.
fn kernel_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().split(['.', '-', '+']).map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => Some((major, minor)),
        _ => None,
    }
}

/// Why a host does not give a sandbox, and what to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denial {
    /// `user.max_user_namespaces` is 0.
    NoUserNamespaces,
    /// Namespaces are limited in number, and the limit is reached.
    TooManyNamespaces,
    /// `kernel.unprivileged_userns_clone` is 0.
    OnlyRootMayUseUserNamespaces,
    /// AppArmor takes all rights from an unprivileged user namespace (Ubuntu 23.10 and later).
    AppArmor,
    /// A new `/proc` can't be mounted: a container covers parts of its own.
    NoProcMount,
    /// The system call filter of a container forbids namespaces.
    ContainerFilter,
    /// bubblewrap is older than 0.8.
    LauncherTooOld,
    /// None of the known reasons.
    Other,
}

impl Denial {
    /// Judges bubblewrap's complaint by what the host says of itself.
    #[must_use]
    pub fn diagnose(host: &HostFacts, complaint: &str) -> Self {
        let says = |text: &str| complaint.contains(text);
        let namespace_failed = says("new namespace") || says("namespace failed");
        if says("Unknown option") {
            Self::LauncherTooOld
        } else if says("mount proc") {
            Self::NoProcMount
        } else if namespace_failed && host.max_user_namespaces == Some(0) {
            Self::NoUserNamespaces
        } else if says("max_*_namespaces") || says("No space left on device") {
            Self::TooManyNamespaces
        } else if namespace_failed && !host.is_root && host.unprivileged_userns_clone == Some(0) {
            Self::OnlyRootMayUseUserNamespaces
        } else if host.apparmor_restricts_userns == Some(1)
            && (namespace_failed
                || says("uid map")
                || says("RTM_NEWADDR")
                || says("Permission denied"))
        {
            Self::AppArmor
        } else if namespace_failed {
            // Nothing on the host forbids it, so something around us does.
            Self::ContainerFilter
        } else {
            Self::Other
        }
    }

    /// What to change, as a command where there is one.
    #[must_use]
    pub fn fix(self) -> &'static str {
        match self {
            Self::NoUserNamespaces => {
                "user namespaces are switched off: as root, `sysctl -w user.max_user_namespaces=10000`"
            }
            Self::TooManyNamespaces => {
                "the limit on namespaces is reached: as root, raise `user.max_user_namespaces`, \
                 or leave a sandbox that we are already inside of"
            }
            Self::OnlyRootMayUseUserNamespaces => {
                "only root may make user namespaces: as root, `sysctl -w kernel.unprivileged_userns_clone=1`"
            }
            Self::AppArmor => {
                "AppArmor restricts user namespaces: as root, \
                 `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`, \
                 or give the bubblewrap of the environment an AppArmor profile with `userns,`"
            }
            Self::NoProcMount => {
                "a new /proc can't be mounted inside this container: start it with \
                 `--security-opt systempaths=unconfined` (Docker) or `--security-opt unmask=ALL` (Podman)"
            }
            Self::ContainerFilter => {
                "something around us forbids namespaces: in Docker or Podman, start the container with \
                 `--security-opt seccomp=unconfined` (and `--security-opt apparmor=unconfined`)"
            }
            Self::LauncherTooOld => {
                "bubblewrap 0.8 or later is needed: use the one of the pinned environment"
            }
            Self::Other => "run `smith doctor`, which tries each part of the sandbox",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_kernels_are_read() {
        let cases = [
            ("6.1.0-18-amd64\n", Some((6, 1))),
            ("5.14-rc3", Some((5, 14))),
            ("4.18.0-553.el8_10.x86_64", Some((4, 18))),
            ("6.18+", Some((6, 18))),
            ("plan9", None),
        ];
        for (text, expected) in cases {
            assert_eq!(kernel_version(text), expected, "{text}");
        }
        let at = |version| HostFacts {
            kernel: version,
            ..HostFacts::default()
        };
        assert!(!at(Some((5, 10))).counts_processes_by_namespace());
        assert!(at(Some((5, 14))).counts_processes_by_namespace());
        assert!(!at(None).counts_processes_by_namespace());
    }

    /// The complaints are bubblewrap 0.8's own words.
    #[test]
    fn each_kind_of_host_gets_its_own_fix() {
        let usual = HostFacts {
            kernel: Some((6, 1)),
            max_user_namespaces: Some(96365),
            seccomp_filters: true,
            ..HostFacts::default()
        };
        let off = HostFacts {
            max_user_namespaces: Some(0),
            ..usual.clone()
        };
        let debian_10 = HostFacts {
            unprivileged_userns_clone: Some(0),
            ..usual.clone()
        };
        let ubuntu_24 = HostFacts {
            apparmor_restricts_userns: Some(1),
            ..usual.clone()
        };
        let no_permissions = "bwrap: No permissions to create new namespace, likely because the kernel does not \
            allow non-privileged user namespaces. On e.g. debian this can be enabled with \
            'sysctl kernel.unprivileged_userns_clone=1'.";
        let no_space = "bwrap: Creating new namespace failed: nesting depth or \
            /proc/sys/user/max_*_namespaces exceeded (ENOSPC)";
        let cases = [
            (&off, no_space, Denial::NoUserNamespaces),
            (&usual, no_space, Denial::TooManyNamespaces),
            (
                &debian_10,
                no_permissions,
                Denial::OnlyRootMayUseUserNamespaces,
            ),
            (&usual, no_permissions, Denial::ContainerFilter),
            (
                &ubuntu_24,
                "bwrap: setting up uid map: Permission denied",
                Denial::AppArmor,
            ),
            (
                &ubuntu_24,
                "bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted",
                Denial::AppArmor,
            ),
            (
                &usual,
                "bwrap: Can't mount proc on /newroot/proc: Operation not permitted",
                Denial::NoProcMount,
            ),
            (
                &usual,
                "bwrap: Unknown option --size",
                Denial::LauncherTooOld,
            ),
            (
                &usual,
                "bwrap: Can't find source path /x: No such file or directory",
                Denial::Other,
            ),
        ];
        for (host, complaint, expected) in cases {
            assert_eq!(Denial::diagnose(host, complaint), expected, "{complaint}");
        }
    }
}
