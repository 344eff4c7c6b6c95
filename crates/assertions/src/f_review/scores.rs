//! F02–F04: what follows from a review that stands.

use facts::{Dimension, IssueSeverity, ReviewFacts};
use findings::{Finding, Measured};

use crate::context::{Context, Judgement};
use crate::format::{counted, joined, short};

/// F02: the mean of the scores that were given reaches the threshold.
pub(crate) fn mean_score(cx: Context<'_>) -> Judgement {
    let review = believed(&cx)?;
    let scores: Vec<(Dimension, f64)> = review
        .scores
        .iter()
        .filter_map(|entry| Some((entry.dimension, entry.score?)))
        .collect();
    if scores.is_empty() {
        return Err(cx.skip("the reviewer judged no dimension, see F04"));
    }
    let mean = scores.iter().map(|(_, score)| score).sum::<f64>() / scores.len() as f64;
    let least = cx.threshold("mean");
    let measured = Measured::number(
        mean,
        format!(
            "mean {} of {}",
            short((mean * 100.0).round() / 100.0),
            counted(scores.len(), "dimension")
        ),
    );
    let finding = if mean >= least {
        cx.rule.pass(measured)
    } else {
        let mut low: Vec<&(Dimension, f64)> =
            scores.iter().filter(|(_, score)| *score < least).collect();
        low.sort_by(|a, b| a.1.total_cmp(&b.1));
        let low: Vec<String> = low
            .into_iter()
            .map(|&(dimension, score)| {
                let reasons = review
                    .score(dimension)
                    .map(|entry| joined(&entry.reasons))
                    .unwrap_or_default();
                format!("{} {} ({reasons})", dimension.title(), short(score))
            })
            .collect();
        cx.rule.fail(measured, joined(&low))
    };
    Ok(finding.compared_with(format!("≥ {least}")))
}

/// F03: no issue is critical.
pub(crate) fn no_critical_issue(cx: Context<'_>) -> Judgement {
    let review = believed(&cx)?;
    let count = |severity| {
        review
            .issues
            .iter()
            .filter(|issue| issue.severity == severity)
            .count()
    };
    let measured = format!(
        "{} critical, {} major, {} minor",
        count(IssueSeverity::Critical),
        count(IssueSeverity::Major),
        count(IssueSeverity::Minor)
    );
    let mut critical = review
        .issues
        .iter()
        .filter(|issue| issue.severity == IssueSeverity::Critical)
        .peekable();
    let Some(first) = critical.peek() else {
        return Ok(cx.rule.pass(measured));
    };
    let hint = first.fix.clone();
    let (messages, places): (Vec<String>, Vec<String>) = critical
        .map(|issue| (issue.message.clone(), issue.place.clone()))
        .unzip();
    Ok(cx
        .rule
        .fail(measured, joined(&messages))
        .seen_in_all(places)
        .with_hint(hint))
}

/// F04: enough dimensions were judged for the mean to mean something.
pub(crate) fn enough_judged(cx: Context<'_>) -> Judgement {
    let review = believed(&cx)?;
    let (judged, open): (Vec<_>, Vec<_>) = review
        .scores
        .iter()
        .partition(|entry| entry.score.is_some());
    let least = cx.threshold("dimensions");
    let measured = Measured::number(
        judged.len() as f64,
        format!("{} of {} dimensions", judged.len(), Dimension::ALL.len()),
    );
    let finding = if judged.len() as f64 >= least {
        cx.rule.pass(measured)
    } else {
        let open: Vec<String> = open
            .into_iter()
            .map(|entry| {
                format!(
                    "{} was not judged: {}",
                    entry.dimension.title(),
                    joined(&entry.not_judged)
                )
            })
            .collect();
        cx.rule.fail(measured, joined(&open))
    };
    Ok(finding.compared_with(format!("≥ {least}")))
}

/// The review, if it stands.
fn believed<'a>(cx: &Context<'a>) -> Result<&'a ReviewFacts, Box<Finding>> {
    let review = cx.review()?;
    if review.problems(cx.package()?).is_empty() {
        Ok(review)
    } else {
        Err(cx.skip("the review does not stand, see F01"))
    }
}

#[cfg(test)]
mod tests {
    use facts::ReviewIssue;
    use findings::Status;

    use super::*;
    use crate::testing::Good;

    fn with(id: &str, change: impl Fn(&mut ReviewFacts)) -> Finding {
        let mut good = Good::new();
        change(&mut good.review);
        good.judge(id)
    }

    fn issue(severity: IssueSeverity) -> ReviewIssue {
        ReviewIssue {
            severity,
            category: Dimension::TaskValidity,
            place: "description.md, section Scoring".to_owned(),
            quote: None,
            message: "it names another metric".to_owned(),
            fix: "Name the right one.".to_owned(),
            route: None,
        }
    }

    #[test]
    fn the_mean_is_over_what_was_judged() {
        let all = |score: f64| {
            move |review: &mut ReviewFacts| {
                for entry in &mut review.scores {
                    entry.score = Some(score);
                }
            }
        };
        assert_eq!(with("F02", all(4.0)).status, Status::Pass);
        let low = with("F02", all(3.9));
        assert!(low.rejects());
        assert!(
            low.message.contains("task validity 3.9 (it is measured)"),
            "{}",
            low.message
        );
        // One that is not judged neither helps nor harms.
        let partly = with("F02", |review| {
            all(4.0)(review);
            review.scores[0].score = None;
            review.scores[0].not_judged.push("why".to_owned());
        });
        assert_eq!(partly.status, Status::Pass);
        assert_eq!(partly.measured.text, "mean 4 of 4 dimensions");
    }

    #[test]
    fn only_critical_issues_reject() {
        for (severity, status) in [
            (IssueSeverity::Critical, Status::Fail),
            (IssueSeverity::Major, Status::Pass),
            (IssueSeverity::Minor, Status::Pass),
        ] {
            let finding = with("F03", |review| review.issues.push(issue(severity)));
            assert_eq!(finding.status, status, "{severity:?}");
        }
        let finding = with("F03", |review| {
            review.issues.push(issue(IssueSeverity::Critical));
        });
        assert_eq!(finding.hint.as_deref(), Some("Name the right one."));
        assert_eq!(finding.evidence, ["description.md, section Scoring"]);
    }

    #[test]
    fn what_was_not_judged_is_named() {
        let finding = with("F04", |review| {
            for entry in &mut review.scores[1..4] {
                entry.score = None;
                entry.not_judged = vec!["nothing ran".to_owned()];
            }
        });
        assert_eq!(finding.status, Status::Warn);
        assert!(
            finding
                .message
                .contains("data sufficiency was not judged: nothing ran"),
            "{}",
            finding.message
        );
    }

    #[test]
    fn a_review_that_does_not_stand_decides_nothing() {
        for id in ["F02", "F03", "F04"] {
            let finding = with(id, |review| {
                review.failure = Some("no answer".to_owned());
                review.issues.push(issue(IssueSeverity::Critical));
            });
            assert_eq!(finding.status, Status::Skip, "{id}");
        }
    }
}
