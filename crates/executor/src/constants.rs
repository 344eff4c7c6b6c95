//! The best a submission can do that gives every row the same prediction, made here from the train table: a package whose own
//! constant is weak can't lower the floor with it.

use std::collections::BTreeMap;

use camino::Utf8Path;
use fs_err as fs;
use scoring::{Input, Metric};
use task_format::{ANSWERS, Manifest, Objective, PUBLIC_TRAIN, Prediction};

use crate::{
    ExecuteError,
    grader::Submission,
    table::{Table, columns},
};

/// Most items of a constant ranking; those of train that more rows have.
const LONGEST_RANKING: usize = 100;

/// A constant: its name, and one prediction for each column that is asked for.
type Constant = (String, Vec<String>);

/// Writes the constants that suit the task into the folder `into`; none where the train table can't be read as the manifest
/// says, which other checks tell.
pub(crate) fn write(
    package: &Utf8Path,
    manifest: &Manifest,
    into: &Utf8Path,
) -> Result<Vec<Submission>, ExecuteError> {
    let Ok(read) = columns(&package.join(ANSWERS), &[&manifest.data.id_column]) else {
        return Ok(Vec::new());
    };
    let Some(ids) = read.into_iter().next().flatten() else {
        return Ok(Vec::new());
    };
    let targets: Vec<&String> = manifest.data.target_columns.iter().collect();
    let read = columns(&package.join(PUBLIC_TRAIN), &targets).ok();
    let Some(train) = read.and_then(|read| read.into_iter().collect::<Option<Vec<_>>>()) else {
        return Ok(Vec::new());
    };
    fs::create_dir_all(into).map_err(ExecuteError::files)?;
    let mut submissions = Vec::new();
    for (name, cells) in constants(manifest, &train) {
        let row = |id: &String| std::iter::once(id.clone()).chain(cells.clone()).collect();
        let table = Table {
            header: manifest.submission.columns.clone(),
            rows: ids.iter().map(row).collect(),
        };
        let path = into.join(format!("{}.csv", submissions.len()));
        fs::write(&path, table.render()).map_err(ExecuteError::files)?;
        submissions.push(Submission::new(name, path));
    }
    Ok(submissions)
}

/// The constants for a table of targets, one column of cells for each.
fn constants(manifest: &Manifest, train: &[Vec<String>]) -> Vec<Constant> {
    let submission = &manifest.submission;
    let predictions = submission.columns.len().saturating_sub(1);
    let metric = Metric::from_name(&manifest.metric.name);
    if train.first().is_none_or(Vec::is_empty) {
        return Vec::new();
    }
    if metric.is_some_and(|metric| metric.input() == Input::Survival) {
        return vec![(
            "the same risk".to_owned(),
            vec!["0".to_owned(); predictions],
        )];
    }
    let made = match submission.prediction {
        Prediction::Number => of_numbers(manifest, train),
        Prediction::Label => of_labels(manifest, train),
        Prediction::Probability => shares(manifest, train),
        Prediction::ClassProbabilities => class_shares(manifest, &train[0]),
        Prediction::LabelSet => of_sets(&train[0]),
        Prediction::Ranking => of_rankings(&train[0]),
        Prediction::Text => vec![(
            "commonest text of train".to_owned(),
            vec![commonest(&train[0])],
        )],
    };
    made.into_iter()
        .filter(|(_, cells)| cells.len() == predictions)
        .collect()
}

