//! The four roles of a task and what each may see and write. This file is the whole table.
//!
//! | role | sees | writes |
//! |---|---|---|
//! | prepare | raw data, its code | `public/` and `private/` in its work folder |
//! | solver | public files, its code | its work folder |
//! | grade | one submission, the answers, its code | its work folder (the score file) |
//! | measure | public files, the answers; code of the environment alone | its work folder (the facts) |
//! | fork server | the environment | nothing |
//!
//! Answers never enter a namespace in which solver code runs: only [`grade`] and [`measure`] take them. What a role may use up
//! comes from the caller; the work folder is as large as [`Limits::disk_bytes`].

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::{Limits, Mount, Policy};

/// Raw data of the dataset, seen by prepare.
pub const RAW: &str = "/raw";
/// The scripts that are run, and nothing that they must not know.
pub const CODE: &str = "/code";
/// What a competitor gets.
pub const PUBLIC: &str = "/public";
/// What only the grader gets.
pub const PRIVATE: &str = "/private";
/// Folder of the submission that is graded; the file keeps its name.
pub const SUBMISSION: &str = "/submission";
/// The one folder that can be written and taken out of, and the working directory.
pub const WORK: &str = "/work";

/// A Python environment as it is shown inside, read-only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Closure {
    /// Path inside and path on the host of everything that it is made of.
    pub paths: Vec<(Utf8PathBuf, Utf8PathBuf)>,
    /// Variables that it needs, the numerics profile among them.
    pub variables: BTreeMap<String, String>,
}

/// Splits raw data: sees `raw` and `code`, writes `/work/public` and `/work/private`.
#[must_use]
pub fn prepare(closure: &Closure, raw: &Utf8Path, code: &Utf8Path, limits: Limits) -> Policy {
    let mut mounts = vec![show(raw, RAW), show(code, CODE), work(&limits)];
    mounts.extend(
        ["/work/public", "/work/private"].map(|inside| Mount::Folder {
            inside: inside.into(),
        }),
    );
    policy("prepare", closure, mounts, limits)
}

/// Solves the task: sees `public` and `code`, writes `/work`.
#[must_use]
pub fn solver(closure: &Closure, public: &Utf8Path, code: &Utf8Path, limits: Limits) -> Policy {
    let mounts = vec![show(public, PUBLIC), show(code, CODE), work(&limits)];
    policy("solver", closure, mounts, limits)
}

/// Scores a submission: sees `submission` (one file, taken with [`crate::collect`]), `private` and `code`,
/// writes `/work`.
///
/// # Panics
/// If `submission` has no file name.
#[must_use]
pub fn grade(
    closure: &Closure,
    submission: &Utf8Path,
    private: &Utf8Path,
    code: &Utf8Path,
    limits: Limits,
) -> Policy {
    let name = submission
        .file_name()
        .expect("a submission is a file, and a file has a name");
    let mounts = vec![
        show(submission, &format!("{SUBMISSION}/{name}")),
        show(private, PRIVATE),
        show(code, CODE),
        work(&limits),
    ];
    policy("grade", closure, mounts, limits)
}

/// Measures a task: sees `public` and `private`, writes `/work`. It shows no code, so that only the environment's own runs.
#[must_use]
pub fn measure(closure: &Closure, public: &Utf8Path, private: &Utf8Path, limits: Limits) -> Policy {
    let mounts = vec![show(public, PUBLIC), show(private, PRIVATE), work(&limits)];
    policy("measure", closure, mounts, limits)
}

/// The fork server: sees the environment alone, and writes nothing. What its runs see and write is said for each of them.
///
/// It shares process numbers and `/proc` with the host, keeps what entering its runs' namespaces takes, has no system call
/// filter, and of the limits only the sizes of what is in memory hold for it: it runs nothing but what it was shipped with.
#[must_use]
pub fn fork_server(closure: &Closure) -> Policy {
    let mut policy = policy("fork server", closure, Vec::new(), standard_limits());
    policy.directory = "/tmp".into();
    policy
}

