//! The sheet of one dimension: begins full, loses points with reasons, and ends as an entry of the review.

use facts::{Dimension, DimensionScore, IssueSeverity, Quote, ReviewIssue};

/// Where every dimension begins.
const FULL: f64 = 5.0;

/// What has been found out about one dimension so far.
pub(crate) struct Sheet {
    dimension: Dimension,
    points: f64,
    reasons: Vec<String>,
    evidence: Vec<Quote>,
    not_judged: Vec<String>,
    issues: Vec<ReviewIssue>,
    judged: bool,
}

/// What is wrong, where, and what to do.
pub(crate) struct Flaw<'a> {
    pub(crate) severity: IssueSeverity,
    pub(crate) place: &'a str,
    pub(crate) quote: Option<Quote>,
    pub(crate) message: String,
    pub(crate) fix: String,
}

impl Sheet {
    pub(crate) fn new(dimension: Dimension) -> Self {
        Self {
            dimension,
            points: FULL,
            reasons: Vec::new(),
            evidence: Vec::new(),
            not_judged: Vec::new(),
            issues: Vec::new(),
            judged: true,
        }
    }

    /// Something worth saying that costs nothing.
    pub(crate) fn note(&mut self, reason: impl Into<String>) {
        self.reasons.push(reason.into());
    }

    /// Something that costs points.
    pub(crate) fn lose(&mut self, points: f64, reason: impl Into<String>) {
        self.points -= points;
        self.reasons
            .push(format!("{} (−{})", reason.into(), short(points)));
    }

    /// Something that costs a share of points, rounded to hundredths; nothing when the share is 0.
    pub(crate) fn lose_share(&mut self, most: f64, share: f64, reason: String) {
        let points = (most * share * 100.0).round() / 100.0;
        if points > 0.0 {
            self.lose(points, reason);
        } else {
            self.note(reason);
        }
    }

    /// Something that costs points and should be changed.
    pub(crate) fn flaw(&mut self, points: f64, flaw: Flaw<'_>) {
        self.lose(points, flaw.message.clone());
        self.issues.push(ReviewIssue {
            severity: flaw.severity,
            category: self.dimension,
            place: flaw.place.to_owned(),
            quote: flaw.quote,
            message: flaw.message,
            fix: flaw.fix,
            route: None,
        });
    }

    /// Whatever else is good, the score is at most this.
    pub(crate) fn cap(&mut self, most: f64, reason: impl Into<String>) {
        if self.points > most {
            self.points = most;
            self.reasons
                .push(format!("{} (at most {})", reason.into(), short(most)));
        }
    }

    /// What the score rests on.
    pub(crate) fn cite(&mut self, quote: Option<Quote>) {
        self.evidence
            .extend(quote.filter(|quote| !self.evidence.contains(quote)));
    }

    /// What belongs to the dimension and can't be told by rules.
    pub(crate) fn leave_open(&mut self, what: impl Into<String>) {
        self.not_judged.push(what.into());
    }

    /// Gives no score at all.
    pub(crate) fn give_up(&mut self, why: impl Into<String>) {
        self.judged = false;
        self.not_judged.insert(0, why.into());
    }

    /// The entry and its issues. A score that rests on no quote is none.
    pub(crate) fn close(mut self) -> (DimensionScore, Vec<ReviewIssue>) {
        if self.judged && self.evidence.is_empty() {
            self.give_up("the package has no text that a score could rest on");
        }
        if self.judged && self.reasons.is_empty() {
            self.note("nothing was found that speaks against it");
        }
        let score = (self.points.clamp(0.0, FULL) * 100.0).round() / 100.0;
        let entry = DimensionScore {
            dimension: self.dimension,
            score: self.judged.then_some(score),
            reasons: self.reasons,
            evidence: self.evidence,
            not_judged: self.not_judged,
        };
        (entry, self.issues)
    }
}

/// A number with at most two decimals.
pub(crate) fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A share as percent.
pub(crate) fn percent(share: f64) -> String {
    let near_an_end = (share > 0.0 && share < 0.01) || (share > 0.99 && share < 1.0);
    let digits = usize::from(near_an_end);
    format!("{:.digits$} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_lost_and_never_below_zero() {
        let mut sheet = Sheet::new(Dimension::Clarity);
        sheet.cite(crate::subject::quote("description.md", " a line "));
        sheet.lose(0.25, "it is long");
        let (entry, _) = sheet.close();
        assert_eq!(entry.score, Some(4.75));
        assert_eq!(entry.reasons, ["it is long (−0.25)"]);
        assert_eq!(entry.evidence[0].text, "a line");

        let mut sheet = Sheet::new(Dimension::Clarity);
        sheet.cite(crate::subject::quote("description.md", "a line"));
        sheet.lose(9.0, "it is empty");
        assert_eq!(sheet.close().0.score, Some(0.0));
    }

    #[test]
    fn a_score_without_a_quote_is_none() {
        let (entry, _) = Sheet::new(Dimension::Clarity).close();
        assert_eq!(entry.score, None);
        assert!(entry.not_judged[0].contains("no text"));
    }
}
