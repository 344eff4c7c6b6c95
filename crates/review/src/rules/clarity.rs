//! Clarity: whether a competitor can work from the description alone, and how hard it is to read.

use facts::{Dimension, IssueSeverity};
use task_format::{DESCRIPTION, Manifest, PUBLIC_DESCRIPTION};

use super::columns::Coverage;
use super::description::Description;
use super::english::Reading;
use super::sheet::{Flaw, Sheet, percent, short};
use super::statement::{Asked, Named, Stated, Statement};
use crate::subject::{ReviewSubject, quote_description};

/// What a description must be worth when it leads to another task.
const MISLEADING: f64 = 1.0;
/// Share of function words below which a text is no English prose.
const NO_PROSE: f64 = 0.15;
/// Fewer words of prose than this explain no task.
const FEWEST_WORDS: usize = 40;
/// Reading ease below which points are lost. Source of 30: Flesch's class "very difficult".
const HARD_TO_READ: [(f64, f64); 2] = [(0.0, 1.0), (30.0, 0.5)];
/// Mean words a sentence above which points are lost.
const LONG_SENTENCES: f64 = 30.0;
/// What a description is expected to have, with words of which its heading has one.
const SECTIONS: [(&str, &[&str]); 4] = [
    ("files", &["file", "data"]),
    (
        "columns",
        &[
            "column",
            "feature",
            "field",
            "variable",
            "attribute",
            "dictionary",
            "data",
        ],
    ),
    ("submission", &["submission", "submit", "format", "output"]),
    ("scoring", &["scor", "metric", "evaluat", "grad"]),
];

pub(crate) fn judge(
    subject: &ReviewSubject<'_>,
    description: &Description<'_>,
    statement: &Statement<'_>,
) -> Sheet {
    let mut sheet = Sheet::new(Dimension::Clarity);
    let Some(first) = description.first_line() else {
        sheet.cite(subject.manifest_line("title"));
        sheet.flaw(
            5.0,
            Flaw {
                severity: IssueSeverity::Critical,
                place: DESCRIPTION,
                quote: None,
                message: "there is no description".to_owned(),
                fix: "Write description.md: goal, files, columns, submission, scoring.".to_owned(),
            },
        );
        return sheet;
    };
    sheet.cite(quote_description(first));
    sections(&mut sheet, description);
    names(&mut sheet, description, subject.manifest);
    columns(&mut sheet, description, subject.manifest);
    readability(&mut sheet, description);
    let misleads = matches!(statement.metric, Named::Wrong(..) | Named::Missing)
        || matches!(statement.direction, Stated::Wrong(_))
        || matches!(statement.target, Asked::Missing(_));
    if misleads {
        sheet.cap(
            MISLEADING,
            "it leads to another task than the one that is graded",
        );
    }
    sheet.leave_open("whether what it says of the field and the columns is true");
    sheet
}

fn sections(sheet: &mut Sheet, description: &Description<'_>) {
    let headings: Vec<String> = description.headings().collect();
    let missing: Vec<&str> = SECTIONS
        .iter()
        .filter(|(_, words)| {
            !headings
                .iter()
                .any(|heading| words.iter().any(|word| heading.contains(word)))
        })
        .map(|(name, _)| *name)
        .collect();
    if missing.is_empty() {
        sheet.note("it has sections on files, columns, submission and scoring");
    } else {
        sheet.lose(
            0.25 * missing.len() as f64,
            format!("it has no section on {}", missing.join(", ")),
        );
    }
}

/// Files, id and the form of a submission.
fn names(sheet: &mut Sheet, description: &Description<'_>, manifest: &Manifest) {
    let mut missing: Vec<String> = manifest
        .data
        .files
        .iter()
        .filter(|file| file.path != PUBLIC_DESCRIPTION)
        .map(|file| file.path.strip_prefix("public/").unwrap_or(&file.path))
        .filter(|name| !description.mentions(name))
        .map(|name| format!("the file `{name}`"))
        .collect();
    if !description.mentions(&manifest.data.id_column) {
        missing.push(format!("the id `{}`", manifest.data.id_column));
    }
    let header = manifest.submission.columns.join(",");
    match description.code_line(&header) {
        Some(line) => sheet.cite(quote_description(line)),
        None => missing.push(format!(
            "an example of a submission with the header `{header}`"
        )),
    }
    if missing.is_empty() {
        sheet.note("it names every file, the id and the form of a submission");
        return;
    }
    sheet.flaw(
        (0.75 * missing.len() as f64).min(3.0),
        Flaw {
            severity: IssueSeverity::Major,
            place: DESCRIPTION,
            quote: None,
            message: format!("it lacks {}", missing.join(", ")),
            fix: "Name each file and the id, and show the first lines of a submission.".to_owned(),
        },
    );
}

fn columns(sheet: &mut Sheet, description: &Description<'_>, manifest: &Manifest) {
    let coverage = Coverage::of(description, &manifest.data.feature_columns);
    let named = coverage.share(coverage.named());
    if !coverage.unnamed.is_empty() {
        let examples: Vec<String> = coverage
            .unnamed
            .iter()
            .take(5)
            .map(|name| format!("`{name}`"))
            .collect();
        sheet.flaw(
            2.0 * (1.0 - named),
            Flaw {
                severity: if named < 0.5 {
                    IssueSeverity::Major
                } else {
                    IssueSeverity::Minor
                },
                place: DESCRIPTION,
                quote: None,
                message: format!(
                    "{} of {} features are not named, {} for example",
                    coverage.unnamed.len(),
                    coverage.columns,
                    examples.join(", ")
                ),
                fix: "Name every column that competitors get.".to_owned(),
            },
        );
    }
    if let Some(line) = &coverage.example {
        sheet.cite(quote_description(line));
    }
    let (described, explained) = (
        coverage.share(coverage.described),
        coverage.share(coverage.explained),
    );
    sheet.lose_share(
        0.5,
        1.0 - described,
        format!("{} of the features are described", percent(described)),
    );
    sheet.lose_share(
        0.5,
        1.0 - explained,
        format!(
            "for {} of the features it is told what they mean",
            percent(explained)
        ),
    );
}

fn readability(sheet: &mut Sheet, description: &Description<'_>) {
    let sentences = description.sentences();
    let reading = Reading::of(sentences.iter().map(|sentence| sentence.prose.as_str()));
    if reading.words < FEWEST_WORDS {
        sheet.lose(1.0, format!("it has {} words of prose", reading.words));
    }
    if reading.function_share() < NO_PROSE {
        sheet.flaw(
            2.0,
            Flaw {
                severity: IssueSeverity::Major,
                place: DESCRIPTION,
                quote: sentences
                    .first()
                    .and_then(|sentence| quote_description(sentence.source)),
                message: format!(
                    "it does not read as English prose: {} of its words are ones like `the` and `of`",
                    percent(reading.function_share())
                ),
                fix: "Write whole sentences, in English.".to_owned(),
            },
        );
        return;
    }
    let ease = reading.ease();
    let message = format!(
        "reading ease {} (Flesch), {} words a sentence",
        short(ease.round()),
        short(reading.words_per_sentence().round())
    );
    let points = HARD_TO_READ
        .iter()
        .find(|(least, _)| ease < *least)
        .map_or(0.0, |(_, points)| *points);
    let long = if reading.words_per_sentence() > LONG_SENTENCES {
        0.5
    } else {
        0.0
    };
    if points + long > 0.0 {
        sheet.lose(points + long, message);
    } else {
        sheet.note(message);
    }
}
