//! Text from a dataset inside Markdown: quoted so that it can neither format nor hide anything.

/// Inline code, on one line, whatever the text holds.
pub(crate) fn code(text: &str) -> String {
    let text = plain_line(text);
    let longest = text
        .split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Inline code inside a table's cell.
pub(crate) fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// Prose on one line: no tags, no pipes that would end a cell, no controls.
pub(crate) fn plain(text: &str) -> String {
    plain_line(text).replace('<', "&lt;").replace('|', "\\|")
}

fn plain_line(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first sentences of a text that fit into `longest` characters; a cut in the middle ends with an ellipsis.
pub(crate) fn opening(text: &str, longest: usize) -> String {
    let line = plain_line(text);
    if line.chars().count() <= longest {
        return line;
    }
    let cut: String = line.chars().take(longest).collect();
    match cut.rfind(". ") {
        Some(end) if end > longest / 3 => cut[..=end].to_owned(),
        _ => format!("{}…", &cut[..cut.rfind(' ').unwrap_or(cut.len())]),
    }
}

/// A cell as it stands in a CSV file, quoted where it must be.
pub(crate) fn csv_cell(value: &str) -> String {
    if value.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", value.replace('"', "\"\""))
            .replace('\n', " ")
            .replace("```", "'''")
    } else {
        value.replace("```", "'''")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting() {
        assert_eq!(code("a b"), "`a b`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a\nb"), "`a b`");
        assert_eq!(cell("a|b"), "`a\\|b`");
        assert_eq!(plain("<script>\nx | y"), "&lt;script> x \\| y");
    }

    #[test]
    fn long_texts_end_at_a_sentence() {
        assert_eq!(opening("One two. Three four.", 50), "One two. Three four.");
        assert_eq!(
            opening("One two three. Four five six seven.", 20),
            "One two three."
        );
        assert_eq!(opening("One two three four five", 12), "One two…");
    }
}
