//! B01 to B04: the runs of `prepare.py`.

use std::collections::BTreeSet;

use facts::{PrepareRun, RawRows, RunFailure};
use findings::{Finding, Measured};
use task_format::{ANSWERS, DESCRIPTION, PREPARE, PUBLIC_TEST, PUBLIC_TRAIN};

use crate::context::{Context, Judgement};
use crate::format::{counted, failure, joined, percent};
use crate::markdown::has_word;

/// B01: every run of `prepare.py` ends well.
pub(crate) fn prepare_runs(cx: Context<'_>) -> Judgement {
    let runs = &cx.prepared()?.runs;
    if runs.is_empty() {
        return Err(cx.error("no run of prepare.py was recorded"));
    }
    let failed = runs
        .iter()
        .filter_map(|run| Some((run, run.failure.as_ref()?)));
    let failed: Vec<String> = failed
        .map(|(run, why)| format!("{}: {}", run.variant, failure(why)))
        .collect();
    Ok(match failed.is_empty() {
        true => cx.rule.pass(counted(runs.len(), "run")),
        false => {
            let measured = format!("{} of {} failed", failed.len(), counted(runs.len(), "run"));
            cx.rule.fail(measured, joined(&failed)).seen_in(PREPARE)
        }
    })
}

/// B02: all runs wrote the same files with the same bytes.
pub(crate) fn prepare_is_deterministic(cx: Context<'_>) -> Judgement {
    let runs = &cx.prepared()?.runs;
    if (runs.len() as f64) < cx.threshold("runs") {
        return Err(cx.skip("prepare.py has run only once"));
    }
    if runs.iter().any(|run| run.failure.is_some()) {
        return Err(cx.skip("a run of prepare.py failed, see B01"));
    }
    let (reference, others) = runs
        .split_first()
        .expect("the number of runs was looked at");
    if reference.files.is_empty() {
        return Err(cx.error("the first run of prepare.py wrote no files"));
    }
    let mut problems = Vec::new();
    let mut evidence = BTreeSet::new();
    for other in others {
        for (path, how) in differences(reference, other) {
            problems.push(format!("`{path}` {how} with {}", other.variant));
            evidence.insert(path);
        }
    }
    let measured = format!(
        "{} in {}",
        counted(reference.files.len(), "file"),
        counted(runs.len(), "run")
    );
    Ok(match problems.is_empty() {
        true => cx.rule.pass(format!("{measured}, identical")),
        false => {
            let measured = Measured::number(
                evidence.len() as f64,
                counted(evidence.len(), "differing file"),
            );
            cx.rule
                .fail(measured, joined(&problems))
                .seen_in_all(evidence.into_iter().map(str::to_owned))
        }
    })
}

fn differences<'a>(
    reference: &'a PrepareRun,
    other: &'a PrepareRun,
) -> Vec<(&'a str, &'static str)> {
    let paths: BTreeSet<&String> = reference.files.keys().chain(other.files.keys()).collect();
    let how = |path: &String| match (reference.files.get(path), other.files.get(path)) {
        (Some(a), Some(b)) => (a != b).then_some("has other bytes"),
        (Some(_), None) => Some("is not written"),
        (None, _) => Some("is written"),
    };
    paths
        .into_iter()
        .filter_map(|path| Some((path.as_str(), how(path)?)))
        .collect()
}

/// B03: the raw files are as they were, and no run ended because it tried to change them.
pub(crate) fn raw_untouched(cx: Context<'_>) -> Judgement {
    let prepared = cx.prepared()?;
    let tried = prepared
        .runs
        .iter()
        .find_map(|run| write_to_raw(run.failure.as_ref()?));
    Ok(if !prepared.raw_untouched {
        cx.rule
            .fail("other digests", "a raw file was changed or removed")
            .seen_in(PREPARE)
    } else if let Some(line) = tried {
        cx.rule
            .fail(
                "tried to write",
                format!("it tried to change a raw file: {line}"),
            )
            .seen_in(PREPARE)
    } else {
        cx.rule.pass("same digests")
    })
}

/// The last line of a run that was refused to write below the folder of raw data, which is mounted read-only.
fn write_to_raw(failure: &RunFailure) -> Option<&str> {
    let RunFailure::RuntimeError { traceback, .. } = failure else {
        return None;
    };
    let last = traceback.trim_end().lines().next_back()?;
    let refused = ["Read-only file system", "Permission denied"]
        .iter()
        .any(|reason| last.contains(reason));
    (refused && (last.contains("/raw/") || last.contains("/raw'"))).then_some(last)
}

