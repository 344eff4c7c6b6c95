//! Looks for pairs of a test id and its answer in the texts that a solver can read. Tables are for `copies`; whether a pair is
//! chance is for the checks to say.

use std::collections::{BTreeMap, BTreeSet};

use facts::ToldAnswers;

use crate::error::ReadError;
use crate::table::{Column, MISSING};

use super::inventory::PublicFile;

/// Endings of files that are texts.
const TEXTS: [&str; 7] = [".md", ".txt", ".rst", ".html", ".htm", ".names", ".tex"];
/// Texts that are read, those that lie nearest to the top first; the others are not looked at.
const MOST_TEXTS: usize = 100;
/// Larger texts are not looked at.
const LARGEST_TEXT: u64 = 4 << 20;
/// Words that may stand between an id and its answer.
const WORDS_BETWEEN: usize = 3;
/// Answers that follow each other before they may be the column of answers.
const SHORTEST_LIST: usize = 20;

/// What is told in each text that tells anything; `ids` and `answers` have a cell for every test row.
pub(super) fn search(
    files: &[PublicFile],
    ids: &Column,
    answers: &Column,
) -> Result<Vec<ToldAnswers>, ReadError> {
    let is_text = |file: &&PublicFile| {
        let lower = file.path.to_lowercase();
        file.bytes <= LARGEST_TEXT && TEXTS.iter().any(|ending| lower.ends_with(ending))
    };
    let mut texts: Vec<&PublicFile> = files.iter().filter(is_text).collect();
    texts.sort_by_key(|file| file.path.matches('/').count());
    let mut found = Vec::new();
    for file in texts.into_iter().take(MOST_TEXTS) {
        let bytes =
            fs_err::read(&file.full).map_err(|source| ReadError::new(&file.full, source))?;
        let text = String::from_utf8_lossy(&bytes);
        if let Some(told) = told(&text, ids, answers) {
            found.push(ToldAnswers {
                path: format!("public/{}", file.path),
                ..told
            });
        }
    }
    Ok(found)
}

/// What one text tells: of the ways to read it the one that is right most beyond chance; `None` when it speaks of no id.
fn told(text: &str, ids: &Column, answers: &Column) -> Option<ToldAnswers> {
    let lines: Vec<Vec<String>> = text.lines().map(words).collect();
    let said: BTreeSet<&str> = lines.iter().flatten().map(String::as_str).collect();
    let classes = Classes::of(answers, &said);
    let rows = Phrases::of(ids, &said);
    let mut near = Claims::default();
    let mut listed = Claims::default();
    let mut at_ends = Claims::default();
    for line in &lines {
        let mut class_before = None;
        for at in 0..line.len() {
            if let Some((length, row)) = rows.at(line, at) {
                let after = (at + length..=at + length + WORDS_BETWEEN)
                    .find_map(|place| classes.phrases.at(line, place));
                match (after, class_before) {
                    (Some((_, class)), _) => near.add(row, class),
                    (None, Some(class)) => listed.add(row, class),
                    (None, None) => {}
                }
            }
            if let Some((_, class)) = classes.phrases.at(line, at) {
                class_before = Some(class);
            }
        }
        let last = (1..line.len())
            .filter_map(|at| classes.phrases.at(line, at).map(|found| (at, found)))
            .find(|(at, (length, _))| at + length == line.len());
        if let (Some((_, row)), Some((_, (_, class)))) = (rows.at(line, 0), last) {
            at_ends.add(row, class);
        }
    }
    let in_order = in_order(&lines, &classes, answers.codes.len());
    [near, listed, at_ends, in_order]
        .into_iter()
        .map(|claims| claims.judged(answers, &classes))
        .filter(|told| told.pairs > 0)
        .max_by(|a, b| beyond_chance(a).total_cmp(&beyond_chance(b)))
}

/// The longest row of answers that follow each other, taken for the first test rows.
fn in_order(lines: &[Vec<String>], classes: &Classes, rows: usize) -> Claims {
    let all: Vec<String> = lines.iter().flatten().cloned().collect();
    let (mut longest, mut current) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < all.len() {
        if let Some((length, class)) = classes.phrases.at(&all, at) {
            current.push(class);
            at += length;
        } else {
            at += 1;
            current.clear();
        }
        if current.len() > longest.len() {
            longest.clone_from(&current);
        }
    }
    let mut claims = Claims::default();
    if longest.len() >= SHORTEST_LIST {
        for (row, class) in longest.into_iter().take(rows).enumerate() {
            claims.add(row, class);
        }
    }
    claims
}

/// By how many standard errors more pairs are right than by chance.
fn beyond_chance(told: &ToldAnswers) -> f64 {
    (told.right as f64 - told.chance) / told.sigma.max(1e-3)
}

/// The different answers.
struct Classes {
    phrases: Phrases,
    /// Class of each code of the column of answers.
    of_code: BTreeMap<u32, usize>,
    /// Share of the test rows that have each class.
    shares: Vec<f64>,
}

impl Classes {
    fn of(answers: &Column, said: &BTreeSet<&str>) -> Self {
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for &code in answers.codes.iter().filter(|&&code| code != MISSING) {
            *counts.entry(code).or_default() += 1;
        }
        let total: usize = counts.values().sum();
        let mut phrases = Phrases::default();
        let mut of_code = BTreeMap::new();
        let mut shares = Vec::new();
        for (code, count) in counts {
            let written = words(answers.words.get(code));
            let class = phrases.add(written, shares.len(), said);
            if class == shares.len() {
                shares.push(0.0);
            }
            shares[class] += count as f64 / total as f64;
            of_code.insert(code, class);
        }
        Self {
            phrases,
            of_code,
            shares,
        }
    }
}

