//! Plain text tables: columns as wide as their widest cell, notes below a row.

/// How a column's cells stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A table that grows row by row.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
enum Row {
    Cells {
        cells: Vec<String>,
        notes: Vec<String>,
    },
    Heading(String),
}

impl Table {
    pub(crate) fn new<const N: usize>(columns: [(&str, Align); N]) -> Self {
        Self {
            columns: columns
                .into_iter()
                .map(|(title, align)| (title.to_owned(), align))
                .collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row and the lines below it. Missing cells are empty.
    pub(crate) fn row(&mut self, cells: Vec<String>, notes: Vec<String>) {
        self.rows.push(Row::Cells { cells, notes });
    }

    /// Adds a line that begins a part of the table; it stands outside of the columns.
    pub(crate) fn heading(&mut self, text: String) {
        self.rows.push(Row::Heading(text));
    }

    /// The table's lines; a column without any cell is left out.
    pub(crate) fn render(&self) -> String {
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|column| self.width(column))
            .collect();
        let mut out = String::new();
        self.line(&mut out, &widths, |column| self.columns[column].0.as_str());
        for row in &self.rows {
            let (cells, notes) = match row {
                Row::Cells { cells, notes } => (cells, notes),
                Row::Heading(text) => {
                    out.push_str(&format!("\n{text}\n"));
                    continue;
                }
            };
            self.line(&mut out, &widths, |column| {
                cells.get(column).map_or("", String::as_str)
            });
            for note in notes {
                out.push_str("    ");
                out.push_str(note);
                out.push('\n');
            }
        }
        out
    }

    /// Width of a column in characters; 0 when no row has a cell there.
    fn width(&self, column: usize) -> usize {
        let widest = self
            .rows
            .iter()
            .filter_map(|row| match row {
                Row::Cells { cells, .. } => cells.get(column),
                Row::Heading(_) => None,
            })
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0);
        if widest == 0 {
            0
        } else {
            widest.max(self.columns[column].0.chars().count())
        }
    }

    fn line<'a>(&'a self, out: &mut String, widths: &[usize], cell: impl Fn(usize) -> &'a str) {
        let mut line = String::new();
        for (column, &width) in widths.iter().enumerate().filter(|&(_, &width)| width > 0) {
            if !line.is_empty() {
                line.push_str("  ");
            }
            let text = cell(column);
            match self.columns[column].1 {
                Align::Left => line.push_str(&format!("{text:<width$}")),
                Align::Right => line.push_str(&format!("{text:>width$}")),
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fit_their_cells_and_empty_ones_are_left_out() {
        let mut table = Table::new([
            ("task", Align::Left),
            ("unused", Align::Left),
            ("score", Align::Right),
        ]);
        table.row(
            vec!["a".to_owned(), String::new(), "0.5".to_owned()],
            vec!["a note".to_owned()],
        );
        table.row(
            vec!["longer".to_owned(), String::new(), "12.25".to_owned()],
            vec![],
        );
        insta::assert_snapshot!(table.render(), @r"
        task    score
        a         0.5
            a note
        longer  12.25
        ");
    }
}
