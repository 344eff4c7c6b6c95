//! A description as a reader takes it in: sections, sentences, tables, names. Nothing here knows what the task is.

use std::collections::BTreeSet;

/// Names shorter than this must stand in code or in a table's cell; in prose they could be any word.
const SHORTEST_IN_PROSE: usize = 4;

/// A description, read.
pub(crate) struct Description<'a> {
    lines: Vec<Line<'a>>,
    /// Contents of code spans and of table cells.
    named: BTreeSet<String>,
}

/// One line.
#[derive(Clone, Debug)]
pub(crate) struct Line<'a> {
    /// As it stands in the file.
    pub(crate) source: &'a str,
    pub(crate) kind: Kind,
    /// Text of the heading it stands under, in lower case; empty before the first and under the title.
    pub(crate) section: String,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Heading,
    /// A row of a table.
    Row,
    /// Inside a fenced block, or the fence.
    Code,
    /// An item of a list.
    Item,
    Prose,
    /// Empty, or a comment that no reader sees.
    Blank,
}

/// A sentence of prose.
#[derive(Clone, Debug)]
pub(crate) struct Sentence<'a> {
    /// Without marks, on one line, in lower case.
    pub(crate) lower: String,
    /// The same without what stands in code spans: names are no prose.
    pub(crate) prose: String,
    /// The line that it begins on, as it stands in the file.
    pub(crate) source: &'a str,
    /// Heading above it, in lower case.
    pub(crate) section: String,
}

impl<'a> Description<'a> {
    pub(crate) fn new(source: &'a str) -> Self {
        let lines = lines(source);
        let mut named = BTreeSet::new();
        for line in &lines {
            named.extend(spans(line.source));
            if line.kind == Kind::Row {
                named.extend(cells(line.source));
            }
        }
        Self { lines, named }
    }

    /// The lines, fences included.
    pub(crate) fn lines(&self) -> &[Line<'a>] {
        &self.lines
    }

    /// Texts of the headings, in lower case.
    pub(crate) fn headings(&self) -> impl Iterator<Item = String> {
        self.lines
            .iter()
            .filter(|line| line.kind == Kind::Heading)
            .map(|line| plain(line.source.trim_start_matches('#')).to_lowercase())
    }

    /// Whether a column or file is named: in code, in a table's cell, or in any line between word boundaries.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        let name = collapsed(name);
        !name.is_empty()
            && (self.named.contains(&name)
                || (name.chars().count() >= SHORTEST_IN_PROSE
                    && self
                        .lines
                        .iter()
                        .any(|line| line.kind != Kind::Blank && has_word(line.source, &name))))
    }

    /// Contents of code spans and table cells.
    pub(crate) fn named(&self) -> impl Iterator<Item = &str> {
        self.named.iter().map(String::as_str)
    }

    /// The line of a fenced block or code span that reads `text`, blanks around it ignored.
    pub(crate) fn code_line(&self, text: &str) -> Option<&'a str> {
        self.lines
            .iter()
            .filter(|line| matches!(line.kind, Kind::Code | Kind::Prose | Kind::Item))
            .find(|line| line.source.trim().trim_matches('`') == text)
            .map(|line| line.source)
    }

    /// The first line that is no heading, comment or fence.
    pub(crate) fn first_line(&self) -> Option<&'a str> {
        self.lines
            .iter()
            .find(|line| matches!(line.kind, Kind::Prose | Kind::Item | Kind::Row))
            .or_else(|| self.lines.iter().find(|line| line.kind == Kind::Heading))
            .map(|line| line.source)
    }

    /// Sentences of paragraphs and list items; tables and code are none.
    pub(crate) fn sentences(&self) -> Vec<Sentence<'a>> {
        let mut sentences = Vec::new();
        let mut paragraph: Vec<&Line<'a>> = Vec::new();
        for line in &self.lines {
            // Anything but further prose ends a paragraph; an item begins one of its own.
            if line.kind != Kind::Prose {
                split(&paragraph, &mut sentences);
                paragraph.clear();
            }
            if matches!(line.kind, Kind::Prose | Kind::Item) {
                paragraph.push(line);
            }
        }
        split(&paragraph, &mut sentences);
        sentences
    }
}

fn lines(source: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut section = String::new();
    let mut fenced = false;
    let mut comment = false;
    for text in source.lines() {
        let trimmed = text.trim();
        let fence = trimmed.starts_with("```") || trimmed.starts_with("~~~");
        comment |= !fenced && trimmed.starts_with("<!--");
        let kind = if comment {
            comment = !trimmed.ends_with("-->");
            Kind::Blank
        } else if fence || fenced {
            fenced ^= fence;
            Kind::Code
        } else if trimmed.is_empty() {
            Kind::Blank
        } else if trimmed.starts_with('#') {
            let level = trimmed.bytes().take_while(|&byte| byte == b'#').count();
            section = match level {
                1 => String::new(),
                _ => plain(&trimmed[level..]).to_lowercase(),
            };
            Kind::Heading
        } else if trimmed.starts_with('|') {
            Kind::Row
        } else if is_item(trimmed) {
            Kind::Item
        } else {
            Kind::Prose
        };
        lines.push(Line {
            source: text,
            kind,
            section: section.clone(),
        });
    }
    lines
}

fn is_item(line: &str) -> bool {
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    ["- ", "* ", "+ "].iter().any(|mark| line.starts_with(mark))
        || (numbered.len() < line.len() && numbered.starts_with(". "))
}