/// Texts of a few words each, to be found in a line.
#[derive(Default)]
struct Phrases {
    /// By their first word, the longest first; each with its meaning.
    by_first: BTreeMap<String, Vec<(Vec<String>, usize)>>,
}

impl Phrases {
    /// The ids that can occur at all, each with its row.
    fn of(ids: &Column, said: &BTreeSet<&str>) -> Self {
        let mut phrases = Self::default();
        for row in 0..ids.codes.len() {
            if let Some(id) = ids.text(row) {
                phrases.add(words(id), row, said);
            }
        }
        phrases
    }

    /// Adds a phrase unless it is there; its meaning, the earlier one where it is there. One whose words are not all said is left
    /// out: it can't be found.
    fn add(&mut self, phrase: Vec<String>, meaning: usize, said: &BTreeSet<&str>) -> usize {
        if phrase.is_empty() || !phrase.iter().all(|word| said.contains(word.as_str())) {
            return meaning;
        }
        let same_first = self.by_first.entry(phrase[0].clone()).or_default();
        if let Some((_, known)) = same_first.iter().find(|(known, _)| *known == phrase) {
            return *known;
        }
        same_first.push((phrase, meaning));
        same_first.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
        meaning
    }

    /// Length and meaning of the phrase that begins at a place of a line.
    fn at(&self, line: &[String], place: usize) -> Option<(usize, usize)> {
        let candidates = self.by_first.get(line.get(place)?)?;
        let found = candidates
            .iter()
            .find(|(phrase, _)| line[place..].starts_with(phrase));
        found.map(|(phrase, meaning)| (phrase.len(), *meaning))
    }
}

/// What is said of test rows: the first class that is said of each.
#[derive(Default)]
struct Claims {
    of_row: BTreeMap<usize, usize>,
}

impl Claims {
    fn add(&mut self, row: usize, class: usize) {
        self.of_row.entry(row).or_insert(class);
    }

    fn judged(self, answers: &Column, classes: &Classes) -> ToldAnswers {
        let mut told = ToldAnswers::default();
        let mut variance = 0.0;
        for (row, class) in self.of_row {
            let Some(&truth) = classes.of_code.get(&answers.codes[row]) else {
                continue;
            };
            let share = classes.shares[class];
            told.pairs += 1;
            told.right += usize::from(truth == class);
            told.chance += share;
            variance += share * (1.0 - share);
        }
        told.sigma = variance.sqrt();
        told
    }
}

/// The words of a text in lower case, numbers in one way of writing, marks left out.
fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| c.is_whitespace() || ",;:|()[]{}\"'`*=".contains(c));
    let plain = parts.map(|part| part.trim_end_matches(['.', '!', '?']).to_lowercase());
    let written = plain.map(|word| match word.parse::<f64>() {
        Ok(number) if number.is_finite() => (number + 0.0).to_string(),
        _ => word,
    });
    written.filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::column;

    /// Forty ids from 100 on, and answers of two words that follow no order.
    fn rows() -> (Vec<String>, Vec<String>) {
        let ids = (100..140).map(|id| id.to_string()).collect();
        let truth = |row: usize| ["very malignant", "benign"][row * row % 7 % 2].to_owned();
        (ids, (0..40).map(truth).collect())
    }

    fn said(line: impl Fn(&str, &str) -> String) -> Option<ToldAnswers> {
        let (ids, answers) = rows();
        let lines = ids
            .iter()
            .zip(&answers)
            .map(|(id, answer)| line(id, answer));
        let text = lines.collect::<Vec<_>>().join("\n");
        told(&text, &column("id", &ids), &column("y", &answers))
    }

    #[test]
    fn pairs_are_found_however_they_are_written() {
        for told in [
            said(|id, answer| format!("- id {id}: {answer}.")),
            said(|id, answer| format!("| {id} | {answer} |")),
            said(|id, answer| format!("{id},{}", answer.to_uppercase())),
            said(|id, answer| format!("{answer}: {id}")),
            said(|id, answer| format!("{id} 0.5 0.25 1 2 3 4 5 6 7 {answer}")),
            said(|_, answer| answer.to_owned()),
        ] {
            let told = told.unwrap();
            assert_eq!((told.pairs, told.right), (40, 40), "{told:?}");
            assert!(beyond_chance(&told) > 4.0, "{told:?}");
        }
    }

    #[test]
    fn guesses_and_prose_are_chance() {
        let guessed = said(|id, _| format!("{id},benign")).unwrap();
        assert!(beyond_chance(&guessed).abs() < 1.0, "{guessed:?}");
        assert_eq!(
            said(|_, _| "one of benign and very malignant".to_owned()),
            None
        );
        let numbers = said(|id, _| format!("of {id} rows half are very strange"));
        assert_eq!(numbers, None);
    }

    #[test]
    fn numbers_may_be_written_otherwise() {
        let (ids, _) = rows();
        let answers: Vec<String> = (0..40).map(|row| format!("{row}.50")).collect();
        let text: String = (0..40)
            .map(|row| format!("{}.0 = {row}.5\n", 100 + row))
            .collect();
        let told = told(&text, &column("id", &ids), &column("y", &answers)).unwrap();
        assert_eq!((told.pairs, told.right), (40, 40));
    }
}
