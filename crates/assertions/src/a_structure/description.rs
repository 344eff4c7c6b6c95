//! A06: a competitor can work from the description alone.

use std::collections::{BTreeMap, BTreeSet};

use findings::Rule;
use scoring::{Direction, Metric};
use task_format::{DESCRIPTION, Manifest, PUBLIC_DESCRIPTION};

use crate::context::{Context, Judgement};
use crate::format::{counted, joined, quoted};
use crate::markdown::{Text, csv_cells, has_word};

/// A06: the description names every public file, every column, the metric with its direction and the submission's format;
/// and every file that it names exists.
pub(crate) fn description_is_complete(cx: Context<'_>) -> Judgement {
    let package = cx.package()?;
    let manifest = cx.manifest()?;
    if package.description.trim().is_empty() {
        return Ok(cx
            .rule
            .fail("no text", format!("`{DESCRIPTION}` is missing or empty"))
            .seen_in(DESCRIPTION));
    }
    let text = Text::new(&package.description);
    let mut problems = Vec::new();
    let mut lacks = |missing: Vec<String>, what: &str| {
        if !missing.is_empty() {
            problems.push(format!("{what} {}", quoted(&missing)));
        }
    };
    lacks(unnamed_files(&text, manifest), "it does not name the file");
    lacks(
        unnamed_columns(&text, manifest, cx.rule),
        "it does not name the column",
    );
    lacks(
        unknown_files(&text, manifest, cx.rule, |path| package.has(path)),
        "it names a file that a competitor does not get:",
    );
    if !shows_header(&text, manifest) {
        problems.push(format!(
            "it has no example with the header `{}`",
            manifest.submission.columns.join(",")
        ));
    }
    if !names_metric(&text, manifest) {
        problems.push(format!(
            "it does not name the metric `{}`",
            metric_title(manifest)
        ));
    }
    let (list, words, opposite) = match manifest.metric.direction {
        Direction::Maximize => ("maximize", "higher is better", "minimize"),
        Direction::Minimize => ("minimize", "lower is better", "maximize"),
    };
    if !cx.rule.list(list).iter().any(|words| text.says(words)) {
        problems.push(format!("it does not say that {words}"));
    }
    if let Some(said) = contradiction(&text, cx.rule.list(list), cx.rule.list(opposite)) {
        problems.push(format!(
            "it says that {words}, and `{said}` in the same line"
        ));
    }
    Ok(match problems.is_empty() {
        true => cx.rule.pass(format!(
            "{} named",
            counted(manifest.data.feature_columns.len(), "feature")
        )),
        false => cx
            .rule
            .fail(counted(problems.len(), "gap"), joined(&problems))
            .seen_in(DESCRIPTION),
    })
}

fn unnamed_files(text: &Text, manifest: &Manifest) -> Vec<String> {
    let public = manifest
        .data
        .files
        .iter()
        .map(|file| file.path.as_str())
        .filter(|path| *path != PUBLIC_DESCRIPTION);
    let names = public.map(|path| path.strip_prefix("public/").unwrap_or(path));
    names
        .filter(|name| !text.mentions(name) && !text.mentions(&format!("public/{name}")))
        .map(str::to_owned)
        .collect()
}

fn unnamed_columns(text: &Text, manifest: &Manifest, rule: &Rule) -> Vec<String> {
    let data = &manifest.data;
    let others = std::iter::once(&data.id_column)
        .chain(&data.target_columns)
        .chain(&manifest.submission.columns);
    let mut seen = BTreeSet::new();
    let mut missing: Vec<String> = others
        .filter(|name| !text.mentions(name) && seen.insert(*name))
        .cloned()
        .collect();
    let features = &data.feature_columns;
    let mut unnamed: Vec<&String> = features
        .iter()
        .filter(|name| !text.mentions(name))
        .collect();
    if !unnamed.is_empty() {
        let families = families(features, rule.threshold("family_members") as usize);
        unnamed.retain(|name| !is_in_named_family(name, &families, text));
    }
    let is_wide = features.len() as f64 > rule.threshold("wide_features");
    if !(is_wide && states_count(text, features.len())) {
        missing.extend(unnamed.into_iter().cloned());
    }
    missing
}

