//! F01: a review is believed when it is whole and quotes what is there.

use facts::ReviewFacts;

use crate::context::{Context, Judgement};
use crate::format::{counted, joined};

/// F01: the review is complete, its scores are within range and rest on quotes, and every quote stands word for word in
/// the package.
///
/// A review that does not stand says nothing about the candidate, so this is an error and not a failure. It still keeps
/// the candidate from being published.
pub(crate) fn review_stands(cx: Context<'_>) -> Judgement {
    let review = cx.review()?;
    let problems = review.problems(cx.package()?);
    let quotes = review.quotes().count();
    if problems.is_empty() {
        return Ok(cx.rule.pass(format!(
            "{} by {}",
            counted(quotes, "quote"),
            reviewer(review)
        )));
    }
    let message = format!(
        "the review by {} does not stand, which says nothing about the task: {}",
        reviewer(review),
        joined(&problems)
    );
    Err(Box::new(
        cx.rule.error(message).with_hint(cx.rule.hint.clone()),
    ))
}

fn reviewer(review: &ReviewFacts) -> String {
    let reviewer = &review.reviewer;
    let model = reviewer.model.iter().map(|model| format!(" with {model}"));
    format!(
        "{} {}{}",
        reviewer.name,
        reviewer.version,
        model.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use facts::{Dimension, IssueSeverity, Quote, ReviewIssue};
    use findings::{Finding, Status};

    use super::*;
    use crate::testing::Good;

    fn with(change: impl Fn(&mut ReviewFacts)) -> Finding {
        let mut good = Good::new();
        change(&mut good.review);
        good.judge("F01")
    }

    #[test]
    fn a_review_that_quotes_what_is_there_stands() {
        let finding = with(|review| {
            review.scores[0].evidence.push(Quote {
                file: "metric.py".to_owned(),
                text: "return float(roc_auc_score(y_true, y_pred))".to_owned(),
            });
            review.scores[1].score = None;
            review.scores[1]
                .not_judged
                .push("nobody counted".to_owned());
        });
        assert_eq!(finding.status, Status::Pass, "{}", finding.message);
        assert_eq!(finding.measured.text, "6 quotes by rules 1");
    }

    #[test]
    fn what_a_judge_did_wrong_is_an_error_and_named() {
        let quote = |file: &str, text: &str| Quote {
            file: file.to_owned(),
            text: text.to_owned(),
        };
        type Case = (fn(&mut ReviewFacts), &'static str);
        let cases: Vec<Case> = vec![
            (
                |review| review.failure = Some("no answer".to_owned()),
                "not complete: no answer",
            ),
            (
                |review| drop(review.scores.pop()),
                "says nothing of clarity",
            ),
            (
                |review| review.scores.push(review.scores[0].clone()),
                "speaks twice of task validity",
            ),
            (
                |review| review.scores[3].score = Some(5.5),
                "its score of complexity is 5.5",
            ),
            (
                |review| review.scores[3].score = Some(f64::NAN),
                "its score of complexity is NaN",
            ),
            (|review| review.scores[0].reasons.clear(), "has no reason"),
            (
                |review| review.scores[0].evidence.clear(),
                "rests on no quote",
            ),
            (
                |review| review.scores[2].score = None,
                "neither judges use of the raw data nor says why not",
            ),
        ];
        for (change, expected) in cases {
            let finding = with(change);
            assert_eq!(finding.status, Status::Error, "{expected}");
            assert!(
                finding.message.contains(expected),
                "{expected}: {}",
                finding.message
            );
        }
        for (invented, expected) in [
            (
                quote("description.md", "Predict `income`"),
                "`description.md` does not say \"Predict `income`\"",
            ),
            (quote("notes.md", "x"), "no text of the package"),
            (quote("description.md", " "), "quotes nothing"),
        ] {
            let finding = with(|review| review.scores[4].evidence.push(invented.clone()));
            assert_eq!(finding.status, Status::Error, "{expected}");
            assert!(finding.message.contains(expected), "{}", finding.message);
            assert!(finding.message.contains("says nothing about the task"));
        }
    }

    #[test]
    fn quotes_of_issues_are_looked_up_too() {
        let finding = with(|review| {
            review.issues.push(ReviewIssue {
                severity: IssueSeverity::Minor,
                category: Dimension::Clarity,
                place: "description.md".to_owned(),
                quote: Some(Quote {
                    file: "description.md".to_owned(),
                    text: "made up".to_owned(),
                }),
                message: "is unclear".to_owned(),
                fix: "say it".to_owned(),
                route: None,
            });
        });
        assert_eq!(finding.status, Status::Error);
    }
}
