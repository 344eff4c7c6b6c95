//! A proposal in words for a model, a line for each thing that was decided. All of it is untrusted text, which whoever uses it fences.

use std::fmt::Write as _;

use crate::{Derivation, FeatureKind, Proposal};

use super::describe::json;

/// What was decided. Names and values from the dataset stand as JSON texts, exactly as they are.
pub(super) fn proposal(proposal: &Proposal) -> String {
    let mut out = String::new();
    let mut line = |name: &str, text: &str| {
        let _ = writeln!(out, "{name}: {text}");
    };
    line("id", proposal.id.as_str());
    line("title", &proposal.title);
    if let Some(table) = &proposal.table {
        line("rows are those of the table", &json(table));
    }
    for source in &proposal.sources {
        let text = format!("{} gives {}", json(&source.table), source.features);
        line("another table", &text);
    }
    line("target", &target(proposal));
    line("objective", json(&proposal.objective).trim_matches('"'));
    line("metric", &json(&proposal.metric));
    line(
        "a prediction is",
        json(&proposal.prediction).trim_matches('"'),
    );
    line("split", &split(proposal));
    line("id column to add", &json(&proposal.id_column));
    line("features", &proposal.features.len().to_string());
    for feature in &proposal.features {
        let missing = if feature.missing {
            ", cells are missing"
        } else {
            ""
        };
        let (name, kind) = (json(&feature.column), kind(&feature.kind));
        let _ = writeln!(out, "- {name}: {kind}{missing}");
    }
    list(
        &mut out,
        "dropped columns",
        &proposal.dropped,
        |(column, reason)| format!("{}: {reason}", json(column)),
    );
    list(&mut out, "dropped rows", &proposal.dropped_rows, |rows| {
        let labels = match rows.labels.is_empty() {
            true => String::new(),
            false => format!(" labelled {}", json(&rows.labels)),
        };
        format!("{} rows{labels}: {}", rows.rows, rows.reason)
    });
    let _ = writeln!(out, "why it is worth predicting: {}", proposal.rationale);
    out
}

/// How the baselines use a column.
fn kind(kind: &FeatureKind) -> String {
    match kind {
        FeatureKind::Number { skewed: false } => "number".to_owned(),
        FeatureKind::Number { skewed: true } => "number, skewed".to_owned(),
        FeatureKind::Category => "category".to_owned(),
        FeatureKind::Grade { order } => format!("grade, from low to high {}", json(order)),
        FeatureKind::Date { pattern, parts } => {
            format!(
                "date written as {}, of which {}",
                json(pattern),
                parts.join(", ")
            )
        }
        FeatureKind::Text => "free text".to_owned(),
        FeatureKind::Group => "names the groups of the split".to_owned(),
    }
}

fn target(proposal: &Proposal) -> String {
    let target = &proposal.target;
    let mut text = json(&target.column);
    if !target.labels.is_empty() {
        let counts = target.counts.iter().map(|count| format!(" ({count} rows)"));
        let counts = counts.chain(std::iter::repeat(String::new()));
        let labels: Vec<String> = (target.labels.iter().zip(counts))
            .map(|(label, count)| format!("{}{count}", json(label)))
            .collect();
        text.push_str(&format!(", classes {}", labels.join(", ")));
    }
    if let Some(positive) = &target.positive {
        text.push_str(&format!(", the positive one is {}", json(positive)));
    }
    match &target.derivation {
        None => {}
        Some(Derivation::Renamed { labels }) => {
            text.push_str(&format!("; raw labels are renamed: {}", json(labels)));
        }
        Some(Derivation::Positive { yes, no }) => {
            let (yes, no) = (json(yes), json(no));
            text.push_str(&format!("; a count, {yes} above zero, else {no}"));
        }
        Some(Derivation::Rule { from, rule }) => {
            text.push_str(&format!("; made from {}: {rule}", json(from)));
        }
    }
    text
}

fn split(proposal: &Proposal) -> String {
    let split = &proposal.split;
    let by = match &split.column {
        Some(column) => format!(" by {}", json(column)),
        None => String::new(),
    };
    format!(
        "{}{by}, share of test {}, seed {}: {}",
        json(&split.policy).trim_matches('"'),
        split.test_fraction,
        split.seed,
        split.reason
    )
}

fn list<T>(
    out: &mut String,
    title: &str,
    items: impl IntoIterator<Item = T>,
    line: impl Fn(T) -> String,
) {
    let mut items = items.into_iter().peekable();
    if items.peek().is_some() {
        let _ = writeln!(out, "{title}:");
        for item in items {
            let _ = writeln!(out, "- {}", line(item));
        }
    }
}
