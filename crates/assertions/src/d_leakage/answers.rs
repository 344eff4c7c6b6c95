//! D09: answers in public files.

use facts::PackageFile;
use findings::Measured;

use crate::context::{Context, Judgement};
use crate::format::{counted, joined, percent};

/// D09: no private file stands in `public/`, no public column is the answers, and every public file could be searched.
pub(crate) fn answers_are_private(cx: Context<'_>) -> Judgement {
    let split = cx.measured_split()?;
    let search = &split.answer_search;
    let mut problems: Vec<String> = Vec::new();
    let mut evidence: Vec<String> = Vec::new();
    let files = cx.subject.package.map_or(&[][..], |package| &package.files);
    for file in files.iter().filter(|file| file.path.starts_with("public/")) {
        if let Some(private) = files
            .iter()
            .find(|other| is_private(other) && same_contents(file, other))
        {
            problems.push(format!(
                "`{}` has the contents of `{}`",
                file.path, private.path
            ));
            evidence.push(file.path.clone());
        }
    }
    for copy in &search.found {
        let how = match copy.same_as.as_str() {
            "code" => "a code of",
            "line" => "a linear function of",
            _ => "equal to",
        };
        problems.push(format!(
            "`{}` of `{}` is {how} the answers of `{}` in {} of {} (rows found by {})",
            copy.column,
            copy.path,
            copy.target,
            percent(copy.share),
            counted(copy.rows, "row"),
            copy.aligned_by
        ));
        evidence.push(copy.path.clone());
    }
    let text = format!(
        "{} compared, {} found",
        counted(search.columns, "column"),
        problems.len()
    );
    let measured = Measured::number(problems.len() as f64, text);
    evidence.dedup();
    let finding = if !problems.is_empty() {
        cx.rule
            .fail(
                measured,
                format!("the answers are public: {}", joined(&problems)),
            )
            .seen_in_all(evidence)
    } else if !search.not_searched.is_empty() {
        let left: Vec<String> = search
            .not_searched
            .iter()
            .map(|(path, why)| format!("`{path}` ({why})"))
            .collect();
        // That no public file holds the answers is a guarantee, so what can't be searched can't stay.
        cx.rule
            .fail(
                measured,
                format!(
                    "public files can't be searched for the answers: {}",
                    joined(&left)
                ),
            )
            .seen_in_all(search.not_searched.iter().map(|(path, _)| path.clone()))
    } else {
        cx.rule.pass(measured)
    };
    Ok(finding.compared_with("0"))
}

fn is_private(file: &PackageFile) -> bool {
    file.path.starts_with("private/")
}

fn same_contents(a: &PackageFile, b: &PackageFile) -> bool {
    a.bytes > 0 && (a.bytes, &a.sha256) == (b.bytes, &b.sha256)
}

#[cfg(test)]
mod tests {
    use facts::AnswerCopy;
    use findings::Status;

    use super::*;
    use crate::testing::Good;

    #[test]
    fn copies_of_answers_reject() {
        let mut good = Good::new();
        assert_eq!(good.judge("D09").status, Status::Pass);
        good.split.answer_search.found.push(AnswerCopy {
            path: "public/notes.json".to_owned(),
            column: "k".to_owned(),
            target: "outcome".to_owned(),
            aligned_by: "id".to_owned(),
            same_as: "code".to_owned(),
            rows: 100,
            share: 1.0,
        });
        let finding = good.judge("D09");
        assert_eq!(
            (finding.status, finding.evidence),
            (Status::Fail, vec!["public/notes.json".to_owned()])
        );
    }

    #[test]
    fn a_private_file_under_another_name_rejects() {
        let mut good = Good::new();
        let file = |path: &str| PackageFile {
            path: path.to_owned(),
            bytes: 7,
            sha256: "ab".repeat(32),
        };
        good.package.files = vec![file("private/test_answer.csv"), file("public/cache.bin")];
        assert_eq!(good.judge("D09").status, Status::Fail);
        good.package.files[1].sha256 = "cd".repeat(32);
        assert_eq!(good.judge("D09").status, Status::Pass);
    }

    #[test]
    fn what_was_not_searched_is_said() {
        let mut good = Good::new();
        good.split.answer_search.not_searched =
            vec![("public/huge.csv".to_owned(), "it is too large".to_owned())];
        let finding = good.judge("D09");
        assert_eq!(
            (finding.status, finding.evidence),
            (Status::Fail, vec!["public/huge.csv".to_owned()])
        );
    }
}
