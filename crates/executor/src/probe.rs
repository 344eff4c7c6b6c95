//! Probes a metric: the answers themselves, corrupted answers, shuffled rows, malformed files, to `metric.py` and to
//! the native grader alike; and what the ladder handed in, to see whether the two agree.

use std::collections::BTreeMap;

use camino::Utf8Path;
use facts::{Agreement, GradeOutcome, MalformedCase, MetricFacts};
use fs_err as fs;
use task_format::{ANSWERS, Manifest};

use crate::{
    ExecuteError, Executor, Usage,
    grader::{Grader, Submission},
    malformed,
    table::Table,
    trial::unprobed,
};

/// Shares of answers that are corrupted (verification.md, B07).
const CORRUPTED: [f64; 3] = [0.05, 0.2, 0.5];
/// How often the same submission is scored (B06).
const REPEATS: usize = 3;

impl Executor {
    /// Probes the metric of the package at `package`, on `handed_in` too; `scratch` is an empty folder.
    pub(crate) async fn probe_metric(
        &self,
        grader: &Grader<'_>,
        package: &Utf8Path,
        manifest: &Manifest,
        handed_in: &[Submission],
        scratch: &Utf8Path,
    ) -> Result<(MetricFacts, Usage), ExecuteError> {
        let answers_path = package.join(ANSWERS);
        let perfect = match Table::perfect(&Table::read(&answers_path)?, manifest) {
            Ok(perfect) => perfect,
            Err(why) => return Ok((unprobed(&why), Usage::default())),
        };
        let cases = scratch.join("cases");
        fs::create_dir_all(&cases).map_err(ExecuteError::files)?;

        let corrupted = perfect.corrupted(manifest, CORRUPTED[1], "repeat");
        let shares = shares(perfect.rows.len());
        let mut submissions = vec![
            ("perfect".to_owned(), perfect.clone()),
            ("rows_shuffled".to_owned(), corrupted.rows_shuffled("rows")),
            ("columns_reversed".to_owned(), corrupted.columns_reversed()),
        ];
        submissions.extend((0..REPEATS).map(|n| (repeat_name(n), corrupted.clone())));
        submissions.extend(shares.iter().map(|&share| {
            (
                share_name(share),
                perfect.corrupted(manifest, share, "corrupt"),
            )
        }));
        // A metric of the catalogue is compared with its native twin, which tells more.
        let fifths = match grader.is_custom() && perfect.rows.len() >= MetricFacts::ROWS_FOR_FIFTHS
        {
            true => perfect.corrupted_fifths(manifest, "corrupt"),
            false => Vec::new(),
        };
        let fifth_name = |place: usize| format!("fifth_{place}");
        let named = |(place, table)| (fifth_name(place), table);
        let fifth_count = fifths.len();
        submissions.extend(fifths.into_iter().enumerate().map(named));
        for (name, table) in &submissions {
            fs::write(cases.join(csv_name(name)), table.render()).map_err(ExecuteError::files)?;
        }
        for submission in handed_in {
            fs::copy(
                &submission.path,
                cases.join(handed_in_name(&submission.name)),
            )
            .map_err(ExecuteError::files)?;
        }
        let largest = grader.size_limit();
        let broken_folder = scratch.join("malformed");
        fs::create_dir_all(&broken_folder).map_err(ExecuteError::files)?;
        let broken = malformed::write_cases(&broken_folder, &perfect, manifest, largest)?;
        for case in broken.iter().filter(|case| case.reaches_python) {
            fs::copy(&case.path, cases.join(python_name(case.case)))
                .map_err(ExecuteError::files)?;
        }

        let (graded, mut usage) = self.grade_in_python(package, &cases, manifest).await?;
        let (graded, failure) = match graded {
            Ok(graded) => (graded, None),
            Err(failure) => (BTreeMap::new(), Some(failure)),
        };
        let said = |name: &str| graded.get(name).cloned().unwrap_or_else(no_answer);
        let of = |name: &str| said(&csv_name(name));

        let mut agreement = Vec::new();
        let mut compare = |submission: &str, file: String| -> Result<(), ExecuteError> {
            if let Some(native) = grader.natively(&cases.join(&file))? {
                agreement.push(Agreement {
                    submission: submission.to_owned(),
                    native,
                    python: said(&file),
                });
            }
            Ok(())
        };
        compare("perfect", csv_name("perfect"))?;
        for &share in &shares {
            compare(
                &share_name(share).replace('_', " "),
                csv_name(&share_name(share)),
            )?;
        }
        for submission in handed_in {
            compare(&submission.name, handed_in_name(&submission.name))?;
        }
        let mut malformed = Vec::new();
        for case in broken {
            malformed.push(MalformedCase {
                case: case.case.to_owned(),
                native: grader.without_python(&case.path)?,
                python: case.reaches_python.then(|| said(&python_name(case.case))),
            });
        }
        let valid = csv_name("perfect");
        for declared in malformed::declared_outside(&broken_folder, "cases", &valid, largest)? {
            malformed.push(MalformedCase {
                case: declared.case.to_owned(),
                native: match declared.taken {
                    Ok(taken) => grader.without_python(&taken)?,
                    Err(refused) => Some(refused),
                },
                python: None,
            });
        }
        let mut repeats: Vec<_> = (0..REPEATS).map(|n| of(&repeat_name(n))).collect();
        if grader.is_custom() {
            // What a process draws or looks up once is the same for all its repeats. For a metric of the catalogue, the native
            // one would differ; here a second process must say the same.
            let again = scratch.join("again");
            fs::create_dir_all(&again).map_err(ExecuteError::files)?;
            let file = csv_name(&repeat_name(0));
            fs::copy(cases.join(&file), again.join(&file)).map_err(ExecuteError::files)?;
            let (graded, cost) = self.grade_in_python(package, &again, manifest).await?;
            usage = usage.and(cost);
            let outcome = graded.ok().and_then(|graded| graded.get(&file).cloned());
            repeats.push(outcome.unwrap_or_else(no_answer));
        }
        let facts = MetricFacts {
            perfect: of("perfect"),
            perfect_native: grader.natively(&cases.join(csv_name("perfect")))?,
            repeats,
            rows_shuffled: of("rows_shuffled"),
            columns_reversed: of("columns_reversed"),
            corrupted: shares
                .iter()
                .map(|&share| (share, of(&share_name(share))))
                .collect(),
            fifths: (0..fifth_count)
                .map(|place| of(&fifth_name(place)))
                .collect(),
            agreement,
            malformed,
            failure,
        };
        Ok((facts, usage))
    }
}

fn no_answer() -> GradeOutcome {
    GradeOutcome::Broken {
        detail: "the grader gave no answer for this file".to_owned(),
    }
}

/// The shares of so many rows that can be corrupted: whole rows, at least one, each share once.
fn shares(rows: usize) -> Vec<f64> {
    let count = |share: f64| ((rows as f64 * share).round() as usize).clamp(1, rows.max(1));
    let mut counts: Vec<usize> = CORRUPTED.map(count).to_vec();
    counts.dedup();
    counts
        .into_iter()
        .map(|count| count as f64 / rows.max(1) as f64)
        .collect()
}

fn share_name(share: f64) -> String {
    format!("corrupted_{:.1}_%", share * 100.0)
}

fn repeat_name(n: usize) -> String {
    format!("repeat_{n}")
}

fn csv_name(name: &str) -> String {
    format!("{name}.csv")
}

fn handed_in_name(name: &str) -> String {
    format!("handed_in_{name}.csv")
}

fn python_name(case: &str) -> String {
    format!("malformed_{case}.csv")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_whole_rows() {
        assert_eq!(shares(1000), CORRUPTED);
        assert_eq!(shares(5), [0.2, 0.6]);
        assert_eq!(shares(1), [1.0]);
    }
}
