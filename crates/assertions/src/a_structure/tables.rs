//! A08 to A10: the CSV files that `prepare.py` wrote.

use std::collections::BTreeSet;

use facts::{CsvFacts, SplitFacts};
use task_format::{ANSWERS, Manifest, PUBLIC_TEST, PUBLIC_TRAIN, SAMPLE_SUBMISSION};

use crate::context::{Context, Judgement};
use crate::format::{counted, joined, quoted};

/// A08: every CSV parses, with one clean header, rows of its width, and the columns that the manifest promises.
pub(crate) fn csv_files(cx: Context<'_>) -> Judgement {
    let split = cx.split()?;
    let mut problems = Vec::new();
    let mut evidence = Vec::new();
    for (path, csv) in &split.csvs {
        let defects = defects(csv);
        if !defects.is_empty() {
            problems.push(format!("`{path}`: {}", defects.join(", ")));
            evidence.push(path.clone());
        }
    }
    if let Some(why) = &split.incomplete {
        problems.push(why.clone());
    }
    if let Ok(manifest) = cx.manifest() {
        for (path, problem) in wrong_columns(split, manifest) {
            problems.push(format!("`{path}` {problem}"));
            evidence.push(path.to_owned());
        }
    }
    Ok(match problems.is_empty() {
        true => cx.rule.pass(counted(split.csvs.len(), "CSV file")),
        false => cx
            .rule
            .fail(counted(problems.len(), "problem"), joined(&problems))
            .seen_in_all(evidence),
    })
}

fn defects(csv: &CsvFacts) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(error) = &csv.error {
        return vec![format!("it can't be read: {error}")];
    }
    if csv.rows == 0 {
        out.push("it has no rows".to_owned());
    }
    if csv.empty_headers > 0 {
        out.push(counted(csv.empty_headers, "column") + " without a name");
    }
    if !csv.duplicate_headers.is_empty() {
        out.push(format!(
            "repeated columns {}",
            quoted(&csv.duplicate_headers)
        ));
    }
    if let Some((line, width)) = csv.ragged.first() {
        out.push(format!(
            "line {line} has {} and not {}",
            counted(*width, "cell"),
            csv.columns.len()
        ));
    }
    out
}

/// Files whose columns are not those of the manifest. The order matters only for the sample submission, which shows it.
fn wrong_columns<'a>(split: &SplitFacts, manifest: &Manifest) -> Vec<(&'a str, String)> {
    let data = &manifest.data;
    let with_id = |rest: &[&[String]]| -> Vec<String> {
        std::iter::once(&data.id_column)
            .chain(rest.iter().copied().flatten())
            .cloned()
            .collect()
    };
    let features_and_targets: Vec<String> = data
        .feature_columns
        .iter()
        .chain(&data.target_columns)
        .cloned()
        .collect();
    let mut out = Vec::new();
    let mut needs = |path: &'a str, needed: &[String]| {
        let Some(csv) = split.csvs.get(path).filter(|csv| csv.error.is_none()) else {
            return;
        };
        let has: BTreeSet<&String> = csv.columns.iter().collect();
        let missing: Vec<&String> = needed
            .iter()
            .filter(|column| !has.contains(column))
            .collect();
        if !missing.is_empty() {
            out.push((path, format!("lacks {}", quoted(&missing))));
        }
    };
    needs(PUBLIC_TRAIN, &features_and_targets);
    needs(PUBLIC_TEST, &with_id(&[&data.feature_columns]));
    needs(ANSWERS, &with_id(&[&data.target_columns]));
    let sample = split
        .csvs
        .get(SAMPLE_SUBMISSION)
        .filter(|csv| csv.error.is_none());
    if let Some(sample) = sample.filter(|sample| sample.columns != manifest.submission.columns) {
        let expected = manifest.submission.columns.join(",");
        out.push((
            SAMPLE_SUBMISSION,
            format!(
                "has the header `{}` and not `{expected}`",
                sample.columns.join(",")
            ),
        ));
    }
    out
}

