//! A CSV file of a package as cells, for changing it: as pandas writes them, quotes only where they are needed.

/// A header and its rows.
#[derive(Clone)]
pub(crate) struct Table {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn parse(text: &str) -> Self {
        let mut lines = cells(text).into_iter();
        let header = lines.next().expect("a table has a header");
        Self {
            header,
            rows: lines.collect(),
        }
    }

    pub(crate) fn render(&self) -> String {
        let mut text = String::new();
        for row in std::iter::once(&self.header).chain(&self.rows) {
            let quoted: Vec<String> = row
                .iter()
                .map(|cell| match cell.contains([',', '"', '\n']) {
                    true => format!("\"{}\"", cell.replace('"', "\"\"")),
                    false => cell.clone(),
                })
                .collect();
            text += &quoted.join(",");
            text.push('\n');
        }
        text
    }

    /// Where a column stands.
    pub(crate) fn at(&self, column: &str) -> usize {
        let found = self.header.iter().position(|name| name == column);
        found.unwrap_or_else(|| panic!("no column `{column}` in {:?}", self.header))
    }

    /// The cells of a column.
    pub(crate) fn column(&self, name: &str) -> Vec<String> {
        let at = self.at(name);
        self.rows.iter().map(|row| row[at].clone()).collect()
    }

    /// The cells of a column as numbers; empty ones are 0.
    pub(crate) fn numbers(&self, name: &str) -> Vec<f64> {
        let number = |cell: String| cell.parse().unwrap_or_default();
        self.column(name).into_iter().map(number).collect()
    }

    /// Writes other cells into a column.
    pub(crate) fn set(&mut self, name: &str, values: impl IntoIterator<Item = String>) {
        let at = self.at(name);
        for (row, value) in self.rows.iter_mut().zip(values) {
            row[at] = value;
        }
    }

    /// Puts a new column before the one that stands at `place`.
    pub(crate) fn insert(
        &mut self,
        place: usize,
        name: &str,
        values: impl IntoIterator<Item = String>,
    ) {
        self.header.insert(place, name.to_owned());
        for (row, value) in self.rows.iter_mut().zip(values) {
            row.insert(place, value);
        }
    }
}

/// The cells of every line.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    rows
}

#[test]
fn tables_read_back_as_they_were_written() {
    let text = "id,note\n1,\"a, \"\"b\"\"\nc\"\n2,\n";
    let table = Table::parse(text);
    assert_eq!(table.rows[0][1], "a, \"b\"\nc");
    assert_eq!(table.render(), text);
}