/// B04: every labelled row stands in train or test, or is one of those that the manifest says are left out and the description
/// tells why; and the manifest counts what the files hold.
pub(crate) fn rows_are_conserved(cx: Context<'_>) -> Judgement {
    let data = &cx.manifest()?.data;
    let split = cx.split()?;
    let mut problems = Vec::new();
    let mut evidence = Vec::new();
    for (path, stated) in [
        (PUBLIC_TRAIN, data.train_rows),
        (PUBLIC_TEST, data.test_rows),
        (ANSWERS, data.test_rows),
    ] {
        let found = split.csvs.get(path).map_or(0, |csv| csv.rows as u64);
        if found != stated {
            problems.push(format!(
                "`{path}` has {found} rows, the manifest says {stated}"
            ));
            evidence.push(path.to_owned());
        }
    }
    let kept = data.train_rows + data.test_rows;
    let mut measured = format!(
        "{} train + {} test, {} left out",
        data.train_rows, data.test_rows, data.dropped_rows
    );
    let accounted = kept.saturating_add(data.dropped_rows);
    if let Some(RawRows { all, labelled }) = cx.subject.raw_rows {
        let of = cx.manifest()?.dataset.table.as_ref();
        let of = of.map_or_else(String::new, |table| format!(" of `{table}`"));
        measured = format!("{all} rows{of}, {labelled} labelled = {measured}");
        // Rows that are left out may lack a label or have one: the sum is known up to those.
        if labelled < kept {
            problems.push(format!(
                "train and test have {kept} rows, but only {labelled} raw rows have a label"
            ));
        } else if labelled > accounted {
            let lost = labelled - accounted;
            problems.push(format!("{lost} labelled raw rows stand neither in train nor in test and are not counted as left out"));
        } else if accounted > all {
            problems.push(format!(
                "train, test and rows left out are {accounted}, but the raw data have {all} rows"
            ));
        }
    }
    if data.dropped_rows > 0 && !tells_of_rows_left_out(cx)? {
        problems.push(format!(
            "{} left out, and `{DESCRIPTION}` does not say which",
            counted(data.dropped_rows as usize, "row")
        ));
        evidence.push(DESCRIPTION.to_owned());
    }
    if !problems.is_empty() {
        return Ok(cx
            .rule
            .fail(measured, joined(&problems))
            .seen_in_all(evidence));
    }
    let share = data.dropped_rows as f64 / accounted.max(1) as f64;
    let most = cx.threshold("dropped_share_warn");
    if share > most {
        let message = format!("{} of the rows are left out", percent(share));
        return Ok(cx
            .rule
            .warn(measured, message)
            .compared_with(format!("at most {} left out", percent(most))));
    }
    if cx.subject.raw_rows.is_none() {
        return Err(cx.skip(
            "the files hold as many rows as the manifest says, but without raw data nobody knows how many there were",
        ));
    }
    Ok(cx.rule.pass(measured))
}

/// Whether a line of the description says which rows are left out.
fn tells_of_rows_left_out(cx: Context<'_>) -> Result<bool, Box<Finding>> {
    let description = cx.package()?.description.to_lowercase();
    let words = cx.rule.list("words");
    Ok(description.lines().any(|line| {
        let of_rows = ["row", "rows"].iter().any(|rows| has_word(line, rows));
        of_rows && words.iter().any(|word| has_word(line, word))
    }))
}

#[cfg(test)]
mod tests {
    use facts::{RawRows, RunFailure};
    use findings::Status;

    use crate::testing::{Good, with};

    #[test]
    fn a_failed_run_is_told_in_one_sentence() {
        let traceback = "Traceback\nKeyError: 'x'".to_owned();
        let fail = |good: &mut Good| {
            good.prepared.runs[1].failure = Some(RunFailure::RuntimeError {
                exit: 1,
                traceback: traceback.clone(),
            });
        };
        let finding = with("B01", fail);
        assert_eq!(finding.status, Status::Fail);
        assert_eq!(
            finding.message,
            "another locale: it ended with code 1: KeyError: 'x'"
        );
        assert_eq!(with("B02", fail).status, Status::Skip);
    }

