//! Whether a review stands: it is whole, and every quote is in the package word for word. What follows from one that does
//! not is the business of whoever reads it.

use crate::{Dimension, DimensionScore, PackageFacts, Quote, ReviewFacts};

impl ReviewFacts {
    /// Highest score of a dimension.
    pub const BEST: f64 = 5.0;

    /// Why the review can't be believed, a fragment each; empty when it can.
    pub fn problems(&self, package: &PackageFacts) -> Vec<String> {
        let mut problems: Vec<String> = self
            .failure
            .iter()
            .map(|why| format!("it is not complete: {why}"))
            .collect();
        for dimension in Dimension::ALL {
            let given: Vec<&DimensionScore> = self
                .scores
                .iter()
                .filter(|score| score.dimension == dimension)
                .collect();
            match given.as_slice() {
                [score] => problems.extend(unfounded(score)),
                [] => problems.push(format!("it says nothing of {}", dimension.title())),
                _ => problems.push(format!("it speaks twice of {}", dimension.title())),
            }
        }
        problems.extend(self.quotes().filter_map(|quote| quote.problem(package)));
        problems
    }

    /// Every passage that the review quotes, those of issues last.
    pub fn quotes(&self) -> impl Iterator<Item = &Quote> {
        let evidence = self.scores.iter().flat_map(|score| &score.evidence);
        evidence.chain(self.issues.iter().filter_map(|issue| issue.quote.as_ref()))
    }
}

impl Quote {
    /// What is wrong with the quote; `None` when the file has it word for word.
    pub fn problem(&self, package: &PackageFacts) -> Option<String> {
        match package.text(&self.file) {
            None => Some(format!(
                "it quotes `{}`, which is no text of the package",
                self.file
            )),
            Some(_) if self.text.trim().is_empty() => {
                Some(format!("it quotes nothing of `{}`", self.file))
            }
            Some(text) if text.contains(&self.text) => None,
            Some(_) => Some(format!(
                "`{}` does not say {:?}",
                self.file,
                shortened(&self.text)
            )),
        }
    }
}

/// Why a dimension's entry is none; each names the first thing only.
fn unfounded(entry: &DimensionScore) -> Option<String> {
    let title = entry.dimension.title();
    match entry.score {
        None if entry.not_judged.is_empty() => {
            Some(format!("it neither judges {title} nor says why not"))
        }
        None => None,
        Some(score) if !(0.0..=ReviewFacts::BEST).contains(&score) => Some(format!(
            "its score of {title} is {score}, not from 0 to {}",
            ReviewFacts::BEST
        )),
        Some(_) if entry.reasons.is_empty() => Some(format!("its score of {title} has no reason")),
        Some(_) if entry.evidence.is_empty() => {
            Some(format!("its score of {title} rests on no quote"))
        }
        Some(_) => None,
    }
}

/// The beginning of a quote, for a message.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}