/// Numbered columns: those whose names differ in digits only, in file order.
fn families(features: &[String], members: usize) -> BTreeMap<String, Vec<&String>> {
    let mut families: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for name in features {
        families.entry(pattern(name)).or_default().push(name);
    }
    families.retain(|pattern, names| pattern.contains('#') && names.len() >= members);
    families
}

/// A name with every run of digits as one `#`.
fn pattern(name: &str) -> String {
    let mut out = String::new();
    for character in name.chars() {
        if !character.is_ascii_digit() {
            out.push(character);
        } else if !out.ends_with('#') {
            out.push('#');
        }
    }
    out
}

/// Whether the first and the last of a numbered column's family are named, or the family as `x_*`.
fn is_in_named_family(name: &str, families: &BTreeMap<String, Vec<&String>>, text: &Text) -> bool {
    let pattern = pattern(name);
    let Some(family) = families.get(&pattern) else {
        return false;
    };
    let (first, last) = (family[0], family[family.len() - 1]);
    let prefix = pattern.split('#').next().unwrap_or_default();
    let starred = |named: &str| named.strip_suffix('*') == Some(prefix) && !prefix.is_empty();
    (text.mentions(first) && text.mentions(last)) || text.named().any(starred)
}

/// Whether the number of features stands in the text, plainly or with separators.
fn states_count(text: &Text, count: usize) -> bool {
    let plain = count.to_string();
    let grouped = |separator: &str| {
        let (head, tail) = plain.split_at(plain.len().saturating_sub(3));
        if head.is_empty() {
            tail.to_owned()
        } else {
            format!("{head}{separator}{tail}")
        }
    };
    [
        plain.clone(),
        grouped(","),
        grouped("\u{a0}"),
        grouped("\u{202f}"),
        grouped(" "),
    ]
    .iter()
    .any(|count| text.says(count))
}

/// Files in code spans that are neither public, nor raw files of the dataset, nor what a competitor writes.
fn unknown_files(
    text: &Text,
    manifest: &Manifest,
    rule: &Rule,
    exists: impl Fn(&str) -> bool,
) -> Vec<String> {
    let is_file = |name: &str| {
        let lower = name.to_lowercase();
        !name.contains(char::is_whitespace)
            && !name.contains("://")
            && !name.contains('*')
            && rule
                .list("file_endings")
                .iter()
                .any(|ending| lower.len() > ending.len() && lower.ends_with(ending.as_str()))
    };
    let known = |name: &str| {
        let name = name.strip_prefix("./").unwrap_or(name);
        let public = name.strip_prefix("public/").unwrap_or(name);
        let raw = |path: &str| path == name || path.rsplit('/').next() == Some(name);
        exists(&format!("public/{public}"))
            || rule
                .list("written_by_competitor")
                .iter()
                .any(|written| written == name)
            || manifest.dataset.files.iter().any(|file| raw(&file.path))
            || manifest.dataset.source.ends_with(name)
            || manifest
                .data
                .feature_columns
                .iter()
                .any(|column| column == name)
    };
    let spans = text
        .lines()
        .iter()
        .filter(|line| !line.fenced)
        .flat_map(|line| crate::markdown::spans(&line.text));
    let mut seen = BTreeSet::new();
    spans
        .filter(|name| is_file(name) && !known(name) && seen.insert(name.clone()))
        .collect()
}

fn shows_header(text: &Text, manifest: &Manifest) -> bool {
    let expected = &manifest.submission.columns;
    text.lines().iter().any(|line| {
        let bare = line.text.trim().trim_matches('`');
        csv_cells(bare)
            .iter()
            .map(|cell| cell.trim())
            .eq(expected.iter().map(String::as_str))
    })
}

/// A word of the wrong list in a line that says the right direction too: such a line speaks of scores, where another may
/// speak of a column.
fn contradiction<'a>(text: &Text, right: &[String], wrong: &'a [String]) -> Option<&'a String> {
    let lower = text.lines().iter().map(|line| line.text.to_lowercase());
    let mut both = lower.filter(|line| right.iter().any(|word| has_word(line, word)));
    both.find_map(|line| wrong.iter().find(|word| has_word(&line, word)))
}

fn metric_title(manifest: &Manifest) -> String {
    Metric::from_name(&manifest.metric.name).map_or_else(
        || manifest.metric.name.clone(),
        |metric| metric.title().to_owned(),
    )
}

