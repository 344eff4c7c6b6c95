//! Looks from outside whether a forked process is where it belongs and can do only what it should.
//!
//! The server and what it forks are trusted until they begin a run's code; this is for our own mistakes, and for kernels
//! that do something else than they say. It changes nothing.

use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;

use nix::unistd::Pid;

use crate::{SandboxError, seccomp};

/// An error unless `process` shares its namespaces with `first`, is alone in its user namespace, and has no rights.
pub(super) fn confirm(process: Pid, first: Pid, users: &OwnedFd) -> Result<(), SandboxError> {
    let wrong = |reason: String| Err(SandboxError::NotConfined { reason });
    let unread = |source: std::io::Error| SandboxError::NotConfined {
        reason: format!("it can't be looked at: {source}"),
    };
    let space = |path: String| fs_err::read_link(path).map_err(unread);
    for name in ["pid", "net", "ipc", "uts", "mnt", "cgroup"] {
        if space(format!("/proc/{process}/ns/{name}"))?
            != space(format!("/proc/{first}/ns/{name}"))?
        {
            return wrong(format!("it is in another {name} namespace"));
        }
    }
    // The mounts of a namespace may be stacked: the right one alone says little.
    let root = |process: Pid| fs_err::metadata(format!("/proc/{process}/root/")).map_err(unread);
    let (own, theirs) = (root(process)?, root(first)?);
    if (own.dev(), own.ino()) != (theirs.dev(), theirs.ino()) {
        return wrong("it has another root".to_owned());
    }
    let own = space(format!("/proc/{process}/ns/user"))?;
    let servers = space(format!("/proc/self/fd/{}", users.as_raw_fd()))?;
    if own == servers || own == space("/proc/self/ns/user".to_owned())? {
        return wrong("it has no user namespace of its own".to_owned());
    }
    let status = fs_err::read_to_string(format!("/proc/{process}/status")).map_err(unread)?;
    match first_right(&status) {
        None => Ok(()),
        Some(line) => wrong(format!("its status says `{line}`")),
    }
}

/// The first line of `/proc/N/status` that is not as it must be.
fn first_right(status: &str) -> Option<String> {
    let filters = seccomp::FILTERS.to_string();
    // A mode of 2 is "filter". Kernels before 5.10 don't count the filters.
    let must: [(&str, &str); 8] = [
        ("CapInh", "0000000000000000"),
        ("CapPrm", "0000000000000000"),
        ("CapEff", "0000000000000000"),
        ("CapBnd", "0000000000000000"),
        ("CapAmb", "0000000000000000"),
        ("NoNewPrivs", "1"),
        ("Seccomp", "2"),
        ("Seccomp_filters", &filters),
    ];
    must.into_iter().find_map(|(name, value)| {
        let said = status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .map(str::trim);
        match said {
            Some(said) if said == value => None,
            None if name == "Seccomp_filters" => None,
            Some(said) => Some(format!("{name}: {said}")),
            None => Some(format!("no {name}")),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFINED: &str = "Name:\tpython3\nCapInh:\t0000000000000000\nCapPrm:\t0000000000000000\n\
        CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\n\
        Seccomp:\t2\nSeccomp_filters:\t4\n";

    #[test]
    fn every_right_that_is_left_is_named() {
        assert_eq!(first_right(CONFINED), None);
        for (from, to, named) in [
            (
                "CapEff:\t00000000000000",
                "CapEff:\t00000000000020",
                "CapEff: 0000000000002000",
            ),
            (
                "CapBnd:\t0000000000000000",
                "CapBnd:\t000001ffffffffff",
                "CapBnd: 000001ffffffffff",
            ),
            ("NoNewPrivs:\t1", "NoNewPrivs:\t0", "NoNewPrivs: 0"),
            ("Seccomp:\t2", "Seccomp:\t0", "Seccomp: 0"),
            (
                "Seccomp_filters:\t4",
                "Seccomp_filters:\t3",
                "Seccomp_filters: 3",
            ),
            ("CapAmb", "CapXmb", "no CapAmb"),
        ] {
            let changed = CONFINED.replace(from, to);
            assert_eq!(first_right(&changed).as_deref(), Some(named));
        }
    }

    #[test]
    fn an_older_kernel_does_not_count_filters() {
        let older = CONFINED.replace("Seccomp_filters:\t4\n", "");
        assert_eq!(first_right(&older), None);
    }

    #[test]
    fn this_process_is_not_confined() {
        let own = Pid::this();
        let users = super::super::fork::open("/proc/self/ns/user").unwrap();
        let error = confirm(own, own, &users).unwrap_err();
        assert!(
            matches!(error, SandboxError::NotConfined { .. }),
            "{error:?}"
        );
    }
}
