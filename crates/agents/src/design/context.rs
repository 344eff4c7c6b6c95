//! What the Python templates are given: a proposal, turned into names, lists and settings.

use facts::{Format, Profile, Reading, Storage};
use scoring::{Direction, Metric};
use serde::Serialize;
use task_format::{Objective, Prediction, SplitPolicy};

use super::python::{class_name, identifier, list};
use super::reading::ReadingCode;
use crate::{Derivation, FeatureKind, Proposal};

/// More numbers than this are not listed: they are "all numeric columns".
const LISTED_NUMBERS: usize = 30;

/// Input of `prepare.py`.
#[derive(Serialize)]
pub(super) struct PrepareContext<'a> {
    title: &'a str,
    seed: u64,
    test_fraction: f64,
    id: &'a str,
    target: &'a str,
    /// Raw and published classes, where they differ.
    spelling: Option<Vec<(&'a str, &'a str)>>,
    spelling_reason: &'static str,
    labels: &'a [String],
    threshold: Option<Threshold<'a>>,
    group: Option<&'a str>,
    time: Option<Time<'a>>,
    left_out: Vec<(String, String)>,
    reading: ReadingCode,
    raw_rows: usize,
    dropped_rows: &'a [crate::DroppedRows],
    kept_rows: usize,
    prediction: &'static str,
    sample_labels: String,
    sample_decimals: u32,
    all_labels: String,
}

#[derive(Serialize)]
struct Threshold<'a> {
    yes: &'a str,
    no: &'a str,
}

#[derive(Serialize)]
struct Time<'a> {
    column: &'a str,
    pattern: &'a str,
}

impl<'a> PrepareContext<'a> {
    pub(super) fn new(profile: &'a Profile, proposal: &'a Proposal) -> Self {
        let target = &proposal.target;
        let (mut spelling, mut threshold) = (None, None);
        match &target.derivation {
            Some(Derivation::Renamed { labels }) => {
                spelling = Some(
                    labels
                        .iter()
                        .map(|(raw, label)| (raw.as_str(), label.as_str()))
                        .collect::<Vec<_>>(),
                );
            }
            Some(Derivation::Positive { yes, no }) => threshold = Some(Threshold { yes, no }),
            None => {}
        }
        let (sample_labels, all_labels) = match (&spelling, &threshold) {
            (Some(_), _) => (
                "sorted(set(LABELS.values()))".to_owned(),
                "LABELS.values()".to_owned(),
            ),
            (None, Some(_)) => (list(&target.labels, 0), list(&target.labels, 0)),
            (None, None) => ("LABELS".to_owned(), "LABELS".to_owned()),
        };
        let column = proposal.split.column.as_deref();
        let time = column
            .filter(|_| proposal.split.policy == SplitPolicy::Time)
            .map(|name| Time {
                column: name,
                pattern: profile
                    .column(name)
                    .and_then(|column| column.dates.as_ref())
                    .map(|dates| dates.pattern.as_str())
                    .expect("a proposal divides by a date column of its profile"),
            });
        let target_column = profile
            .column(&target.column)
            .expect("a proposal's target is a column of its profile");
        let decimals = match target_column.storage {
            Storage::Integer => 0,
            _ => target_column
                .numbers
                .map_or(2, |numbers| numbers.decimals.clamp(1, 6)),
        };
        Self {
            title: &proposal.title,
            seed: proposal.split.seed,
            test_fraction: proposal.split.test_fraction,
            id: &proposal.id_column,
            target: &target.column,
            spelling_reason: spelling.as_deref().map_or("", spelling_reason),
            spelling,
            labels: &target.labels,
            threshold,
            group: column.filter(|_| proposal.split.policy == SplitPolicy::Group),
            time,
            left_out: left_out(profile, proposal),
            reading: ReadingCode::new(profile),
            raw_rows: profile.rows,
            dropped_rows: &proposal.dropped_rows,
            kept_rows: profile.rows.saturating_sub(proposal.dropped_row_count()),
            prediction: match proposal.prediction {
                Prediction::Label => "label",
                Prediction::Probability => "probability",
                Prediction::Number => "number",
            },
            sample_labels,
            sample_decimals: decimals,
            all_labels,
        }
    }
}