/// Mean, middle and quartiles of each target, the mean of logarithms, and the quantile that the metric asks for. Which of them is
/// best depends on the metric: the mean for squares, the median for absolute errors, less than that for shares of the answer.
fn of_numbers(manifest: &Manifest, train: &[Vec<String>]) -> Vec<Constant> {
    let sorted: Vec<Vec<f64>> = train
        .iter()
        .map(|cells| {
            let number = |cell: &String| cell.trim().parse().ok().filter(|n: &f64| n.is_finite());
            let mut numbers: Vec<f64> = cells.iter().filter_map(number).collect();
            numbers.sort_by(f64::total_cmp);
            numbers
        })
        .collect();
    if sorted.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    let each = |name: &str, of: &dyn Fn(&[f64]) -> f64| {
        let cells = sorted.iter().map(|numbers| of(numbers).to_string());
        (name.to_owned(), cells.collect::<Vec<String>>())
    };
    let mut made = vec![
        each("mean of train", &|numbers| mean(numbers)),
        each("median of train", &|numbers| quantile(numbers, 0.5)),
        each("lower quartile of train", &|numbers| {
            quantile(numbers, 0.25)
        }),
        each("upper quartile of train", &|numbers| {
            quantile(numbers, 0.75)
        }),
    ];
    if sorted.iter().all(|numbers| numbers[0] > -1.0) {
        let logarithmic = |numbers: &[f64]| {
            let logarithms: Vec<f64> = numbers.iter().map(|number| number.ln_1p()).collect();
            mean(&logarithms).exp_m1()
        };
        made.push(each("logarithmic mean of train", &logarithmic));
    }
    if let Some(asked) = manifest.metric.parameters.quantile {
        made.push(each("quantile of train", &|numbers| {
            quantile(numbers, asked)
        }));
    }
    made
}

/// The commonest class; the positive one as well, where the metric looks for it; of grades, the middle one as well.
///
/// Not every class: which one test has most of, nobody can know from train.
fn of_labels(manifest: &Manifest, train: &[Vec<String>]) -> Vec<Constant> {
    let [cells] = train else { return Vec::new() };
    let labels = &manifest.submission.labels;
    let mut made = vec![(
        "commonest class of train".to_owned(),
        vec![commonest(cells)],
    )];
    let metric = Metric::from_name(&manifest.metric.name);
    if metric.is_none_or(Metric::needs_positive_class) {
        let positive = positive_class(manifest);
        made.extend(positive.map(|label| (format!("class {label} everywhere"), vec![label])));
    }
    if manifest.task.objective == Objective::Ordinal {
        let mut places: Vec<usize> = cells
            .iter()
            .filter_map(|cell| labels.iter().position(|label| label == cell))
            .collect();
        places.sort_unstable();
        if let Some(&middle) = places.get(places.len() / 2) {
            made.push((
                "middle grade of train".to_owned(),
                vec![labels[middle].clone()],
            ));
        }
    }
    made
}

/// The positive class; where none is named, the last of two.
fn positive_class(manifest: &Manifest) -> Option<String> {
    let submission = &manifest.submission;
    let last_of_two = || match submission.labels.as_slice() {
        [_, last] => Some(last.clone()),
        _ => None,
    };
    submission.positive_label.clone().or_else(last_of_two)
}

/// The share of the positive class, or of ones in each of several targets.
fn shares(manifest: &Manifest, train: &[Vec<String>]) -> Vec<Constant> {
    let positive = manifest.submission.positive_label.as_deref();
    let is_one = |cell: &str| match positive {
        Some(positive) => cell == positive,
        None => cell.trim().parse() == Ok(1.0),
    };
    let share = |cells: &Vec<String>| {
        let ones = cells.iter().filter(|cell| is_one(cell)).count();
        (ones as f64 / cells.len() as f64).to_string()
    };
    vec![(
        "share of train".to_owned(),
        train.iter().map(share).collect(),
    )]
}

/// The share of each class, in the order of the submission's columns.
fn class_shares(manifest: &Manifest, cells: &[String]) -> Vec<Constant> {
    let labels = &manifest.submission.labels;
    let count = |label: &String| cells.iter().filter(|cell| *cell == label).count();
    let known: usize = labels.iter().map(count).sum();
    if known == 0 {
        return Vec::new();
    }
    let share = |label: &String| (count(label) as f64 / known as f64).to_string();
    vec![(
        "shares of train".to_owned(),
        labels.iter().map(share).collect(),
    )]
}

/// The commonest set, and the labels that at least half of the rows have.
fn of_sets(cells: &[String]) -> Vec<Constant> {
    let half: Vec<&str> = by_count(cells.iter().flat_map(|cell| cell.split_ascii_whitespace()))
        .into_iter()
        .filter(|(_, count)| 2 * count >= cells.len())
        .map(|(label, _)| label)
        .collect();
    vec![
        ("commonest set of train".to_owned(), vec![commonest(cells)]),
        ("labels of half of train".to_owned(), vec![half.join(" ")]),
    ]
}

