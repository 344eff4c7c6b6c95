//! A06: a competitor can work from the description alone.

use std::collections::BTreeSet;

use findings::Rule;
use scoring::{Direction, Metric};
use task_format::{DESCRIPTION, Manifest, PUBLIC_DESCRIPTION};

use crate::context::{Context, Judgement};
use crate::format::{counted, joined, quoted};
use crate::markdown::{Text, csv_cells, has_word};

use super::families::Families;

/// Words that may stand between the parts of a phrase on the direction: "the higher the mean score, the better".
const WORDS_BETWEEN: usize = 5;

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
    problems.extend(direction_problems(&text, manifest, cx.rule));
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
        let families = Families::of(features, rule.threshold("family_members") as usize);
        unnamed.retain(|name| !families.is_named(name, text));
    }
    let is_wide = features.len() as f64 > rule.threshold("wide_features");
    if !(is_wide && states_count(text, features.len())) {
        missing.extend(unnamed.into_iter().cloned());
    }
    missing
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

/// What is wrong with the direction that paragraphs on scoring tell. Others may speak of a column, or of another number.
fn direction_problems(text: &Text, manifest: &Manifest, rule: &Rule) -> Vec<String> {
    let (right, wanted, wrong) = match manifest.metric.direction {
        Direction::Maximize => ("maximize", "higher is better", "minimize"),
        Direction::Minimize => ("minimize", "lower is better", "maximize"),
    };
    let mut names = rule.list("scoring").to_vec();
    names.extend(metric_names(manifest));
    let speaks = |text: &str| names.iter().any(|name| has_word(text, name));
    let scoring: Vec<String> = paragraphs(text)
        .into_iter()
        .filter(|paragraph| speaks(paragraph))
        .collect();
    let sentences = || {
        scoring
            .iter()
            .flat_map(|paragraph| paragraph.split(['.', ';', '!', '?']))
    };
    let said = |list: &str, sentence: &str| {
        let mut phrases = rule.list(list).iter();
        phrases.find(|phrase| has_phrase(sentence, phrase)).cloned()
    };
    let mut problems = Vec::new();
    if sentences().all(|sentence| said(right, sentence).is_none()) {
        problems.push(format!("it does not say that {wanted}"));
    }
    // That solvers may minimise another loss is no statement about the score, unless the sentence names it.
    let contradiction = |sentence: &str| {
        said(wrong, sentence).filter(|said| said.contains("better") || speaks(sentence))
    };
    if let Some(said) = sentences().find_map(contradiction) {
        problems.push(format!("it says `{said}` of the score, where {wanted}"));
    }
    problems
}

/// Whether a sentence has a phrase, whose parts around `…` may have a few words between them, but not `worse`.
fn has_phrase(sentence: &str, phrase: &str) -> bool {
    let Some((first, second)) = phrase.split_once(" … ") else {
        return has_word(sentence, phrase);
    };
    sentence.match_indices(first).any(|(at, _)| {
        let rest = &sentence[at + first.len()..];
        rest.match_indices(second).any(|(end, _)| {
            let between = &rest[..end];
            between.split_whitespace().count() <= WORDS_BETWEEN && !has_word(between, "worse")
        })
    })
}

/// Paragraphs in lower case with the heading above them: lines up to an empty one, without tables and blocks of code.
fn paragraphs(text: &Text) -> Vec<String> {
    let mut heading = String::new();
    let mut out = vec![String::new()];
    for line in text.lines() {
        let plain = line.text.trim();
        if let Some(title) = plain.strip_prefix('#') {
            heading = title.trim_start_matches('#').trim().to_lowercase();
            out.push(String::new());
        } else if plain.is_empty() || line.fenced || plain.starts_with('|') {
            out.push(String::new());
        } else {
            let last = out.last_mut().expect("there is always a paragraph");
            if last.is_empty() && !heading.is_empty() {
                last.push_str(&heading);
                last.push_str(". ");
            }
            last.push_str(&plain.to_lowercase());
            last.push(' ');
        }
    }
    out.retain(|paragraph| !paragraph.is_empty());
    out
}

fn metric_title(manifest: &Manifest) -> String {
    Metric::from_name(&manifest.metric.name).map_or_else(
        || manifest.metric.name.clone(),
        |metric| metric.title().to_owned(),
    )
}

/// Whether the metric's title, its abbreviation or its catalogue name occurs. A custom metric has no title.
fn names_metric(text: &Text, manifest: &Manifest) -> bool {
    let names = metric_names(manifest);
    names.is_empty() || names.iter().any(|name| text.says(name))
}

/// The metric's title, its abbreviation and its catalogue name in lower case; none for a custom metric.
fn metric_names(manifest: &Manifest) -> Vec<String> {
    let Some(metric) = Metric::from_name(&manifest.metric.name) else {
        return Vec::new();
    };
    let title = metric.title();
    let (long, abbreviation) = match title.split_once(" (") {
        Some((long, rest)) => (long, rest.trim_end_matches(')')),
        None => (title, title),
    };
    let spaced = metric.name().replace('_', " ");
    [title, long, abbreviation, metric.name(), &spaced]
        .map(str::to_lowercase)
        .to_vec()
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
                "it says `the lower … the better` of the score, where higher is better",
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

    /// The good text, with this after "Scored by ROC AUC." and that at its end.
    fn scored(said: &str, elsewhere: &str) -> Finding {
        with(|good| {
            let text = good.package.description.replace("Higher is better.", said);
            good.package.description = format!("{text}\n{elsewhere}\n");
        })
    }

    #[test]
    fn only_what_speaks_of_scoring_tells_the_direction() {
        for (said, elsewhere) in [
            ("Higher is better: the lower the score, the worse.", ""),
            ("The higher the ROC AUC, the better.", ""),
            (
                "Higher is better.",
                "Depth is told from the lower floor; lower is better drained.",
            ),
            (
                "We rank by it.\nThe higher the score\nthe better: higher is better.",
                "",
            ),
            ("", "## Evaluation\n\nHigher is better."),
            ("Higher is better; many solvers minimise a log loss.", ""),
        ] {
            let finding = scored(said, elsewhere);
            assert_eq!(
                finding.status,
                Status::Pass,
                "{said} {elsewhere}: {}",
                finding.message
            );
        }
        for (said, elsewhere) in [
            (
                "Lower is better.",
                "The higher floor has more cells, and higher is better lit.",
            ),
            ("Lower is better.", "The higher the floor, the more light."),
            ("", "More is better when it rains."),
            ("Higher is better. Minimise the ROC AUC.", ""),
            ("Higher is better; the lower the score, the better.", ""),
            ("Higher is better.", "## Scoring\n\nSmaller is better."),
        ] {
            let finding = scored(said, elsewhere);
            assert_eq!(finding.status, Status::Fail, "{said} {elsewhere}");
        }
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
