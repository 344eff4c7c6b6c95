//! What a description says of the target, the metric and its direction, in the sentences that speak of scoring.

use scoring::{Direction, Metric};
use task_format::Manifest;

use super::description::{Description, Sentence, has_word, words_at};

/// Words that make a sentence, or a section by its heading, one about scoring.
const SCORING: [&str; 12] = [
    "scored",
    "score",
    "scores",
    "scoring",
    "evaluated",
    "evaluation",
    "metric",
    "graded",
    "grading",
    "judged by",
    "measured by",
    "leaderboard",
];
/// Words of a sentence that states a metric, and does not only explain one.
const STATING: [&str; 9] = [
    "scored",
    "scoring",
    "evaluated",
    "evaluation",
    "metric",
    "graded",
    "judged by",
    "measured by",
    "leaderboard",
];
/// Words of a sentence that asks for a prediction.
const ASKING: [&str; 22] = [
    "predict",
    "predicts",
    "predicted",
    "prediction",
    "predictions",
    "predicting",
    "forecast",
    "forecasts",
    "estimate",
    "classify",
    "probability",
    "tell",
    "tells",
    "guess",
    "infer",
    "determine",
    "identify",
    "detect",
    "rank",
    "assign",
    "label",
    "recognise",
];
/// What stands before `is better`.
const MORE: [&str; 5] = ["higher", "greater", "larger", "bigger", "more"];
const LESS: [&str; 3] = ["lower", "smaller", "less"];

/// What the description says; quotes are lines of it.
pub(crate) struct Statement<'a> {
    pub(crate) metric: Named<'a>,
    pub(crate) direction: Stated<'a>,
    pub(crate) target: Asked<'a>,
}

/// How the metric is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named<'a> {
    /// A custom metric: rules don't know its names.
    Unknown,
    /// The right one, here.
    Right(&'a str),
    /// The right one, and another where it should be.
    Both(&'a str, Metric),
    /// Only another one.
    Wrong(&'a str, Metric),
    /// None at all.
    Missing,
}

/// What is said of the direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stated<'a> {
    Right(&'a str),
    /// The right one and the other one.
    Both(&'a str),
    /// Only the other one.
    Wrong(&'a str),
    Missing,
}

/// How the target is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked<'a> {
    /// In a sentence that asks for it.
    For(&'a str),
    /// Somewhere, but no sentence asks for it.
    Named,
    /// Not every target is named: these are missing.
    Missing(Vec<String>),
}

pub(crate) fn read<'a>(description: &Description<'a>, manifest: &Manifest) -> Statement<'a> {
    let sentences = description.sentences();
    Statement {
        metric: metric(&sentences, &manifest.metric.name),
        direction: direction(&sentences, manifest.metric.direction),
        target: target(description, &sentences, &manifest.data.target_columns),
    }
}

fn is_about_scoring(sentence: &Sentence<'_>) -> bool {
    let says = |text: &str| SCORING.iter().any(|word| has_word(text, word));
    says(&sentence.lower) || says(&sentence.section)
}

fn metric<'a>(sentences: &[Sentence<'a>], name: &str) -> Named<'a> {
    let Some(right) = Metric::from_name(name) else {
        return Named::Unknown;
    };
    let mut right_in_scoring = None;
    let mut right_anywhere = None;
    let mut wrong = None;
    let mut stated_wrong = None;
    for sentence in sentences {
        let named = metrics_in(&sentence.lower);
        if named.contains(&right) {
            right_anywhere.get_or_insert(sentence.source);
            if is_about_scoring(sentence) {
                right_in_scoring.get_or_insert(sentence.source);
            }
        } else if let Some(&other) = named.first()
            && is_about_scoring(sentence)
        {
            wrong.get_or_insert((sentence.source, other));
            if STATING.iter().any(|word| has_word(&sentence.lower, word)) {
                stated_wrong.get_or_insert((sentence.source, other));
            }
        }
    }
    match (right_in_scoring, stated_wrong) {
        (Some(_), Some((line, other))) => return Named::Both(line, other),
        (Some(line), None) => return Named::Right(line),
        (None, _) => {}
    }
    match (right_anywhere, wrong) {
        (_, Some((line, other))) => Named::Wrong(line, other),
        (Some(line), None) => Named::Right(line),
        (None, None) => Named::Missing,
    }
}

