//! One training of a baseline on labels that were dealt out anew: on a sample of the rows, or else on all.

use camino::Utf8Path;
use facts::RunFailure;
use fs_err as fs;
use task_format::{BASELINES, LimitsTable, Manifest, PUBLIC_TRAIN};

use super::labels::{self, Deal, MOST_ROWS};
use crate::{ExecuteError, Executor, SUBMISSION_FILE, Usage};

/// Longest training on a sample, in seconds.
const SAMPLE_SECONDS: u64 = 300;

/// How the run ended, or why no labels could be dealt out.
pub(super) type Trained = Result<Result<(), RunFailure>, String>;

impl Executor {
    /// Has the baseline `rung` solve the task from labels that were dealt out by `deal`; its submission stands in `folder`.
    ///
    /// A large train table is cut to a sample. A script that fails on that is run on all rows: it may count them.
    pub(super) async fn train_on(
        &self,
        package: &Utf8Path,
        manifest: &Manifest,
        rung: &str,
        deal: Deal,
        folder: &Utf8Path,
    ) -> Result<(Trained, Usage), ExecuteError> {
        let public = folder.join("public");
        copy_but_train(&package.join("public"), &public)?;
        let (from, to) = (package.join(PUBLIC_TRAIN), folder.join(PUBLIC_TRAIN));
        let mut usage = Usage::default();
        for most in [MOST_ROWS, usize::MAX] {
            let cut = match labels::deal(&from, &to, manifest, deal, most)? {
                Ok(cut) => cut,
                Err(problem) => return Ok((Err(problem), usage)),
            };
            let (outcome, cost) = self
                .solve(
                    &package.join(BASELINES),
                    &format!("{rung}.py"),
                    &public,
                    &folder.join(SUBMISSION_FILE),
                    &limits(manifest, cut),
                )
                .await?;
            usage = usage.and(cost);
            if outcome.is_ok() || !cut {
                return Ok((Ok(outcome), usage));
            }
        }
        unreachable!("the second time no row is left out")
    }
}

fn limits(manifest: &Manifest, cut: bool) -> LimitsTable {
    let most = if cut { SAMPLE_SECONDS } else { u64::MAX };
    LimitsTable {
        wall_seconds: manifest.limits.wall_seconds.min(most),
        ..manifest.limits
    }
}

/// Shows in `to` what stands in `from`, the train table excepted. Files are linked where the file system can: nobody
/// writes them.
fn copy_but_train(from: &Utf8Path, to: &Utf8Path) -> Result<(), ExecuteError> {
    fs::create_dir_all(to).map_err(ExecuteError::files)?;
    for entry in from.read_dir_utf8().map_err(ExecuteError::files)? {
        let entry = entry.map_err(ExecuteError::files)?;
        let kind = entry.file_type().map_err(ExecuteError::files)?;
        let target = to.join(entry.file_name());
        if kind.is_dir() {
            copy_but_train(entry.path(), &target)?;
        } else if kind.is_file() && !entry.path().ends_with(PUBLIC_TRAIN) {
            fs::hard_link(entry.path(), &target)
                .or_else(|_| fs::copy(entry.path(), &target).map(drop))
                .map_err(ExecuteError::files)?;
        }
    }
    Ok(())
}
