//! Runs `prepare.py` on the raw data, and takes out what it wrote.
//!
//! Whether the files are any good is not looked at here.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use facts::{PrepareRun, RunFailure};
use sandbox::{
    Mount, Policy,
    collect::TreeLimits,
    roles::{self, CODE, RAW, WORK},
};
use task_format::LimitsTable;

use crate::{ExecuteError, Executor, Usage, executor};

/// In which surroundings `prepare.py` runs. A script that depends on any of them is not reproducible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surroundings {
    /// As published.
    Reference,
    /// Another locale, time zone, hash seed, thread count and folder; other orders of listing, processors and times of raw files.
    Elsewhere,
}

impl Surroundings {
    fn describe(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Elsewhere => {
                "other locale, time zone, hash seed, processors, folder, order of listings and times of files"
            }
        }
    }

    fn adapt(self, policy: &mut Policy) {
        if self == Self::Reference {
            return;
        }
        for (name, value) in [
            ("LC_ALL", "C"),
            ("LANG", "tr_TR.UTF-8"),
            // Spelled out: the sandbox has no database of time zones, and a name that is not found means UTC.
            ("TZ", "NPT-5:45"),
            ("PYTHONHASHSEED", "4711"),
            ("OMP_NUM_THREADS", "2"),
            ("OPENBLAS_NUM_THREADS", "2"),
            // What can't be changed from outside, the task kit changes.
            ("TASKKIT_SURROUNDINGS", "elsewhere"),
        ] {
            policy.variables.insert(name.to_owned(), value.to_owned());
        }
        for mount in &mut policy.mounts {
            match mount {
                Mount::ReadOnly { inside, .. }
                | Mount::Output { inside, .. }
                | Mount::Folder { inside } => {
                    *inside = self.place(inside);
                }
                Mount::Writable { .. } | Mount::Tmpfs { .. } | Mount::Symlink { .. } => {}
            }
        }
        policy.directory = self.place(&policy.directory);
    }

    /// Where a folder of the role stands in these surroundings. The environment stays: its paths are part of the pin.
    fn place(self, inside: &Utf8Path) -> Utf8PathBuf {
        let of_the_role = [RAW, CODE, WORK]
            .iter()
            .any(|folder| inside.starts_with(folder));
        match self {
            Self::Elsewhere if of_the_role => Utf8PathBuf::from(format!("/else where{inside}")),
            _ => inside.to_owned(),
        }
    }
}

impl Executor {
    /// Runs the `prepare.py` that stands in the folder `code` on the folder `raw`, and copies `public/` and `private/` into the folder
    /// `into`, which must not exist.
    ///
    /// `code` must hold nothing but the script.
    ///
    /// # Errors
    ///
    /// When the run could not be made; a script that fails is part of the record.
    pub async fn prepare(
        &self,
        code: &Utf8Path,
        raw: &Utf8Path,
        into: &Utf8Path,
        limits: &LimitsTable,
        surroundings: Surroundings,
    ) -> Result<(PrepareRun, Usage), ExecuteError> {
        let limits = executor::limits(limits);
        let mut policy = roles::prepare(&self.closure(), raw, code, limits.clone());
        surroundings.adapt(&mut policy);
        let place = |folder: &str| surroundings.place(Utf8Path::new(folder));
        let work = place(WORK);
        let script = place(CODE).join(task_format::PREPARE);
        let arguments = [
            script,
            place(RAW),
            work.join("public"),
            work.join("private"),
        ];
        let arguments: Vec<&str> = ["-m", "taskkit.prepare"]
            .into_iter()
            .chain(arguments.iter().map(|path| path.as_str()))
            .collect();
        let completed = self.python(&policy, &arguments).await?;
        let usage = Usage::from(&completed.record);

        let mut failure = executor::failure(&completed.record, &limits);
        let mut files = BTreeMap::new();
        if failure.is_none() {
            let bounds = TreeLimits {
                entries: limits.disk_files,
                bytes: limits.disk_bytes,
                depth: 8,
            };
            match completed
                .outputs
                .folder(&work)
                .take_tree(Utf8Path::new(""), bounds, into)
            {
                Ok(Ok(taken)) => {
                    for file in taken {
                        let sha256 = digest::sha256_file(&into.join(&file.name))
                            .map_err(ExecuteError::files)?;
                        files.insert(file.name.into_string(), sha256.to_string());
                    }
                }
                Ok(Err(refusal)) => {
                    failure = Some(RunFailure::MissingOutput {
                        detail: refusal.to_string(),
                    })
                }
                Err(source) => return Err(ExecuteError::Collect { source }),
            }
        }
        Ok((
            PrepareRun {
                variant: surroundings.describe().to_owned(),
                failure,
                files,
            },
            usage,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elsewhere_moves_the_folders_of_the_role_and_leaves_the_environment() {
        let elsewhere = |path: &str| Surroundings::Elsewhere.place(Utf8Path::new(path));
        assert_eq!(elsewhere("/work/public"), "/else where/work/public");
        assert_eq!(elsewhere("/nix/store/x"), "/nix/store/x");
        assert_eq!(Surroundings::Reference.place(Utf8Path::new("/raw")), "/raw");
    }
}