    #[test]
    fn differing_trees_are_named() {
        let other = with("B02", |good| {
            drop(
                good.prepared.runs[1]
                    .files
                    .insert("public/test.csv".to_owned(), "x".to_owned()),
            )
        });
        assert_eq!(other.status, Status::Fail);
        assert_eq!(
            other.message,
            "`public/test.csv` has other bytes with another locale"
        );
        assert_eq!(other.evidence, ["public/test.csv"]);
        let missing = with("B02", |good| {
            drop(good.prepared.runs[1].files.remove("public/test.csv"))
        });
        assert!(
            missing.message.contains("is not written"),
            "{}",
            missing.message
        );
        assert_eq!(
            with("B02", |good| good.prepared.runs.truncate(1)).status,
            Status::Skip
        );
        assert_eq!(
            with("B02", |good| good
                .prepared
                .runs
                .iter_mut()
                .for_each(|run| run.files.clear()))
            .status,
            Status::Error
        );
    }

    #[test]
    fn raw_files() {
        assert_eq!(
            with("B03", |good| good.prepared.raw_untouched = false).status,
            Status::Fail
        );
        let ended = |line: &'static str| {
            with("B03", move |good| {
                good.prepared.runs[1].failure = Some(RunFailure::RuntimeError {
                    exit: 1,
                    traceback: format!("Traceback\n{line}\n"),
                });
            })
            .status
        };
        let refused = "OSError: [Errno 30] Read-only file system: '/else where/raw/cells.csv'";
        assert_eq!(ended(refused), Status::Fail);
        assert_eq!(
            ended("OSError: [Errno 30] Read-only file system: '/nix/x'"),
            Status::Pass
        );
        assert_eq!(
            ended("FileNotFoundError: [Errno 2] No such file: '/raw/x'"),
            Status::Pass
        );
    }

    /// With so many labelled rows among 502.
    fn labelled(rows: u64) -> findings::Finding {
        with("B04", |good| {
            good.raw_rows = Some(RawRows {
                all: rows.max(502),
                labelled: rows,
            })
        })
    }

    #[test]
    fn rows() {
        let lost = labelled(510);
        assert_eq!(lost.status, Status::Fail);
        assert!(
            lost.message.starts_with("8 labelled raw rows"),
            "{}",
            lost.message
        );
        assert_eq!(labelled(499).status, Status::Fail);
        for fine in [500, 501, 502] {
            assert_eq!(labelled(fine).status, Status::Pass);
        }
        let wrong = with("B04", |good| good.manifest.data.test_rows = 99);
        assert!(
            wrong.message.contains("has 100 rows, the manifest says 99"),
            "{}",
            wrong.message
        );
        let most = with("B04", |good| {
            good.manifest.data.dropped_rows = 600;
            good.raw_rows = Some(RawRows {
                all: 1100,
                labelled: 501,
            });
        });
        assert_eq!(most.status, Status::Warn);
        let of_table = with("B04", |good| {
            good.manifest.dataset.table = Some("members.csv".to_owned());
        });
        assert!(
            of_table.measured.text.contains(" rows of `members.csv`, "),
            "{}",
            of_table.measured.text
        );
    }

    #[test]
    fn rows_left_out_are_no_excuse_for_any_number() {
        let far_too_many = with("B04", |good| {
            good.manifest.data.dropped_rows = 1_000_000_000
        });
        assert_eq!(far_too_many.status, Status::Fail);
        let endless = with("B04", |good| good.manifest.data.dropped_rows = u64::MAX);
        assert_eq!(endless.status, Status::Fail);
        let untold = with("B04", |good| {
            let told = "left out";
            assert!(good.package.description.contains(told));
            good.package.description = good.package.description.replace(told, "lying about");
        });
        assert_eq!(untold.status, Status::Fail);
        assert!(
            untold.message.contains("does not say which"),
            "{}",
            untold.message
        );
    }

    #[test]
    fn without_raw_data_nobody_knows_what_was_lost() {
        let unknown = with("B04", |good| good.raw_rows = None);
        assert_eq!(unknown.status, Status::Skip);
        let wrong = with("B04", |good| {
            good.raw_rows = None;
            good.manifest.data.train_rows += 1;
        });
        assert_eq!(wrong.status, Status::Fail);
    }
}