/// Limits that suit a table of some hundred thousand rows on a workstation; a task may set its own.
#[must_use]
pub const fn standard_limits() -> Limits {
    const GIB: u64 = 1 << 30;
    Limits {
        wall_seconds: 600,
        grace_seconds: 3,
        // Four cores all the time.
        cpu_seconds: 2400,
        memory_bytes: 4 * GIB,
        address_space_bytes: 16 * GIB,
        // Threads count too, and libraries start one for each of a machine's cores.
        processes: 256,
        file_bytes: 2 * GIB,
        disk_bytes: 4 * GIB,
        disk_files: 100_000,
        temporary_bytes: GIB / 2,
        output_bytes: 1 << 20,
        output_stop_bytes: GIB / 4,
        open_files: 512,
    }
}

fn show(host: &Utf8Path, inside: &str) -> Mount {
    Mount::ReadOnly {
        host: host.to_owned(),
        inside: inside.into(),
    }
}

fn work(limits: &Limits) -> Mount {
    Mount::Output {
        inside: WORK.into(),
        max_bytes: limits.disk_bytes,
    }
}

fn policy(name: &str, closure: &Closure, mounts: Vec<Mount>, limits: Limits) -> Policy {
    let environment = closure.paths.iter().map(|(inside, host)| Mount::ReadOnly {
        host: host.clone(),
        inside: inside.clone(),
    });
    let mut variables = closure.variables.clone();
    // Libraries write caches and settings below HOME; what they leave there must not come out with the work.
    variables.insert("HOME".to_owned(), "/tmp".to_owned());
    variables.insert("TMPDIR".to_owned(), "/tmp".to_owned());
    Policy {
        name: name.to_owned(),
        mounts: environment.chain(mounts).collect(),
        variables,
        directory: WORK.into(),
        limits,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::arguments;

    fn closure() -> Closure {
        Closure {
            paths: vec![("/nix/store/abc-tabular".into(), "/store/abc-tabular".into())],
            variables: BTreeMap::from([("PYTHONHASHSEED".to_owned(), "0".to_owned())]),
        }
    }

    pub(crate) fn example_solver() -> Policy {
        solver(
            &closure(),
            Utf8Path::new("/task/public"),
            Utf8Path::new("/run/code"),
            standard_limits(),
        )
    }

    /// One line for each option with its operands.
    fn lines(policy: &Policy) -> String {
        let mut text = String::new();
        for word in arguments(policy) {
            let word = word.into_string().expect("test paths are UTF-8");
            let separator = match (text.is_empty(), word.starts_with("--")) {
                (true, _) => "",
                (false, true) => "\n",
                (false, false) => " ",
            };
            text.push_str(separator);
            text.push_str(&word);
        }
        text
    }

    #[test]
    fn prepare_policy() {
        let policy = prepare(
            &closure(),
            Utf8Path::new("/data/raw"),
            Utf8Path::new("/run/code"),
            standard_limits(),
        );
        insta::assert_snapshot!("prepare", lines(&policy));
    }

    #[test]
    fn solver_policy() {
        insta::assert_snapshot!("solver", lines(&example_solver()));
    }

    #[test]
    fn grade_policy() {
        let policy = grade(
            &closure(),
            Utf8Path::new("/run/taken/submission.csv"),
            Utf8Path::new("/task/private"),
            Utf8Path::new("/run/code"),
            standard_limits(),
        );
        insta::assert_snapshot!("grade", lines(&policy));
    }

    #[test]
    fn measuring_shows_both_sides_and_no_code() {
        let policy = measure(
            &closure(),
            Utf8Path::new("/task/public"),
            Utf8Path::new("/task/private"),
            standard_limits(),
        );
        let shown = |folder: &str| policy.mounts.iter().any(|mount| mount.inside() == folder);
        assert!(shown(PUBLIC) && shown(PRIVATE) && !shown(CODE) && !shown(RAW));
    }

    #[test]
    fn only_the_grader_sees_a_private_path() {
        let shown = |policy: &Policy| {
            policy
                .mounts
                .iter()
                .any(|mount| mount.inside().starts_with(PRIVATE))
        };
        assert!(!shown(&example_solver()));
    }
}