/// Metrics of the catalogue that a sentence names. Where names overlap, the longest counts: `balanced accuracy` is not
/// `accuracy`.
fn metrics_in(sentence: &str) -> Vec<Metric> {
    let mut found: Vec<(usize, usize, Metric)> = Metric::ALL
        .iter()
        .flat_map(|&metric| {
            let names = names(metric);
            names
                .iter()
                .flat_map(|name| {
                    words_at(sentence, name)
                        .map(|at| (at, at + name.len(), metric))
                        .collect::<Vec<_>>()
                })
                .collect::<Vec<_>>()
        })
        .collect();
    let all = found.clone();
    found.retain(|&(from, to, metric)| {
        !all.iter().any(|&(other_from, other_to, other)| {
            other != metric
                && other_from <= from
                && to <= other_to
                && (other_to - other_from) > (to - from)
        })
    });
    let mut metrics: Vec<Metric> = found.into_iter().map(|(_, _, metric)| metric).collect();
    metrics.dedup();
    metrics
}

/// What people call a metric, in lower case: its title with and without what stands in brackets, and usual synonyms.
fn names(metric: Metric) -> Vec<String> {
    let title = metric.title().to_lowercase();
    let mut names = vec![metric.name().replace('_', " "), metric.name().to_owned()];
    if let Some((long, rest)) = title.split_once(" (") {
        names.push(long.to_owned());
        names.push(rest.trim_end_matches(')').to_owned());
    }
    names.push(title);
    let synonyms: &[&str] = match metric {
        Metric::RocAuc => &["auc", "auroc", "area under the roc curve", "roc-auc"],
        Metric::LogLoss => &[
            "cross-entropy",
            "cross entropy",
            "logloss",
            "logarithmic loss",
        ],
        Metric::Rmse => &["root mean square error", "root-mean-square error"],
        Metric::Rmsle => &["root mean squared logarithmic error"],
        Metric::R2 => &["r²", "r-squared", "r squared"],
        Metric::MacroF1 => &["macro-averaged f1", "macro-f1", "mean f1"],
        Metric::QuadraticWeightedKappa => &["qwk", "quadratic kappa"],
        Metric::Mae => &["mean absolute error"],
        _ => &[],
    };
    names.extend(synonyms.iter().map(|&name| name.to_owned()));
    names.sort();
    names.dedup();
    names
}

fn direction<'a>(sentences: &[Sentence<'a>], right: Direction) -> Stated<'a> {
    let (right_words, wrong_words) = match right {
        Direction::Maximize => (phrases(&MORE, "maximi"), phrases(&LESS, "minimi")),
        Direction::Minimize => (phrases(&LESS, "minimi"), phrases(&MORE, "maximi")),
    };
    // Outside of scoring, "higher is better" may be said of a feature; it counts only when nothing else is said.
    let first = |words: &[String], scoring: bool| {
        sentences
            .iter()
            .filter(|sentence| !scoring || is_about_scoring(sentence))
            .find(|sentence| words.iter().any(|word| has_word(&sentence.lower, word)))
            .map(|sentence| sentence.source)
    };
    match (first(&right_words, true), first(&wrong_words, true)) {
        (Some(line), None) => return Stated::Right(line),
        (Some(_), Some(line)) => return Stated::Both(line),
        (None, Some(line)) => return Stated::Wrong(line),
        (None, None) => {}
    }
    match (first(&right_words, false), first(&wrong_words, false)) {
        (Some(line), _) => Stated::Right(line),
        (None, Some(line)) => Stated::Wrong(line),
        (None, None) => Stated::Missing,
    }
}

