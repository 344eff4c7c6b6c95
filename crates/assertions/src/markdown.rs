//! What a description says, as far as it can be told without understanding it: code spans, table cells, fenced blocks.

use std::collections::BTreeSet;

/// Names shorter than this must stand in code or in a table cell; in prose they could be any word.
const SHORTEST_IN_PROSE: usize = 4;

/// A description, read.
pub(crate) struct Text {
    lines: Vec<Line>,
    /// Contents of code spans, and of table cells and list items without their marks.
    named: BTreeSet<String>,
    lower: String,
    prose: String,
}

/// One line.
pub(crate) struct Line {
    pub(crate) text: String,
    /// Whether it stands in a fenced block.
    pub(crate) fenced: bool,
}

impl Text {
    pub(crate) fn new(source: &str) -> Self {
        let mut lines = Vec::new();
        let mut fenced = false;
        for line in source.lines() {
            if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
                fenced = !fenced;
                continue;
            }
            // A pipe in a table's cell is escaped, also inside of code.
            lines.push(Line {
                text: line.replace("\\|", "\u{1}"),
                fenced,
            });
        }
        let mut named = BTreeSet::new();
        for line in &lines {
            named.extend(spans(&line.text).into_iter().map(|span| normal(&span)));
            if line.text.trim_start().starts_with('|') {
                named.extend(
                    line.text
                        .split('|')
                        .map(|cell| normal(cell.trim().trim_matches('*'))),
                );
            }
        }
        for line in &mut lines {
            line.text = line.text.replace('\u{1}', "|");
        }
        let named = named
            .into_iter()
            .map(|name| name.replace('\u{1}', "|"))
            .collect();
        let prose = lines
            .iter()
            .map(|line| normal(&line.text))
            .collect::<Vec<_>>()
            .join("\n");
        Self {
            lines,
            named,
            lower: prose.to_lowercase(),
            prose,
        }
    }

    /// The lines without the fences themselves.
    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Everything in lower case, one line per line, blanks collapsed.
    pub(crate) fn lower(&self) -> &str {
        &self.lower
    }

    /// Contents of code spans and table cells.
    pub(crate) fn named(&self) -> impl Iterator<Item = &str> {
        self.named.iter().map(String::as_str)
    }

    /// Whether a column, file or label is named: in code, in a table cell, or in prose between word boundaries.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        let name = normal(name);
        if name.is_empty() {
            return false;
        }
        if self.named.contains(&name) {
            return true;
        }
        name.chars().count() >= SHORTEST_IN_PROSE && has_word(&self.prose, &name)
    }

    /// Whether words occur, whatever their case.
    pub(crate) fn says(&self, words: &str) -> bool {
        has_word(&self.lower, &words.to_lowercase())
    }
}

/// On one line, blanks collapsed: as names are written into Markdown.
fn normal(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || (c.is_control() && c != '\u{1}'))
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether `needle` occurs in `text` with no letter, digit or `_` on either side.
pub(crate) fn has_word(text: &str, needle: &str) -> bool {
    if needle.is_empty() {
        return false;
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(needle).any(|(at, found)| {
        let before = text[..at].chars().next_back().is_some_and(is_word);
        let after = text[at + found.len()..].chars().next().is_some_and(is_word);
        !((before && found.starts_with(is_word)) || (after && found.ends_with(is_word)))
    })
}

/// Contents of the code spans of a line: a run of backticks up to the next run of the same length.
pub(crate) fn spans(line: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = line;
    while let Some(open) = rest.find('`') {
        let width = rest[open..]
            .bytes()
            .take_while(|&byte| byte == b'`')
            .count();
        let inner = &rest[open + width..];
        let Some(close) = closing(inner, width) else {
            rest = inner;
            continue;
        };
        let span = &inner[..close];
        let padded = span.starts_with(' ') && span.ends_with(' ') && span.trim() != "";
        out.push(if padded {
            span[1..span.len() - 1].to_owned()
        } else {
            span.to_owned()
        });
        rest = &inner[close + width..];
    }
    out
}

/// Where a run of exactly `width` backticks begins.
fn closing(text: &str, width: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        let start = at + found;
        let run = text[start..]
            .bytes()
            .take_while(|&byte| byte == b'`')
            .count();
        if run == width {
            return Some(start);
        }
        at = start + run;
    }
    None
}

/// Cells of a line of CSV.
pub(crate) fn csv_cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.trim().chars().peekable();
    while let Some(character) = characters.next() {
        let cell = cells.last_mut().expect("there is always a last cell");
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => cell.push(character),
        }
    }
    cells
}

/// Numbers that stand in a text, as written.
pub(crate) fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let inside = |c: char| c.is_alphanumeric() || c == '.' || c == '_' || c == '-' || c == '+';
    text.split(move |c: char| !inside(c))
        .map(|token| {
            token
                .trim_end_matches(['.', '-', '+'])
                .trim_start_matches('+')
        })
        .filter(|token| token.parse::<f64>().is_ok_and(f64::is_finite))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_code_tables_and_prose() {
        let text = Text::new(
            "Use `a` and ``b`c``.\n| x | `p\\|q` | 1 |\nThe mean_radius, not radius of it.\n```\n`in code`\n```\n",
        );
        for name in ["a", "b`c", "x", "p|q", "mean_radius", "radius"] {
            assert!(text.mentions(name), "{name}");
        }
        for name in ["it", "us", "mean", "adius", "the", ""] {
            assert!(!text.mentions(name), "{name}");
        }
    }

    #[test]
    fn fences_are_known() {
        let text = Text::new("a\n```csv\nb\n```\nc");
        let fenced: Vec<(&str, bool)> = text
            .lines()
            .iter()
            .map(|line| (line.text.as_str(), line.fenced))
            .collect();
        assert_eq!(fenced, [("a", false), ("b", true), ("c", false)]);
    }

    #[test]
    fn cells_and_numbers() {
        assert_eq!(csv_cells("id,\"a,\"\"b\"\"\",c"), ["id", "a,\"b\"", "c"]);
        let found: Vec<&str> =
            numbers("from 1.5 to -2e3, about 12,345.6. Not x1 or v1.2.3; seed=42").collect();
        assert_eq!(found, ["1.5", "-2e3", "12", "345.6", "42"]);
    }
}
