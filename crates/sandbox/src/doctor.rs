//! Asks the host for every guarantee of the sandbox, and names the fix for each that it does not give.
//!
//! It changes nothing on the host. Where a bubblewrap is at hand it tries the real thing: bubblewrap, confined by
//! itself, must say its version.

use std::collections::BTreeMap;

use crate::cgroup::ControlGroup;
pub use crate::denial::{Denial, HostFacts};
use crate::{Launcher, Limits, Mount, Outcome, Policy, SandboxError, roles, sys};

/// How a guarantee stands on this host.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Standing {
    /// It is given, and enforced by this.
    Given {
        /// By what.
        by: String,
    },
    /// The kernel does not enforce it here; something weaker does, whose weakness is named.
    Substituted {
        /// By what, and how much weaker that is.
        by: String,
    },
    /// It is not given: nothing can be run.
    Missing {
        /// What to change.
        fix: String,
    },
    /// It could not be tried yet.
    Untried {
        /// What has to happen first.
        until: String,
    },
}

/// One guarantee of the sandbox.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Guarantee {
    /// What is guaranteed.
    pub name: &'static str,
    /// How it stands here.
    pub standing: Standing,
}

/// Every guarantee, in a fixed order.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// The guarantees.
    pub guarantees: Vec<Guarantee>,
}

impl Report {
    /// True if nothing is missing.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self
            .guarantees
            .iter()
            .any(|guarantee| matches!(guarantee.standing, Standing::Missing { .. }))
    }
}

/// Examines this host. Without a launcher (the environment is not realised yet) only what the kernel says is known.
pub async fn examine(launcher: Option<&Launcher>) -> Report {
    let host = HostFacts::read();
    let namespaces = try_namespaces();
    let trial = match launcher {
        Some(launcher) => Some(try_sandbox(launcher).await),
        None => None,
    };
    let group = ControlGroup::is_delegated();
    judge(&host, namespaces, group, trial.as_ref())
}

/// What came of confining bubblewrap by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Trial {
    /// It ran, and took this long to stand.
    Stood { setup_milliseconds: u128 },
    /// The host denied it.
    Denied(Denial),
    /// Something else went wrong, in these words.
    Failed(String),
}

/// Turns facts into standings; pure, so that other hosts can be tested here.
fn judge(
    host: &HostFacts,
    namespaces: Result<(), Denial>,
    group: bool,
    trial: Option<&Trial>,
) -> Report {
    let tried = |by: &str| match trial {
        Some(Trial::Stood { .. }) => given(by),
        Some(Trial::Denied(denial)) => missing(denial.fix()),
        Some(Trial::Failed(words)) => missing(&format!("the trial run failed: {words}")),
        None => Standing::Untried {
            until: "the environment with its bubblewrap is realised".to_owned(),
        },
    };
    let namespaces = match (namespaces, trial) {
        (_, Some(Trial::Stood { .. })) => {
            given("user, mount, PID, network, IPC and UTS namespaces")
        }
        (Err(denial), _) | (Ok(()), Some(&Trial::Denied(denial))) => missing(denial.fix()),
        (Ok(()), Some(Trial::Failed(_)) | None) => {
            given("namespaces can be made; the sandbox itself was not tried")
        }
    };
    let list = [
        ("isolation from files, processes and network", namespaces),
        (
            "a fresh /proc and a minimal /dev",
            tried("mounted anew for each run"),
        ),
        ("system call filter", filter(host)),
        (
            "no capabilities, no new privileges",
            tried("dropped before the program starts"),
        ),
        ("everything ends with the run", process_handles(host)),
        (
            "size of what is written",
            tried("file systems in memory with a size"),
        ),
        ("memory", memory(group)),
        ("number of processes", processes(host, group)),
        ("sandbox stands", trial_standing(trial, tried(""))),
    ];
    Report {
        guarantees: list
            .map(|(name, standing)| Guarantee { name, standing })
            .into(),
    }
}

fn filter(host: &HostFacts) -> Standing {
    if host.seccomp_filters {
        given("seccomp")
    } else {
        missing("a kernel with CONFIG_SECCOMP_FILTER is needed")
    }
}

fn process_handles(host: &HostFacts) -> Standing {
    match host.kernel {
        Some(version) if version < (5, 3) => {
            missing("Linux 5.3 or later is needed (process handles)")
        }
        _ => given("its PID namespace is killed as a whole, and waited for"),
    }
}

fn memory(group: bool) -> Standing {
    if group {
        return given("a control group (version 2), and a look at the whole tree every 20 ms");
    }
    Standing::Substituted {
        by: "no control group (version 2) is delegated: the kernel limits the address space of each process, and \
             the memory of all is looked at every 20 ms, so a burst passes the limit by what fits into that time; \
             `systemd-run --user --scope` delegates one"
            .to_owned(),
    }
}

fn processes(host: &HostFacts, group: bool) -> Standing {
    let counted = |why: &str| Standing::Substituted {
        by: format!(
            "{why}; the sandbox's processes are counted every 20 ms, and killed as a whole"
        ),
    };
    if group {
        given("a control group (version 2)")
    } else if host.is_root {
        counted("the kernel does not limit root's processes")
    } else if host.counts_processes_by_namespace() {
        given("RLIMIT_NPROC in a user namespace of its own")
    } else {
        counted("before Linux 5.14 the kernel's limit counts all that a user runs")
    }
}

fn trial_standing(trial: Option<&Trial>, otherwise: Standing) -> Standing {
    match trial {
        Some(Trial::Stood { setup_milliseconds }) => {
            given(&format!("tried: ready in {setup_milliseconds} ms"))
        }
        Some(Trial::Denied(_) | Trial::Failed(_)) | None => otherwise,
    }
}