/// Why classes are spelled differently than in the raw data.
fn spelling_reason(pairs: &[(&str, &str)]) -> &'static str {
    let labels = || pairs.iter().map(|(_, label)| *label);
    if labels().all(|label| matches!(label, "True" | "False")) {
        "Truth values are written as Python writes them."
    } else if labels().all(|label| label.parse::<f64>().is_ok()) {
        "Numbers are written as programs write them, so that reading and writing changes nothing."
    } else {
        "Some spellings would be read as a missing value."
    }
}

/// Columns that are dropped after reading, in file order, then those of left-out parts of a workbook.
fn left_out(profile: &Profile, proposal: &Proposal) -> Vec<(String, String)> {
    let known = profile.columns.iter().filter_map(|column| {
        proposal
            .dropped
            .get(&column.name)
            .map(|reason| (column.name.clone(), reason.clone()))
    });
    let mut out: Vec<(String, String)> = known.collect();
    // Of these formats, `file: column` entries name columns that a reader sees although the profile
    // leaves them out. (Of a workbook they name sheets.)
    let typed = |reading: &&Reading| {
        matches!(
            reading.format,
            Format::Parquet | Format::JsonRecords { .. } | Format::JsonLines { .. }
        )
    };
    for (what, reason) in &profile.left_out {
        let column = profile
            .readings
            .iter()
            .filter(typed)
            .find_map(|reading| what.strip_prefix(&reading.path)?.strip_prefix(": "));
        if let Some(column) = column {
            out.push((column.to_owned(), reason.clone()));
        }
    }
    out
}

/// Input of `metric.py`.
#[derive(Serialize)]
pub(super) struct MetricContext<'a> {
    title: &'a str,
    metric: &'static str,
    metric_title: &'static str,
    summary: String,
    class_name: String,
    id: &'a str,
    target: &'a str,
    positive: Option<&'a str>,
    labels: &'a [String],
    check: &'static str,
    unit_interval: bool,
    maximize: bool,
    numpy: bool,
    sklearn: Option<&'static str>,
}

impl<'a> MetricContext<'a> {
    pub(super) fn new(proposal: &'a Proposal) -> Self {
        let metric = proposal.metric;
        let better = match metric.direction() {
            Direction::Maximize => "higher",
            Direction::Minimize => "lower",
        };
        let title = metric.title();
        let mut initial = title.chars();
        let title_case: String = initial
            .next()
            .map(|first| first.to_uppercase().chain(initial).collect())
            .unwrap_or_default();
        let needs_positive = matches!(
            metric,
            Metric::F1
                | Metric::RocAuc
                | Metric::AveragePrecision
                | Metric::LogLoss
                | Metric::Brier
        );
        let label = proposal.prediction == Prediction::Label;
        let name = class_name(&proposal.target.column);
        Self {
            title: &proposal.title,
            metric: metric.name(),
            metric_title: title,
            summary: format!("{title_case}: {}. {better} is better.", metric.formula())
                .replace(". higher", ". Higher")
                .replace(". lower", ". Lower"),
            class_name: format!("{name}Metric"),
            id: &proposal.id_column,
            target: &proposal.target.column,
            positive: proposal
                .target
                .positive
                .as_deref()
                .filter(|_| needs_positive),
            labels: if label { &proposal.target.labels } else { &[] },
            check: if label {
                "check_labels"
            } else {
                "check_numbers"
            },
            unit_interval: metric.needs_unit_interval(),
            maximize: metric.direction() == Direction::Maximize,
            numpy: matches!(metric, Metric::LogLoss | Metric::Rmse | Metric::Rmsle),
            sklearn: match metric {
                Metric::Accuracy => Some("accuracy_score"),
                Metric::BalancedAccuracy => Some("balanced_accuracy_score"),
                Metric::MacroF1 | Metric::F1 => Some("f1_score"),
                Metric::Mcc => Some("matthews_corrcoef"),
                Metric::RocAuc => Some("roc_auc_score"),
                Metric::AveragePrecision => Some("average_precision_score"),
                Metric::QuadraticWeightedKappa => Some("cohen_kappa_score"),
                Metric::R2 => Some("r2_score"),
                Metric::Mape => Some("mean_absolute_percentage_error"),
                Metric::LogLoss
                | Metric::Brier
                | Metric::Rmse
                | Metric::Mae
                | Metric::Rmsle
                | Metric::MedianAbsoluteError => None,
            },
        }
    }
}

