//! Reads the table of crates in ARCHITECTURE.md, the one record of which crate may use which.

/// A row of the table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The package.
    pub(super) name: String,
    /// Its layer, as its manifest calls it.
    pub(super) layer: String,
    /// Crates of ours that it uses.
    pub(super) uses: Vec<String>,
}

/// First cell of the table's head.
const HEAD: &str = "layer";

/// The rows of the first table that is headed by `layer | crate | duty | uses`. An empty first cell
/// stands for the layer above it. Own crates are the words in backticks of the last cell.
pub(super) fn rows(markdown: &str) -> Vec<Row> {
    let mut layer = String::new();
    markdown
        .lines()
        .map(cells)
        .skip_while(|cells| cells.first().is_none_or(|cell| *cell != HEAD))
        .skip(2) // the head and the rule below it
        .take_while(|cells| cells.len() == 4)
        .map(|cells| {
            if !cells[0].is_empty() {
                cells[0]
                    .trim_start_matches(|it: char| it.is_ascii_digit() || it == ' ')
                    .clone_into(&mut layer);
            }
            Row {
                name: quoted(cells[1]).next().unwrap_or_default().to_owned(),
                layer: layer.clone(),
                uses: quoted(cells[3]).map(str::to_owned).collect(),
            }
        })
        .collect()
}

fn cells(line: &str) -> Vec<&str> {
    let inner = line
        .trim()
        .strip_prefix('|')
        .and_then(|line| line.strip_suffix('|'));
    inner
        .map(|line| line.split('|').map(str::trim).collect())
        .unwrap_or_default()
}

fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_holds_for_the_rows_below_it() {
        let text = "\
            text\n| word | means |\n|---|---|\n| task | it |\n\n\
            | layer | crate | duty | uses |\n|---|---|---|---|\n\
            | 0 vocabulary | `digest` | hashes | – |\n\
            | | `task-format` | the task | `digest`, `scoring` |\n\
            | tool | `xtask` | the driver | – |\n\nmore | text |";
        let row = |name: &str, layer: &str, uses: &[&str]| Row {
            name: name.into(),
            layer: layer.into(),
            uses: uses.iter().map(|&it| it.into()).collect(),
        };
        let expected = [
            row("digest", "vocabulary", &[]),
            row("task-format", "vocabulary", &["digest", "scoring"]),
            row("xtask", "tool", &[]),
        ];
        assert_eq!(rows(text), expected);
    }
}
