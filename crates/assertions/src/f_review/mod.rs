//! F: review. What a reader, rules or model, says of the package as a whole; these checks decide whether to believe it.

mod scores;
mod standing;

use findings::{CheckId, Finding, Status};

use crate::Subject;
use crate::context::{Context, Judgement};
use crate::registry::Row;

/// The checks of this group, in order of their ids.
pub(crate) const CHECKS: &[Row] = &[
    (CheckId::new('F', 1), |cx| {
        of_every_review(cx, standing::review_stands)
    }),
    (CheckId::new('F', 2), |cx| {
        of_every_review(cx, scores::mean_score)
    }),
    (CheckId::new('F', 3), |cx| {
        of_every_review(cx, scores::no_critical_issue)
    }),
    (CheckId::new('F', 4), |cx| {
        of_every_review(cx, scores::enough_judged)
    }),
];

/// What a check says of our own review, or of the one that the package was published with when that is worse: a
/// published review can add doubts, never take one away.
fn of_every_review(cx: Context<'_>, check: fn(Context<'_>) -> Judgement) -> Judgement {
    let own = check(cx);
    let Some(published) = cx.subject.published_review else {
        return own;
    };
    let subject = Subject {
        review: Some(published),
        ..*cx.subject
    };
    let published = check(Context {
        subject: &subject,
        ..cx
    });
    if weight(&published) > weight(&own) {
        published
    } else {
        own
    }
}

/// How much a finding speaks against the package.
fn weight(judgement: &Judgement) -> u8 {
    let finding: &Finding = match judgement {
        Ok(finding) => finding,
        Err(early) => early,
    };
    match finding.status {
        Status::Pass | Status::Skip => 0,
        Status::Warn => 1,
        Status::Fail => 2,
        Status::Error => 3,
    }
}

#[cfg(test)]
mod tests {
    use facts::Quote;
    use findings::Status;

    use crate::testing::Good;

    #[test]
    fn a_published_review_adds_doubts_and_takes_none_away() {
        let mut good = Good::new();
        let mut flattering = good.review.clone();
        flattering.scores[0].evidence = vec![Quote {
            file: "description.md".to_owned(),
            text: "nobody wrote this".to_owned(),
        }];
        assert_eq!(good.judge("F01").status, Status::Pass);
        good.published_review = Some(flattering);
        assert_eq!(good.judge("F01").status, Status::Error);
        good.published_review = Some(good.review.clone());
        for entry in &mut good.review.scores {
            entry.score = Some(1.0);
        }
        assert_eq!(good.judge("F02").status, Status::Fail);
    }
}