/// Input of the ladder's solvers.
#[derive(Serialize)]
pub(super) struct BaselineContext<'a> {
    title: &'a str,
    id: &'a str,
    target: &'a str,
    labels: &'a [String],
    positive: Option<&'a str>,
    metric: &'static str,
    /// `label`, `probability`, `number` or `grade`.
    kind: &'static str,
    classifier: bool,
    balanced: bool,
    /// Whether a class is named by a number, which scikit-learn's forest stumbles over when it weighs classes.
    any_number_label: bool,
    /// `log` when the metric compares logarithms.
    target_scale: &'static str,
    constant_what: &'static str,

    numbers: Vec<&'a str>,
    numbers_rest: bool,
    skewed: Vec<String>,
    categories: Vec<String>,
    categories_missing: bool,
    grades: Vec<(&'a str, &'a [String])>,
    dates: Vec<DateCode<'a>>,
    unused: Vec<String>,
    unused_note: &'static str,
    /// Whether every feature is a number.
    plain: bool,
    /// Expression of the columns that are read as text.
    text_columns: Option<String>,

    numpy_linear: bool,
    numpy_trees: bool,
    linear_on: &'static str,
    linear_features_doc: String,
    linear_compose: bool,
    linear_impute: bool,
    linear_preprocessing: &'static str,
    linear_scaler: Option<&'static str>,
    max_categories: u32,
    logistic_arguments: String,
    ridge_alpha: &'static str,
    forest_trees: u32,
    forest_leaf: u32,
    forest_features: &'static str,
    forest_samples: Option<&'static str>,
    boosted_rounds: u32,
    boosted_leaves: u32,
    boosted_leaf: u32,
    boosted_columns: &'static str,
}

#[derive(Serialize)]
struct DateCode<'a> {
    column: &'a str,
    variable: String,
    pattern: &'a str,
    parts: Vec<DatePart>,
}

#[derive(Serialize)]
struct DatePart {
    name: String,
    accessor: &'static str,
}

impl<'a> BaselineContext<'a> {
    pub(super) fn new(proposal: &'a Proposal, raw_rows: usize) -> Self {
        let (mut numbers, mut skewed, mut categories, mut grades) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut dates, mut unused) = (Vec::new(), Vec::new());
        let (mut texts, mut groups, mut categories_missing, mut numeric_missing) =
            (false, false, false, false);
        let future = proposal.split.policy == SplitPolicy::Time;
        for feature in &proposal.features {
            let name = feature.column.as_str();
            match &feature.kind {
                FeatureKind::Number {
                    skewed: on_log_scale,
                } => {
                    numbers.push(name);
                    numeric_missing |= feature.missing;
                    if *on_log_scale {
                        skewed.push(name.to_owned());
                    }
                }
                FeatureKind::Category => {
                    categories.push(name.to_owned());
                    categories_missing |= feature.missing;
                }
                FeatureKind::Grade { order } => {
                    grades.push((name, order.as_slice()));
                    numeric_missing |= feature.missing;
                }
                FeatureKind::Date { pattern, parts } => {
                    numeric_missing |= feature.missing;
                    dates.push(DateCode {
                        column: name,
                        variable: format!("{}_{}", identifier(name, "date"), dates.len() + 1)
                            .trim_end_matches("_1")
                            .to_owned(),
                        pattern,
                        parts: parts
                            .iter()
                            // Of a later year than all of train nothing could be learnt.
                            .filter(|part| !(future && *part == "year"))
                            .map(|part| date_part(name, part))
                            .collect(),
                    });
                }
                FeatureKind::Text => {
                    texts = true;
                    unused.push(name.to_owned());
                }
                FeatureKind::Group => {
                    groups = true;
                    unused.push(name.to_owned());
                }
            }
        }
        let plain =
            categories.is_empty() && grades.is_empty() && dates.is_empty() && unused.is_empty();
        let numbers_rest = !plain && numbers.len() > LISTED_NUMBERS;
        let kind = match (proposal.prediction, proposal.objective) {
            (Prediction::Label, Objective::Ordinal) => "grade",
            (Prediction::Label, _) => "label",
            (Prediction::Probability, _) => "probability",
            (Prediction::Number, _) => "number",
        };
        let classifier = matches!(kind, "label" | "probability");
        let balanced = matches!(proposal.metric, Metric::BalancedAccuracy | Metric::MacroF1);
        let log_target = proposal.metric == Metric::Rmsle;