/// Cuts a paragraph into sentences. A sentence ends with `.`, `!` or `?` before a blank and a capital letter, digit or mark.
fn split<'a>(paragraph: &[&Line<'a>], sentences: &mut Vec<Sentence<'a>>) {
    let mut open: Option<Sentence<'a>> = None;
    for line in paragraph {
        let text = line.source.trim_start().trim_start_matches(['-', '*', '+']);
        let text = collapsed(&text.replace("**", "").replace('\\', ""));
        let mut start = 0;
        let ends = text.char_indices().filter(|&(at, character)| {
            let mut rest = text[at + character.len_utf8()..].chars();
            matches!(character, '.' | '!' | '?')
                && rest.next().is_none_or(|next| {
                    next.is_whitespace() && rest.next().is_none_or(|begin| !begin.is_lowercase())
                })
        });
        let ends: Vec<usize> = ends
            .map(|(at, character)| at + character.len_utf8())
            .collect();
        for end in ends.into_iter().chain([text.len()]) {
            let piece = text[start..end].trim();
            start = end;
            if piece.is_empty() {
                continue;
            }
            let sentence = open.get_or_insert_with(|| Sentence {
                lower: String::new(),
                prose: String::new(),
                source: line.source,
                section: line.section.clone(),
            });
            if !sentence.lower.is_empty() {
                sentence.lower.push(' ');
                sentence.prose.push(' ');
            }
            sentence.lower.push_str(&plain(piece).to_lowercase());
            // Every second part stands between two marks.
            for part in piece.split('`').step_by(2) {
                sentence.prose.push_str(&part.to_lowercase());
            }
            if piece.ends_with(['.', '!', '?']) {
                sentences.extend(open.take());
            }
        }
    }
    sentences.extend(open);
}

/// A line without Markdown's marks, blanks collapsed.
pub(crate) fn plain(text: &str) -> String {
    collapsed(&text.replace("**", "").replace(['`', '\\'], ""))
}

/// Blanks collapsed, none at the ends.
fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Cells of a table's row without marks.
pub(crate) fn cells(row: &str) -> Vec<String> {
    row.replace("\\|", "\u{1}")
        .trim()
        .trim_matches('|')
        .split('|')
        .map(|cell| collapsed(cell.replace('\u{1}', "|").trim().trim_matches(['`', '*'])))
        .collect()
}

/// Contents of code spans.
fn spans(line: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = line;
    while let Some(open) = rest.find('`') {
        let width = rest[open..].len() - rest[open..].trim_start_matches('`').len();
        let mark = "`".repeat(width);
        let inner = &rest[open + width..];
        let Some(close) = inner.find(&mark) else {
            break;
        };
        out.push(collapsed(&inner[..close].replace("\\|", "|")));
        rest = &inner[close + width..];
    }
    out
}

/// Whether `needle` occurs in `text` with no letter, digit or `_` on either side.
pub(crate) fn has_word(text: &str, needle: &str) -> bool {
    words_at(text, needle).next().is_some()
}

/// Where `needle` occurs in `text` with no letter, digit or `_` on either side.
pub(crate) fn words_at<'t>(text: &'t str, needle: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let needs_edges = (needle.starts_with(is_word), needle.ends_with(is_word));
    let found = text.match_indices(needle).filter(|_| !needle.is_empty());
    found.filter_map(move |(at, found)| {
        let before = text[..at].chars().next_back().is_some_and(is_word);
        let after = text[at + found.len()..].chars().next().is_some_and(is_word);
        (!(before && needs_edges.0 || after && needs_edges.1)).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Title\n\nA first one. It goes\non here, e.g. so. Values 1.5 to 2\n\n## Files\n\n- `a.csv`: rows\n- b\n\n\
        | column | kind |\n| --- | --- |\n| `x y` | number |\n\n```csv\nid,y\n```\n<!-- hidden\nwords -->\n";

    #[test]
    fn sentences_run_over_lines_and_end_with_paragraphs() {
        let description = Description::new(TEXT);
        let sentences: Vec<(String, String)> = description
            .sentences()
            .into_iter()
            .map(|sentence| (sentence.lower, sentence.section))
            .collect();
        let expected = [
            ("a first one.", ""),
            ("it goes on here, e.g. so.", ""),
            ("values 1.5 to 2", ""),
            ("a.csv: rows", "files"),
            ("b", "files"),
        ];
        assert_eq!(
            sentences,
            expected.map(|(text, section)| (text.to_owned(), section.to_owned()))
        );
    }

    #[test]
    fn names_in_code_are_no_prose() {
        let description = Description::new("Columns: `The Of`, `b` and the **rest**.");
        let sentences = description.sentences();
        assert_eq!(sentences[0].lower, "columns: the of, b and the rest.");
        assert_eq!(sentences[0].prose, "columns: ,  and the rest.");
    }

    #[test]
    fn names_in_code_and_cells() {
        let description = Description::new(TEXT);
        for name in ["a.csv", "x y", "number"] {
            assert!(description.mentions(name), "{name}");
        }
        for name in ["hidden", "b", "", "here on"] {
            assert!(!description.mentions(name), "{name}");
        }
        assert_eq!(description.code_line("id,y"), Some("id,y"));
        assert_eq!(
            description.headings().collect::<Vec<_>>(),
            ["title", "files"]
        );
    }

    #[test]
    fn words_end_where_words_end() {
        assert!(has_word("scored by f1.", "f1") && !has_word("scored by f10", "f1"));
        assert!(has_word("by r² here", "r²"));
    }
}
