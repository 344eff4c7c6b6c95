//! What a judge is shown of a package: its texts, what its public tables look like, what was measured. Never the answers,
//! nor values that were read from them.

use facts::{ColumnProfile, CsvFacts, LadderFacts, SplitFacts, TargetNumbers};
use findings::{CheckId, Policy};
use prompts::{Header, ReviewerInput, ReviewerSystem};
use task_format::{BASELINES, DESCRIPTION, MANIFEST, METRIC, PREPARE, slug};

use crate::ReviewSubject;

/// Checks that read the files only.
const ON_PAPER: [(char, u8); 8] = [
    ('A', 1),
    ('A', 2),
    ('A', 3),
    ('A', 4),
    ('A', 5),
    ('A', 6),
    ('A', 7),
    ('A', 11),
];
/// Checks that want the tables measured.
const OF_TABLES: [(char, u8); 18] = [
    ('A', 8),
    ('A', 9),
    ('A', 10),
    ('D', 1),
    ('D', 2),
    ('D', 3),
    ('D', 4),
    ('D', 5),
    ('D', 9),
    ('D', 10),
    ('D', 11),
    ('E', 1),
    ('E', 2),
    ('E', 3),
    ('E', 4),
    ('E', 5),
    ('E', 6),
    ('E', 8),
];
/// Checks that want the scores of the baselines.
const OF_LADDER: [(char, u8); 4] = [('C', 1), ('C', 2), ('C', 3), ('C', 4)];

/// Whose threshold the mean of the scores must reach, and whose the number of scores.
const MEAN: CheckId = CheckId::new('F', 2);
const JUDGED: CheckId = CheckId::new('F', 4);

/// Most columns of a table, classes of a target and columns with their power that are listed.
const MOST_LISTED: usize = 100;

/// Who the judge is.
pub(super) fn system(subject: &ReviewSubject<'_>) -> ReviewerSystem {
    let mut checks = ON_PAPER.to_vec();
    if subject.split.is_some() {
        checks.extend(OF_TABLES);
    }
    if subject.ladder.is_some() {
        checks.extend(OF_LADDER);
    }
    let policy = Policy::embedded();
    ReviewerSystem {
        admits: threshold(&policy, MEAN, "mean"),
        least: least(&policy),
        checked: checks
            .into_iter()
            .map(|(group, number)| {
                let rule = policy.rule(CheckId::new(group, number));
                rule.expect("the policy has every check").title.clone()
            })
            .collect(),
    }
}

/// How many dimensions must be scored, so that their mean means something.
pub(super) fn least(policy: &Policy) -> u32 {
    threshold(policy, JUDGED, "dimensions") as u32
}

fn threshold(policy: &Policy, check: CheckId, name: &str) -> f64 {
    let rule = policy.rule(check).expect("the policy has every check");
    rule.threshold(name)
}

/// The package to be judged.
pub(super) fn task(subject: &ReviewSubject<'_>, attempt: u32) -> ReviewerInput {
    ReviewerInput {
        header: Header {
            agent: "reviewer".to_owned(),
            dataset: slug(&subject.manifest.dataset.name),
            task: subject.manifest.id.to_string(),
            attempt,
        },
        files: files(subject),
        profile: tables(subject),
        raw: raw(subject),
        documentation: subject
            .raw
            .and_then(|raw| raw.documentation.clone())
            .unwrap_or_default(),
        measured: measured(subject),
    }
}

/// The texts that may be quoted; those of baselines are left out.
fn files(subject: &ReviewSubject<'_>) -> Vec<(String, String)> {
    let first = [DESCRIPTION, MANIFEST, PREPARE, METRIC];
    let further = subject
        .package
        .scripts
        .keys()
        .map(String::as_str)
        .filter(|path| !first.contains(path) && !is_baseline(path));
    first
        .into_iter()
        .chain(further)
        .filter_map(|path| {
            let text = subject.package.text(path)?;
            let text = match path {
                MANIFEST => decided(text),
                _ => text.to_owned(),
            };
            Some((path.to_owned(), text))
        })
        .collect()
}

/// The manifest without what the host fills in when everything has run: before that it holds nothing to judge.
fn decided(manifest: &str) -> String {
    let is_measured =
        |line: &&str| !line.starts_with("digest = ") && !line.starts_with("canary = ");
    let lines = manifest
        .lines()
        .take_while(|line| *line != "[environment]")
        .filter(is_measured);
    lines.map(|line| format!("{line}\n")).collect()
}

fn is_baseline(path: &str) -> bool {
    path.strip_prefix(BASELINES)
        .is_some_and(|rest| rest.starts_with('/'))
}

/// The public files, with the columns of those that are tables.
fn tables(subject: &ReviewSubject<'_>) -> String {
    let mut lines = Vec::new();
    let files = &subject.package.files;
    for file in files.iter().filter(|file| is_public(&file.path)) {
        lines.push(format!("{} ({} bytes)", file.path, file.bytes));
    }
    for (path, csv) in subject.split.iter().flat_map(|split| &split.csvs) {
        if is_public(path) {
            lines.push(table(path, csv));
        }
    }
    lines.join("\n")
}

