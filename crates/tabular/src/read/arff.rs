//! Reads Weka's attribute-relation format, dense. Sparse rows and relational attributes are refused, not guessed at.

use facts::Format;

use super::delimited::Read;
use super::numbers;
use super::text::NoText;
use crate::table::{Nature, RawColumn, repair_names};

/// Reads an ARFF document.
pub(crate) fn read(text: &str) -> Result<Read, NoText> {
    // A lone `\r` ends a line too, as in Python's text files.
    let text = &text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(number, line)| (number + 1, line.trim()));
    let mut attributes: Vec<Attribute> = Vec::new();
    let mut comments = Vec::new();
    let mut data = false;
    for (number, line) in lines.by_ref() {
        if let Some(comment) = line.strip_prefix('%') {
            comments.push(comment.trim());
        } else if let Some(rest) = keyword(line, "@attribute") {
            attributes.push(
                attribute(rest).ok_or_else(|| format!("line {number} declares no attribute"))?,
            );
        } else if keyword(line, "@data").is_some() {
            data = true;
            break;
        } else if !line.is_empty() && keyword(line, "@relation").is_none() {
            return Err(format!("line {number} is no part of an ARFF header"));
        }
    }
    if !data || attributes.is_empty() {
        return Err("it has no `@data` or no `@attribute` lines".to_owned());
    }

    let (names, _) = repair_names(
        &attributes
            .iter()
            .map(|attribute| attribute.name.as_str())
            .collect::<Vec<_>>(),
    );
    if names
        .iter()
        .zip(&attributes)
        .any(|(name, attribute)| *name != attribute.name)
    {
        return Err("it declares an attribute twice or without a name".to_owned());
    }
    let mut columns: Vec<RawColumn> = attributes
        .iter()
        .map(|attribute| {
            RawColumn::new(
                &attribute.name,
                if attribute.numeric {
                    Nature::Number
                } else {
                    Nature::Text
                },
            )
        })
        .collect();
    let mut cells = Vec::new();
    for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('%')) {
        if line.starts_with('{') {
            return Err("its rows are sparse, which is not supported".to_owned());
        }
        split(line, &mut cells).ok_or_else(|| format!("a quote in line {number} never ends"))?;
        if cells.len() != columns.len() {
            return Err(format!(
                "line {number} has {} cells instead of {}, the number of attributes",
                cells.len(),
                columns.len()
            ));
        }
        for ((column, attribute), cell) in columns.iter_mut().zip(&attributes).zip(&cells) {
            let missing = cell.text == "?" && !cell.quoted;
            if attribute.numeric && !missing && numbers::float(&cell.text).is_none() {
                return Err(format!(
                    "line {number}: `{}` is numeric but has `{}`",
                    attribute.name, cell.text
                ));
            }
            column.push((!missing).then_some(cell.text.as_str()));
        }
    }
    let meanings = attributes
        .iter()
        .map(|attribute| comment_on(&attribute.name, &comments))
        .collect();
    Ok(Read {
        columns,
        format: Format::Arff,
        meanings,
    })
}

#[derive(Debug)]
struct Attribute {
    name: String,
    numeric: bool,
}

fn keyword<'l>(line: &'l str, keyword: &str) -> Option<&'l str> {
    let (head, rest) = line.split_at_checked(keyword.len())?;
    (head.eq_ignore_ascii_case(keyword) && rest.chars().next().is_none_or(char::is_whitespace))
        .then(|| rest.trim())
}

/// Parses `name type`, the name possibly in quotes.
fn attribute(rest: &str) -> Option<Attribute> {
    let (name, kind) = match rest.chars().next()? {
        quote @ ('\'' | '"') => {
            let end = closing(&rest[1..], quote)?;
            (unescape(&rest[1..=end]), &rest[end + 2..])
        }
        _ => {
            let end = rest.find(|c: char| c.is_whitespace() || c == '{')?;
            (rest[..end].to_owned(), &rest[end..])
        }
    };
    let kind = kind.trim().to_lowercase();
    let numeric = ["numeric", "real", "integer"]
        .iter()
        .any(|word| kind.starts_with(word));
    let text = ["{", "string", "date"]
        .iter()
        .any(|word| kind.starts_with(word));
    (numeric || text).then(|| Attribute {
        name: name.trim().to_owned(),
        numeric,
    })
}

/// Where the quote ends, from the byte behind the opening one.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return Some(at),
            _ => {}
        }
    }
    None
}