/// Phrases that state a direction: `higher is better`, `the higher the better`, `higher scores are better`, `maximise`.
fn phrases(comparatives: &[&str], stem: &str) -> Vec<String> {
    let of = |word: &&str| {
        [
            format!("{word} is better"),
            format!("{word} the better"),
            format!("{word} scores are better"),
            format!("{word} values are better"),
            format!("{word} scores win"),
            format!("{word}-is-better"),
        ]
    };
    let verbs = ["se", "ze", "sing", "zing", "sed", "zed"].map(|end| format!("{stem}{end}"));
    comparatives.iter().flat_map(of).chain(verbs).collect()
}

fn target<'a>(
    description: &Description<'a>,
    sentences: &[Sentence<'a>],
    targets: &[String],
) -> Asked<'a> {
    let missing: Vec<String> = targets
        .iter()
        .filter(|target| !description.mentions(target))
        .cloned()
        .collect();
    if !missing.is_empty() {
        return Asked::Missing(missing);
    }
    let asks = |sentence: &&Sentence<'a>| {
        ASKING.iter().any(|word| has_word(&sentence.lower, word))
            && targets.iter().any(|target| {
                let name = super::description::plain(target).to_lowercase();
                has_word(&sentence.lower, &name)
            })
    };
    match sentences.iter().find(asks) {
        Some(sentence) => Asked::For(sentence.source),
        None => Asked::Named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str, metric_name: &str) -> Named<'static> {
        let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
        metric(&Description::new(text).sentences(), metric_name)
    }

    fn stated(text: &str, right: Direction) -> Stated<'static> {
        let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
        direction(&Description::new(text).sentences(), right)
    }

    #[test]
    fn every_metric_is_found_by_its_own_title_and_no_other_is() {
        for metric in Metric::ALL {
            let sentence = format!(
                "submissions are scored by {}.",
                metric.title().to_lowercase()
            );
            let named = metrics_in(&sentence);
            assert!(
                named.iter().all(|named| named.title() == metric.title())
                    && named.contains(&metric),
                "{sentence}: {named:?}"
            );
        }
    }

    #[test]
    fn metrics_right_wrong_and_both() {
        let right = "Scored by balanced accuracy.";
        assert_eq!(named(right, "balanced_accuracy"), Named::Right(right));
        assert_eq!(
            named(right, "accuracy"),
            Named::Wrong(right, Metric::BalancedAccuracy)
        );
        let aside = "The accuracy of the scale is 1 g.\n\n## Evaluation\n\nWe take RMSE.";
        assert_eq!(named(aside, "rmse"), Named::Right("We take RMSE."));
        assert_eq!(
            named(aside, "accuracy"),
            Named::Wrong("We take RMSE.", Metric::Rmse)
        );
        let both = "The metric is log loss.\nThe leaderboard shows accuracy.";
        assert!(matches!(
            named(both, "log_loss"),
            Named::Both(_, Metric::Accuracy)
        ));
        assert_eq!(named("Nothing is said.", "f1"), Named::Missing);
        assert_eq!(named("Scored by F1.", "custom"), Named::Unknown);
    }

    #[test]
    fn directions_of_scores_and_of_features() {
        let (up, down) = (Direction::Maximize, Direction::Minimize);
        let text = "Scored by MAE. Lower is better; a perfect submission scores 0.";
        assert_eq!(stated(text, down), Stated::Right(text));
        assert_eq!(stated(text, up), Stated::Wrong(text));
        let feature = "For `rating`, higher is better.\n\n## Scoring\n\nLower is better.";
        assert_eq!(stated(feature, down), Stated::Right("Lower is better."));
        assert!(matches!(
            stated(
                "The score is to be maximised.\n\nA lower score is better: lower is better for the score.",
                up
            ),
            Stated::Both(_)
        ));
        assert_eq!(stated("Scored by MAE.", up), Stated::Missing);
    }
}