/// The raw columns with what they are and what becomes of each. No values: those of the target are answers.
fn raw(subject: &ReviewSubject<'_>) -> String {
    let Some(profile) = subject.raw else {
        return "They were not at hand.".to_owned();
    };
    let data = &subject.manifest.data;
    let fate = |name: &String| match data.dropped_columns.get(name) {
        Some(reason) => format!("left out: {reason}"),
        None if data.target_columns.contains(name) => "the target".to_owned(),
        None if data.feature_columns.contains(name) => "a feature".to_owned(),
        None => "left out".to_owned(),
    };
    let mut lines = vec![format!(
        "{}: {} rows, {} columns",
        profile.path(),
        profile.rows,
        profile.columns.len()
    )];
    lines.push("column | role | missing | distinct | meaning | what becomes of it".to_owned());
    for column in &profile.columns {
        lines.push(format!("{} | {}", described(column), fate(&column.name)));
    }
    for other in &profile.others {
        lines.push(format!(
            "\n{}, another table: {} rows, {} columns, from which features may be made",
            other.path(),
            other.rows,
            other.columns.len()
        ));
        lines.extend(other.columns.iter().map(described));
    }
    lines.join("\n")
}

fn described(column: &ColumnProfile) -> String {
    let role = serde_json::to_value(column.role).expect("a role is a word");
    format!(
        "{} | {} | {} | {} | {}",
        column.name,
        role.as_str().unwrap_or_default(),
        column.missing,
        column.distinct,
        column
            .meaning
            .as_deref()
            .unwrap_or_default()
            .replace('\n', " ")
    )
}

fn is_public(path: &str) -> bool {
    path.starts_with("public/")
}

fn table(path: &str, csv: &CsvFacts) -> String {
    match &csv.error {
        Some(error) => format!("{path}: {error}"),
        None => format!(
            "{path}: {} rows, {} columns: {}",
            csv.rows,
            csv.columns.len(),
            listed(csv.columns.iter().cloned())
        ),
    }
}

/// What was measured on the files and by running the baselines.
fn measured(subject: &ReviewSubject<'_>) -> String {
    let mut lines = Vec::new();
    match subject.split {
        Some(split) => lines.extend(split_lines(split)),
        None => lines.push("The tables were not measured.".to_owned()),
    }
    if let Some(target) = subject.target {
        lines.push(numbers(target));
    }
    lines.extend(baselines(subject));
    for warning in subject.warnings {
        lines.push(format!("Warned: {}: {}", warning.title, warning.message));
    }
    lines.join("\n")
}

fn split_lines(split: &SplitFacts) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(why) = &split.incomplete {
        lines.push(format!("The split could not be measured: {why}"));
    }
    if !split.labels.is_empty() {
        let of_train: usize = split.labels.iter().map(|label| label.train).sum();
        let of_test: usize = split.labels.iter().map(|label| label.test).sum();
        let classes = split.labels.iter().map(|label| {
            format!(
                "{}: {} ({}) of train, {} ({}) of test",
                label.label,
                label.train,
                percent(label.train, of_train),
                label.test,
                percent(label.test, of_test)
            )
        });
        lines.push(format!("Classes of the target: {}", listed(classes)));
    }
    if !split.features.is_empty() {
        let mut features: Vec<_> = split.features.iter().collect();
        features.sort_by(|a, b| b.power.total_cmp(&a.power));
        let features = features
            .into_iter()
            .map(|feature| format!("{} {:.3}", feature.column, feature.power));
        lines.push(format!(
            "What each feature alone tells about the target (ROC AUC for classes, R² for numbers): {}",
            listed(features)
        ));
    }
    lines
}

/// Quantiles only: the least and the greatest value each are somebody's answer.
fn numbers(target: &TargetNumbers) -> String {
    format!(
        "The target over {} rows: 5 % below {}, half below {}, 95 % below {}, skewness {:.2}",
        target.rows,
        rounded(target.low),
        rounded(target.median),
        rounded(target.high),
        target.skewness
    )
}

fn baselines(subject: &ReviewSubject<'_>) -> Vec<String> {
    if let Some(ladder) = subject.ladder {
        return vec![format!("Scores of baselines: {}", scores(ladder))];
    }
    let names: Vec<&str> = subject
        .package
        .scripts
        .keys()
        .map(String::as_str)
        .filter(|path| is_baseline(path))
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "Baselines, which did not run yet: {}",
        names.join(", ")
    )]
}

fn scores(ladder: &LadderFacts) -> String {
    let rungs = ladder.rungs.iter().map(|rung| match rung.score {
        Some(score) => format!("{} {}", rung.name, rounded(score)),
        None => format!("{} none", rung.name),
    });
    listed(rungs)
}

/// The first of some texts, and how many more there are.
fn listed(texts: impl ExactSizeIterator<Item = String>) -> String {
    let more = texts.len().saturating_sub(MOST_LISTED);
    let mut listed: Vec<String> = texts.take(MOST_LISTED).collect();
    if more > 0 {
        listed.push(format!("and {more} more"));
    }
    listed.join(", ")
}

fn percent(count: usize, of: usize) -> String {
    format!("{:.1} %", 100.0 * count as f64 / of.max(1) as f64)
}

/// A number with four significant digits, so that none is an answer to the letter.
fn rounded(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let digits = 3 - value.abs().log10().floor() as i32;
    let scale = 10_f64.powi(digits);
    ((value * scale).round() / scale).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_four_digits() {
        for (value, expected) in [
            (0.0, "0"),
            (0.123456, "0.1235"),
            (-98765.4321, "-98770"),
            (42.0, "42"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(rounded(value), expected);
        }
    }

    #[test]
    fn long_lists_are_cut() {
        let many = vec!["x".to_owned(); MOST_LISTED + 7];
        assert!(listed(many.into_iter()).ends_with(", x, and 7 more"));
        let few = vec!["x".to_owned(); MOST_LISTED];
        assert!(!listed(few.into_iter()).contains("more"));
    }
}