        let numeric = !numbers.is_empty() || !grades.is_empty() || !dates.is_empty();
        let scaler = match (numeric, numeric_missing) {
            (false, _) => None,
            (true, false) => Some("StandardScaler()"),
            (true, true) => Some("SimpleImputer(strategy=\"median\"), StandardScaler()"),
        };
        let rows = raw_rows.saturating_sub(proposal.dropped_row_count());
        let train_rows = (rows as f64 * (1.0 - proposal.split.test_fraction)) as usize;
        let width = numbers.len() + grades.len() + dates.len() * 2 + categories.len() * 3;
        let size = Size {
            rows: train_rows,
            width: width.max(1),
            classes: proposal.target.labels.len(),
        };

        let mut parts = Vec::new();
        match (numbers.is_empty(), skewed.is_empty()) {
            (true, _) => {}
            (false, true) => parts.push("numbers"),
            (false, false) => parts.push("numbers (skewed ones as logarithms)"),
        }
        if !grades.is_empty() {
            parts.push("ordered values by rank");
        }
        if !dates.is_empty() {
            parts.push("parts of dates");
        }
        if !categories.is_empty() {
            parts.push("categories as text");
        }
        let c = size.logistic_c();
        let mut logistic = vec!["max_iter=1000".to_owned()];
        if c != "1.0" {
            logistic.insert(0, format!("C={c}"));
        }
        if balanced {
            logistic.push("class_weight=\"balanced\"".to_owned());
        }
        Self {
            title: &proposal.title,
            id: &proposal.id_column,
            target: &proposal.target.column,
            labels: &proposal.target.labels,
            positive: proposal.target.positive.as_deref(),
            metric: proposal.metric.name(),
            kind,
            classifier,
            balanced,
            any_number_label: proposal
                .target
                .labels
                .iter()
                .any(|label| label.parse::<f64>().is_ok()),
            target_scale: if log_target { "log" } else { "plain" },
            constant_what: match kind {
                "probability" => "probability",
                "number" => "number",
                "grade" => "grade",
                _ => "label",
            },
            numpy_linear: log_target || kind == "grade" || !skewed.is_empty(),
            numpy_trees: log_target || kind == "grade",
            linear_on: match (numeric, categories.is_empty()) {
                (true, true) => " on scaled numbers",
                (true, false) => " on scaled numbers and one-hot categories",
                (false, _) => " on one-hot categories",
            },
            linear_features_doc: capitalised(&format!("{}.", parts.join(", "))),
            linear_compose: numeric && !categories.is_empty(),
            linear_impute: numeric_missing,
            linear_preprocessing: match (numeric, categories.is_empty()) {
                (true, true) => "StandardScaler",
                (true, false) => "OneHotEncoder, StandardScaler",
                (false, _) => "OneHotEncoder",
            },
            linear_scaler: scaler,
            max_categories: if train_rows < 2_000 { 20 } else { 50 },
            logistic_arguments: logistic.join(", "),
            ridge_alpha: size.ridge_alpha(),
            forest_trees: if train_rows <= 6_000 { 200 } else { 100 },
            forest_leaf: match train_rows {
                0..500 => 2,
                500..10_000 => 3,
                _ => 10,
            },
            forest_features: if width <= 4 { "1.0" } else { "0.4" },
            forest_samples: (train_rows > 20_000).then_some("0.3"),
            boosted_rounds: size.boosted_rounds(),
            boosted_leaves: match train_rows {
                0..500 => 7,
                500..3_000 => 15,
                _ => 31,
            },
            boosted_leaf: match train_rows {
                0..500 => 5,
                500..3_000 => 10,
                _ => 20,
            },
            boosted_columns: match width {
                0..=10 => "1.0",
                11..=50 => "0.7",
                _ => "0.3",
            },
            text_columns: text_columns(
                &categories,
                &grades,
                &dates,
                &unused,
                (kind != "number").then_some(()),
            ),
            plain,
            numbers,
            numbers_rest,
            skewed,
            categories,
            categories_missing,
            grades,
            dates,
            unused_note: match (texts, groups) {
                (true, true) => {
                    "Free text, names with few rows each, and groups that are new in test: left to better solvers."
                }
                (true, false) => "Free text, or names with few rows each: left to better solvers.",
                _ => "Every value of it in test is new, so it says nothing to this solver.",
            },
            unused,
        }
    }
}