/// The commonest items, as many as the longest list of train has.
fn of_rankings(cells: &[String]) -> Vec<Constant> {
    let items = |cell: &String| cell.split_ascii_whitespace().count();
    let longest = cells.iter().map(items).max().unwrap_or(0);
    let ranked: Vec<&str> = by_count(cells.iter().flat_map(|cell| cell.split_ascii_whitespace()))
        .into_iter()
        .take(LONGEST_RANKING.min(longest.max(10)))
        .map(|(item, _)| item)
        .collect();
    vec![(
        "commonest items of train".to_owned(),
        vec![ranked.join(" ")],
    )]
}

/// The commonest cell; of equally common ones the first in order of their texts.
fn commonest(cells: &[String]) -> String {
    let counted = by_count(cells.iter().map(String::as_str));
    counted
        .first()
        .map_or_else(String::new, |(cell, _)| (*cell).to_owned())
}

/// Texts with how often they occur, the commonest first.
fn by_count<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<(&'a str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for text in texts {
        *counts.entry(text).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

/// The number below which that share of the sorted numbers lies; the mean of two where it falls between them.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    f64::midpoint(
        sorted[place.floor() as usize],
        sorted[place.ceil() as usize],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|&cell| cell.to_owned()).collect()
    }

    fn made(manifest: &Manifest, train: &[Vec<String>]) -> BTreeMap<String, Vec<String>> {
        constants(manifest, train).into_iter().collect()
    }

    #[test]
    fn probabilities_are_the_share_of_the_positive_class() {
        let manifest = crate::testing::manifest();
        let train = [column(&["yes", "no", "no", "no"])];
        assert_eq!(
            constants(&manifest, &train),
            [("share of train".to_owned(), column(&["0.25"]))]
        );
        assert_eq!(constants(&manifest, &[Vec::new()]), []);
    }

    #[test]
    fn numbers_are_the_usual_middles() {
        let mut manifest = crate::testing::manifest();
        manifest.metric.name = "mae".to_owned();
        manifest.submission.prediction = Prediction::Number;
        let made = made(&manifest, &[column(&["0", "8", "1", "", "3"])]);
        assert_eq!(made["mean of train"], ["3"]);
        assert_eq!(made["median of train"], ["2"]);
        assert!(made.contains_key("logarithmic mean of train"));
        assert_eq!(constants(&manifest, &[column(&["a", "b"])]), []);
    }

    #[test]
    fn labels_are_the_commonest_and_the_one_that_is_looked_for() {
        let mut manifest = crate::testing::manifest();
        manifest.submission.prediction = Prediction::Label;
        manifest.metric.name = "f1".to_owned();
        let train = [column(&["no", "yes", "no"])];
        let two = made(&manifest, &train);
        assert_eq!(two["commonest class of train"], ["no"]);
        assert_eq!(two["class yes everywhere"], ["yes"]);
        manifest.metric.name = "accuracy".to_owned();
        assert_eq!(made(&manifest, &train).len(), 1);
        manifest.submission.labels = column(&["a", "b", "c"]);
        manifest.task.objective = Objective::Ordinal;
        let grades = made(&manifest, &[column(&["c", "a", "b", "a", "b", "c", "c"])]);
        assert_eq!(grades["commonest class of train"], ["c"]);
        assert_eq!(grades["middle grade of train"], ["b"]);
    }

    #[test]
    fn other_forms_have_constants_too() {
        let mut manifest = crate::testing::manifest();
        manifest.metric.name = "custom".to_owned();
        manifest.submission.prediction = Prediction::ClassProbabilities;
        manifest.submission.columns = column(&["id", "no", "yes"]);
        let shares = made(&manifest, &[column(&["yes", "no", "no", "no"])]);
        assert_eq!(shares["shares of train"], ["0.75", "0.25"]);
        manifest.submission.columns = column(&["id", "tags"]);
        let lists = [column(&["a b", "b", "", "b c"])];
        manifest.submission.prediction = Prediction::LabelSet;
        assert_eq!(made(&manifest, &lists)["labels of half of train"], ["b"]);
        manifest.submission.prediction = Prediction::Ranking;
        assert_eq!(
            made(&manifest, &lists)["commonest items of train"],
            ["b a c"]
        );
        manifest.submission.prediction = Prediction::Text;
        assert_eq!(made(&manifest, &lists)["commonest text of train"], [""]);
    }
}