fn given(by: &str) -> Standing {
    Standing::Given { by: by.to_owned() }
}

fn missing(fix: &str) -> Standing {
    Standing::Missing {
        fix: fix.to_owned(),
    }
}

/// Makes the namespaces in a child that then ends.
#[expect(
    clippy::disallowed_methods,
    reason = "nothing is executed: the path can't exist, and the child ends there"
)]
fn try_namespaces() -> Result<(), Denial> {
    // A path below a device is ENOTDIR for everybody; so that error means that the namespaces were made.
    let mut command = std::process::Command::new("/dev/null/nothing");
    command.env_clear();
    sys::try_namespaces(&mut command);
    match command.spawn() {
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => Ok(()),
        Err(error) => Err(Denial::diagnose(
            &HostFacts::read(),
            &format!("Creating new namespace failed: {error}"),
        )),
        Ok(_) => unreachable!("nothing can be executed below a device"),
    }
}

/// Runs bubblewrap under itself, with everything switched on.
async fn try_sandbox(launcher: &Launcher) -> Trial {
    let policy = trial_policy(launcher);
    let mut command: Vec<String> = launcher
        .words()
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    command.push("--version".to_owned());
    match crate::run(launcher, &policy, &command).await {
        Ok(completed) => {
            let record = completed.record;
            if record.outcome == Outcome::Exited(0) && record.stdout.text().contains("bubblewrap") {
                Trial::Stood {
                    setup_milliseconds: record.setup.as_millis(),
                }
            } else {
                Trial::Failed(format!(
                    "bubblewrap {}: {}",
                    record.outcome,
                    record.stderr.last_lines(3)
                ))
            }
        }
        Err(SandboxError::Denied {
            denial: Denial::Other,
            complaint,
        }) => Trial::Failed(complaint),
        Err(SandboxError::Denied { denial, .. }) => Trial::Denied(denial),
        Err(error) => Trial::Failed(in_full(&error)),
    }
}

/// Where the trial may write. Not a role's folder: the launcher is shown at its own place on the host, which such a folder could
/// hide, as `/work` does with a store in `/work/…/home`.
const TRIAL: &str = "/smith-trial";

fn trial_policy(launcher: &Launcher) -> Policy {
    let mut mounts = launcher.own_mounts();
    mounts.push(Mount::Output {
        inside: TRIAL.into(),
        max_bytes: 1 << 20,
    });
    Policy {
        name: "trial".to_owned(),
        mounts,
        variables: BTreeMap::new(),
        directory: TRIAL.into(),
        limits: Limits {
            wall_seconds: 20,
            ..roles::standard_limits()
        },
    }
}

/// An error with its causes, on one line.
fn in_full(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host() -> HostFacts {
        HostFacts {
            kernel: Some((6, 1)),
            max_user_namespaces: Some(1000),
            seccomp_filters: true,
            ..HostFacts::default()
        }
    }

    fn of(report: &Report, name: &str) -> Standing {
        let found = report.guarantees.iter().find(|one| one.name == name);
        found.unwrap().standing.clone()
    }

    #[test]
    fn a_good_host_is_ready_and_substitutes_are_named() {
        let stood = Trial::Stood {
            setup_milliseconds: 7,
        };
        let report = judge(&host(), Ok(()), false, Some(&stood));
        assert!(report.is_ready());
        assert!(matches!(
            of(&report, "number of processes"),
            Standing::Given { .. }
        ));
        assert!(matches!(
            of(&report, "memory"),
            Standing::Substituted { .. }
        ));

        let report = judge(&host(), Ok(()), true, Some(&stood));
        assert!(matches!(of(&report, "memory"), Standing::Given { .. }));

        let root = HostFacts {
            is_root: true,
            ..host()
        };
        let report = judge(&root, Ok(()), false, Some(&stood));
        assert!(report.is_ready());
        assert!(matches!(
            of(&report, "number of processes"),
            Standing::Substituted { .. }
        ));
    }

    #[test]
    fn what_is_missing_comes_with_its_fix() {
        let report = judge(&host(), Err(Denial::NoUserNamespaces), false, None);
        assert!(!report.is_ready());
        assert_eq!(
            of(&report, "isolation from files, processes and network"),
            missing(Denial::NoUserNamespaces.fix())
        );

        let old = HostFacts {
            kernel: Some((4, 18)),
            seccomp_filters: false,
            ..host()
        };
        let report = judge(&old, Ok(()), false, None);
        assert!(matches!(
            of(&report, "system call filter"),
            Standing::Missing { .. }
        ));
        assert!(matches!(
            of(&report, "everything ends with the run"),
            Standing::Missing { .. }
        ));

        // AppArmor lets namespaces be made and takes the rights in them: only the trial shows it.
        let report = judge(
            &host(),
            Ok(()),
            false,
            Some(&Trial::Denied(Denial::AppArmor)),
        );
        assert_eq!(
            of(&report, "sandbox stands"),
            missing(Denial::AppArmor.fix())
        );
        assert_eq!(
            of(&report, "isolation from files, processes and network"),
            missing(Denial::AppArmor.fix())
        );
    }

    #[test]
    fn nothing_is_claimed_that_was_not_tried() {
        let report = judge(&host(), Ok(()), false, None);
        assert!(report.is_ready());
        assert!(matches!(
            of(&report, "size of what is written"),
            Standing::Untried { .. }
        ));
    }

    #[test]
    fn trying_namespaces_leaves_no_process_and_gives_an_answer() {
        let answer = try_namespaces();
        assert_eq!(answer, try_namespaces());
    }
}