/// The size of a training set, from which the settings of solvers follow.
struct Size {
    rows: usize,
    width: usize,
    classes: usize,
}

impl Size {
    fn per_column(&self) -> usize {
        self.rows / self.width
    }

    /// Few rows per column need a firmer hand.
    fn logistic_c(&self) -> &'static str {
        match self.per_column() {
            0..2 => "0.01",
            2..20 => "0.1",
            _ => "1.0",
        }
    }

    fn ridge_alpha(&self) -> &'static str {
        match self.per_column() {
            0..2 => "100.0",
            2..20 => "10.0",
            _ => "1.0",
        }
    }

    /// A tree per class and round: many classes need fewer rounds to stay within seconds.
    fn boosted_rounds(&self) -> u32 {
        match (self.classes, self.rows) {
            (11.., _) => 60,
            (3..=10, _) => 100,
            (2, 0..3_000) => 100,
            (_, 0..500) => 100,
            _ => 200,
        }
    }
}

fn date_part(column: &str, part: &str) -> DatePart {
    let (word, accessor) = match part {
        "year" => ("year", "year"),
        "month" => ("month", "month"),
        "hour" => ("hour", "hour"),
        _ => ("day of week", "day_of_week"),
    };
    DatePart {
        name: format!("{column}: {word}"),
        accessor,
    }
}

/// The columns whose cells are codes, labels, dates or prose.
fn text_columns(
    categories: &[String],
    grades: &[(&str, &[String])],
    dates: &[DateCode<'_>],
    unused: &[String],
    labels: Option<()>,
) -> Option<String> {
    let mut items: Vec<String> = Vec::new();
    if !categories.is_empty() {
        items.push("*CATEGORIES".to_owned());
    }
    if !grades.is_empty() {
        items.push("*GRADES".to_owned());
    }
    if !unused.is_empty() {
        items.push("*UNUSED".to_owned());
    }
    items.extend(dates.iter().map(|date| super::python::literal(date.column)));
    if labels.is_some() {
        items.push("TARGET".to_owned());
    }
    Some(match items.as_slice() {
        [] => return None,
        [only] if !only.starts_with('*') => format!("{{{only}: \"str\"}}"),
        [only] => format!("dict.fromkeys({}, \"str\")", &only[1..]),
        _ => format!("dict.fromkeys([{}], \"str\")", items.join(", ")),
    })
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}