/// A09: ids of the test rows are unique and the same in all files, and none of them is a train row's.
pub(crate) fn ids(cx: Context<'_>) -> Judgement {
    let ids = &cx.measured_split()?.ids;
    let mut problems = Vec::new();
    let mut evidence = Vec::new();
    for (count, path, what) in [
        (
            ids.repeated_in_test,
            PUBLIC_TEST,
            "repeated in the test file",
        ),
        (
            ids.sample_differs,
            SAMPLE_SUBMISSION,
            "in only one of test file and sample submission",
        ),
        (
            ids.answers_differ,
            ANSWERS,
            "in only one of test file and answers",
        ),
        (
            ids.in_train_and_test.unwrap_or(0),
            PUBLIC_TRAIN,
            "in both train and test",
        ),
    ] {
        if count > 0 {
            problems.push(format!("{} {what}", counted(count, "id")));
            evidence.push(path.to_owned());
        }
    }
    Ok(match problems.is_empty() {
        true => cx.rule.pass("the same ids everywhere"),
        false => cx
            .rule
            .fail(counted(problems.len(), "problem"), joined(&problems))
            .seen_in_all(evidence),
    })
}

/// A10: no target column stands in the test file.
pub(crate) fn target_absent(cx: Context<'_>) -> Judgement {
    let present = &cx.measured_split()?.targets_in_test;
    Ok(match present.is_empty() {
        true => cx.rule.pass("absent"),
        false => {
            let message = format!("the test file has the target {}", quoted(present));
            cx.rule
                .fail(counted(present.len(), "target column"), message)
                .seen_in(PUBLIC_TEST)
        }
    })
}

#[cfg(test)]
mod tests {
    use facts::SplitFacts;
    use findings::Status;

    use crate::testing::Good;

    fn check(id: &str, change: fn(&mut SplitFacts), expected: &str) {
        let mut good = Good::new();
        assert_eq!(good.judge(id).status, Status::Pass, "{id}");
        change(&mut good.split);
        let finding = good.judge(id);
        assert_eq!(finding.status, Status::Fail, "{expected}");
        assert!(
            finding.message.contains(expected),
            "{expected}: {}",
            finding.message
        );
        assert!(!finding.evidence.is_empty());
    }

    #[test]
    fn shapes_of_files() {
        check(
            "A08",
            |s| {
                s.csvs
                    .get_mut("public/test.csv")
                    .unwrap()
                    .ragged
                    .push((7, 3))
            },
            "line 7 has 3 cells and not 4",
        );
        check(
            "A08",
            |s| s.csvs.get_mut("public/test.csv").unwrap().empty_headers = 1,
            "1 column without a name",
        );
        check(
            "A08",
            |s| s.csvs.get_mut("public/train.csv").unwrap().rows = 0,
            "it has no rows",
        );
        check(
            "A08",
            |s| s.csvs.get_mut("public/train.csv").unwrap().error = Some("no UTF-8".to_owned()),
            "no UTF-8",
        );
        check(
            "A08",
            |s| {
                drop(
                    s.csvs
                        .get_mut("public/train.csv")
                        .unwrap()
                        .columns
                        .remove(1),
                )
            },
            "`public/train.csv` lacks `radius`",
        );
        check(
            "A08",
            |s| {
                s.csvs
                    .get_mut("public/sample_submission.csv")
                    .unwrap()
                    .columns
                    .reverse()
            },
            "and not `id,outcome`",
        );
        check(
            "A08",
            |s| {
                s.csvs
                    .get_mut("private/test_answer.csv")
                    .unwrap()
                    .columns
                    .truncate(1)
            },
            "lacks `outcome`",
        );
        let duplicate = |s: &mut SplitFacts| {
            s.csvs
                .get_mut("public/test.csv")
                .unwrap()
                .duplicate_headers
                .push("a".to_owned())
        };
        check("A08", duplicate, "repeated columns `a`");
    }

    #[test]
    fn a_split_that_could_not_be_measured() {
        let mut good = Good::new();
        good.split.incomplete = Some("no column `id`".to_owned());
        assert_eq!(good.judge("A08").message, "no column `id`");
        for id in ["A09", "A10", "D01", "D04", "D05", "D10"] {
            let finding = good.judge(id);
            assert!(
                finding.rejects() && finding.status == Status::Error,
                "{finding:?}"
            );
        }
    }

    #[test]
    fn agreement_of_ids() {
        check(
            "A09",
            |s| s.ids.repeated_in_test = 1,
            "1 id repeated in the test file",
        );
        check(
            "A09",
            |s| s.ids.sample_differs = 2,
            "2 ids in only one of test file and sample",
        );
        check("A09", |s| s.ids.answers_differ = 2, "test file and answers");
        check(
            "A09",
            |s| s.ids.in_train_and_test = Some(3),
            "3 ids in both train and test",
        );
    }

    #[test]
    fn target_in_test() {
        check(
            "A10",
            |s| s.targets_in_test.push("outcome".to_owned()),
            "the target `outcome`",
        );
    }
}
