//! Python source text from values: the only place that quotes, so that no column name can break a script.

use std::fmt::Write as _;

/// Longest line of generated code.
const WIDTH: usize = 100;

/// A string literal.
pub(crate) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if is_invisible(character) => {
                let code = u32::from(character);
                let escaped = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
                escaped.expect("writing to a string can't fail");
            }
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

/// Characters that a reader of the source would not see or that would reorder it: controls, separators,
/// zero-width and bidirectional marks, private use.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || (character.is_whitespace() && character != ' ')
}

/// A list of strings: on one line when it ends before the margin, else filled lines inside the brackets,
/// for a statement that starts at the margin. `column` is where the opening bracket stands.
pub(crate) fn list(items: &[String], column: usize) -> String {
    let literals: Vec<String> = items.iter().map(|item| literal(item)).collect();
    let line = format!("[{}]", literals.join(", "));
    if column + line.chars().count() <= WIDTH {
        return line;
    }
    let indent = " ".repeat(4);
    let mut out = String::from("[\n");
    let mut width = 0;
    for literal in literals {
        let length = literal.chars().count() + 2;
        if width > 0 && width + length > WIDTH {
            out.truncate(out.trim_end().len());
            out.push('\n');
            width = 0;
        }
        if width == 0 {
            out.push_str(&indent);
            width = indent.len();
        }
        write!(out, "{literal}, ").expect("writing to a string can't fail");
        width += length;
    }
    out.truncate(out.trim_end().len());
    out.push_str("\n]");
    out
}

/// Text on one line that is safe inside a docstring.
pub(crate) fn prose(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('"', "'")
}

/// Text as a docstring, wrapped; paragraphs are parted by an empty line, and `indent` is where it stands.
pub(crate) fn docstring(text: &str, indent: usize) -> String {
    let paragraphs: Vec<String> = text.split("\n\n").map(prose).collect();
    if let [only] = paragraphs.as_slice()
        && indent + only.chars().count() + 6 <= WIDTH
    {
        return format!("\"\"\"{only}\"\"\"");
    }
    let break_line = format!("\n{}", " ".repeat(indent));
    let wrapped: Vec<String> = paragraphs
        .iter()
        // Three quotes stand before the first line.
        .map(|paragraph| wrap(paragraph, WIDTH - indent - 3).join(&break_line))
        .collect();
    format!(
        "\"\"\"{}{break_line}\"\"\"",
        wrapped.join(&format!("\n{break_line}"))
    )
}

/// Text as comment lines, each after `indent`; the first line's indent is already there.
pub(crate) fn comment(text: &str, indent: &str, width: usize) -> String {
    let lines = wrap(&one_line(text), width - indent.len() - 2);
    let lines: Vec<String> = lines.into_iter().map(|line| format!("# {line}")).collect();
    lines.join(&format!("\n{indent}"))
}

fn one_line(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|character| {
            if is_invisible(character) {
                ' '
            } else {
                character
            }
        })
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A name made of a text: lower case, words joined by `_`, no keyword; `fallback` when nothing is left.
pub(crate) fn identifier(text: &str, fallback: &str) -> String {
    let words: Vec<String> = crate::naming::tokens(text)
        .into_iter()
        .map(|word| {
            word.chars()
                .filter(char::is_ascii_alphanumeric)
                .collect::<String>()
        })
        .filter(|word| !word.is_empty())
        .take(4)
        .collect();
    let name = words.join("_");
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
        return fallback.to_owned();
    }
    if RESERVED.contains(&name.as_str()) {
        format!("{name}_values")
    } else {
        name
    }
}

/// The same as a class name.
pub(crate) fn class_name(text: &str) -> String {
    let mut out = String::new();
    for word in crate::naming::tokens(text) {
        let word: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut characters = word.chars();
        if let Some(first) = characters.next() {
            out.push(first.to_ascii_uppercase());
            out.extend(characters);
        }
    }
    let start = out
        .find(|first: char| first.is_ascii_alphabetic())
        .unwrap_or(out.len());
    out.split_off(start).chars().take(40).collect()
}

/// Keywords, and names that the templates use themselves.
const RESERVED: [&str; 53] = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif",
    "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
    "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield", "match",
    "case", "type", "none", "true", "false", "table", "columns", "train", "test", "features",
    "model", "pd", "np", "text", "target", "print", "len", "list", "dict", "name",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_hide_nothing() {
        assert_eq!(literal("a\"b\\c\nd"), r#""a\"b\\c\nd""#);
        assert_eq!(literal("Größe 尺寸"), "\"Größe 尺寸\"");
        assert_eq!(literal("\u{202e}x\u{0}"), "\"\\u202ex\\x00\"");
    }

    #[test]
    fn lists_break_at_the_margin() {
        let short = ["a".to_owned(), "b".to_owned()];
        assert_eq!(list(&short, 0), r#"["a", "b"]"#);
        let long: Vec<String> = (0..40).map(|number| format!("column_{number}")).collect();
        let text = list(&long, 10);
        assert!(
            text.lines().all(|line| line.chars().count() <= WIDTH),
            "{text}"
        );
        assert!(
            text.starts_with("[\n    \"column_0\", ") && text.ends_with(",\n]"),
            "{text}"
        );
    }

    #[test]
    fn docstrings_stay_closed() {
        assert_eq!(
            docstring("says \"\"\"hi\"\"\" \\", 0),
            r#""""says '''hi''' \\""""#
        );
        let long = "word ".repeat(40);
        assert!(docstring(&long, 4).ends_with("\n    \"\"\""));
    }

    #[test]
    fn names_are_legal() {
        assert_eq!(identifier("Release Date", "x"), "release_date");
        assert_eq!(identifier("class", "x"), "class_values");
        assert_eq!(identifier("2013", "when"), "when");
        assert_eq!(class_name("ln(VOTES/POP)"), "LnVotesPop");
        assert_eq!(class_name("2nd place"), "NdPlace");
    }
}