/// Whether the metric's title, its abbreviation or its catalogue name occurs. A custom metric has no title.
fn names_metric(text: &Text, manifest: &Manifest) -> bool {
    let Some(metric) = Metric::from_name(&manifest.metric.name) else {
        return true;
    };
    let title = metric.title();
    let (long, abbreviation) = match title.split_once(" (") {
        Some((long, rest)) => (long, rest.trim_end_matches(')')),
        None => (title, title),
    };
    let spaced = metric.name().replace('_', " ");
    [title, long, abbreviation, metric.name(), &spaced]
        .iter()
        .any(|name| text.says(name))
}

#[cfg(test)]
mod tests {
    use findings::{Finding, Status};

    use crate::testing::Good;

    fn with(change: impl Fn(&mut Good)) -> Finding {
        let mut good = Good::new();
        change(&mut good);
        good.judge("A06")
    }

    #[test]
    fn a_good_description_passes() {
        assert_eq!(
            with(|_| {}).status,
            Status::Pass,
            "{}",
            with(|_| {}).message
        );
        assert_eq!(
            Good::regression().judge("A06").status,
            Status::Pass,
            "{}",
            Good::regression().judge("A06").message
        );
    }

    #[test]
    fn gaps_are_named() {
        for (from, to, expected) in [
            ("`radius`", "the size", "does not name the column `radius`"),
            (
                "`test.csv`",
                "the other file",
                "does not name the file `test.csv`",
            ),
            (
                "id,outcome",
                "identifier,prediction",
                "no example with the header `id,outcome`",
            ),
            (
                "ROC AUC",
                "a secret metric",
                "does not name the metric `ROC AUC`",
            ),
            (
                "Higher is better",
                "Lower is better",
                "does not say that higher is better",
            ),
            (
                "Higher is better",
                "Higher is better, the lower the better",
                "it says that higher is better, and `lower the better` in the same line",
            ),
            (
                "`train.csv`",
                "`train.csv`, `extra.csv`",
                "names a file that a competitor does not get: `extra.csv`",
            ),
            (
                "`train.csv`",
                "`train.csv`, `private/test_answer.csv`",
                "does not get: `private/test_answer.csv`",
            ),
        ] {
            let finding =
                with(|good| good.package.description = good.package.description.replace(from, to));
            assert_eq!(finding.status, Status::Fail, "{expected}");
            assert!(
                finding.message.contains(expected),
                "{expected}: {}",
                finding.message
            );
        }
        assert_eq!(
            with(|good| good.package.description.clear()).status,
            Status::Fail
        );
    }

    #[test]
    fn files_that_need_not_be_public() {
        let more = "\nWrite `submission.csv`. The raw file was `cells.data.csv`, see `https://example.org/a.csv` and `*.csv`.\n";
        let finding = with(|good| good.package.description.push_str(more));
        assert_eq!(finding.status, Status::Pass, "{}", finding.message);
    }

    #[test]
    fn numbered_columns_may_be_named_as_a_range() {
        let numbered = |good: &mut Good| {
            good.manifest
                .data
                .feature_columns
                .extend((0..8).map(|n| format!("pixel_{n}_{}", 7 - n)))
        };
        assert_eq!(with(numbered).status, Status::Fail);
        for range in ["`pixel_0_7` … `pixel_7_0`", "`pixel_*`"] {
            let finding = with(|good| {
                numbered(good);
                good.package.description.push_str(range);
            });
            assert_eq!(finding.status, Status::Pass, "{range}: {}", finding.message);
        }
    }

    #[test]
    fn a_very_wide_table_may_be_counted() {
        let wide = |good: &mut Good| {
            let names = (0..70_u8).map(|n| {
                format!(
                    "gene{}",
                    char::from(b'a' + n % 26)
                        .to_string()
                        .repeat(usize::from(n / 26) + 1)
                )
            });
            good.manifest.data.feature_columns.extend(names);
        };
        assert_eq!(with(wide).status, Status::Fail);
        let counted = |good: &mut Good| {
            wide(good);
            good.package
                .description
                .push_str("\nThere are 73 columns of numbers.\n");
        };
        assert_eq!(
            with(counted).status,
            Status::Pass,
            "{}",
            with(counted).message
        );
    }
}