/// Takes off backslashes: the character behind one stands for itself.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        plain.extend(if character == '\\' {
            characters.next()
        } else {
            Some(character)
        });
    }
    plain
}

#[derive(Debug)]
struct Cell {
    text: String,
    quoted: bool,
}

/// Splits a data line at commas outside quotes; `None` when a quote stays open. A weight in braces behind the last
/// comma is dropped.
fn split(line: &str, cells: &mut Vec<Cell>) -> Option<()> {
    cells.clear();
    let mut rest = line;
    loop {
        rest = rest.trim_start();
        match rest.chars().next() {
            Some(quote @ ('\'' | '"')) => {
                let end = closing(&rest[1..], quote)?;
                cells.push(Cell {
                    text: unescape(&rest[1..=end]),
                    quoted: true,
                });
                rest = rest[end + 2..].trim_start();
            }
            _ => {
                let end = rest.find(',').unwrap_or(rest.len());
                cells.push(Cell {
                    text: rest[..end].trim().to_owned(),
                    quoted: false,
                });
                rest = &rest[end..];
            }
        }
        match rest.strip_prefix(',') {
            Some(next) if next.trim_start().starts_with('{') => return Some(()),
            Some(next) => rest = next,
            None => return rest.is_empty().then_some(()),
        }
    }
}

/// What comments say of an attribute: a line `name: text` or `name - text`, with or without a number before it.
fn comment_on(name: &str, comments: &[&str]) -> Option<String> {
    comments.iter().find_map(|comment| {
        let line = comment.trim_start_matches(|c: char| c.is_ascii_digit() || " .)-*".contains(c));
        let rest = line
            .get(..name.len())
            .filter(|head| head.eq_ignore_ascii_case(name))
            .map(|_| &line[name.len()..])?;
        let rest = rest.trim_start();
        let meaning = rest
            .strip_prefix([':', '-', '='])?
            .trim_matches(|c: char| c.is_whitespace() || ".-".contains(c));
        (meaning.chars().filter(|c| c.is_alphabetic()).count() > 3).then(|| meaning.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SMALL: &str = "% A title\n% 1. width: in millimetres\n@RELATION 'made up'\n\n@attribute 'the \\'name\\'' {a, b}\n@ATTRIBUTE width REAL\n@attribute note string\n@attribute kind{1,2}\n\n@DATA\n% none\na, 1.5, 'x, y', 1\n?,?,\"it's\",2\nb, 2, '?', ?\n";

    #[test]
    fn names_types_quotes_and_missing_cells() {
        let read = read(SMALL).unwrap();
        let cells: Vec<(String, Nature, Vec<Option<String>>)> = read
            .columns
            .iter()
            .map(|column| {
                let text = |&code: &u32| {
                    (code != crate::table::MISSING).then(|| column.words.get(code).to_owned())
                };
                (
                    column.name.clone(),
                    column.nature,
                    column.codes.iter().map(text).collect(),
                )
            })
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            cells,
            [
                (
                    "the 'name'".to_owned(),
                    Nature::Text,
                    vec![some("a"), None, some("b")]
                ),
                (
                    "width".to_owned(),
                    Nature::Number,
                    vec![some("1.5"), None, some("2")]
                ),
                (
                    "note".to_owned(),
                    Nature::Text,
                    vec![some("x, y"), some("it's"), some("?")]
                ),
                (
                    "kind".to_owned(),
                    Nature::Text,
                    vec![some("1"), some("2"), None]
                ),
            ]
        );
        assert_eq!(read.meanings[1].as_deref(), Some("in millimetres"));
    }

    #[test]
    fn defects_are_named() {
        let why = |rows: &str| {
            read(&format!(
                "@relation r\n@attribute x real\n@attribute y {{a}}\n@data\n{rows}"
            ))
            .map(|_| ())
            .unwrap_err()
        };
        assert_eq!(
            why("1,a\n2\n"),
            "line 6 has 1 cells instead of 2, the number of attributes"
        );
        assert_eq!(
            why("{0 1}\n"),
            "its rows are sparse, which is not supported"
        );
        assert_eq!(why("1,'a\n"), "a quote in line 5 never ends");
        assert_eq!(why("one,a\n"), "line 5: `x` is numeric but has `one`");
        assert!(read("@relation r\n@attribute x real\n").is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(@attribute|@data|\n|'|\"|,|\\{|\\\\|é|a| |%|numeric|\\?){0,40}") {
            let _ = read(&text);
            let _ = read(&format!("@attribute a real\n@data\n{text}"));
        }
    }
}
