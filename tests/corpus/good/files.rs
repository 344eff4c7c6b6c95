//! The files of a dataset before they are written.

use camino::Utf8Path;

/// A dataset's files.
pub(crate) struct Raw {
    files: Vec<(String, Vec<u8>)>,
}

impl Raw {
    /// A dataset of one file.
    pub(crate) fn file(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { files: Vec::new() }.and(name, bytes)
    }

    /// With one more file.
    pub(crate) fn and(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.to_owned(), bytes.into()));
        self
    }

    /// With a `dataset.json` that states what the owner knows.
    pub(crate) fn stated(self, title: &str, description: &str, meanings: &[(&str, &str)]) -> Self {
        let columns: serde_json::Map<String, serde_json::Value> = meanings
            .iter()
            .map(|(column, meaning)| ((*column).to_owned(), (*meaning).into()))
            .collect();
        let statement = serde_json::json!({
            "title": title,
            "description": description,
            "source": "tests/corpus",
            "licence": "CC0-1.0",
            "modality": "tabular",
            "columns": columns,
        });
        let text = serde_json::to_string_pretty(&statement).expect("a statement is plain JSON");
        self.and("dataset.json", text + "\n")
    }

    /// Writes the files into `folder`.
    pub(crate) fn write(&self, folder: &Utf8Path) {
        for (name, bytes) in &self.files {
            let path = folder.join(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, bytes).unwrap();
        }
    }
}

/// Lines of a delimited file under a header.
pub(crate) struct Lines {
    text: String,
    separator: char,
}

impl Lines {
    pub(crate) fn new(header: &[&str], separator: char) -> Self {
        let mut lines = Self {
            text: String::new(),
            separator,
        };
        lines.push(header.iter().map(|&name| name.to_owned()));
        lines
    }

    /// One more line. Cells with a separator or a quote are quoted.
    pub(crate) fn push(&mut self, cells: impl IntoIterator<Item = String>) {
        let quoted: Vec<String> = cells
            .into_iter()
            .map(|cell| match cell.contains([self.separator, '"']) {
                true => format!("\"{}\"", cell.replace('"', "\"\"")),
                false => cell,
            })
            .collect();
        self.text += &quoted.join(&self.separator.to_string());
        self.text.push('\n');
    }

    pub(crate) fn text(self) -> String {
        self.text
    }

    /// The file as Windows writes it in western Europe; every character must be in Latin-1.
    pub(crate) fn latin1(self) -> Vec<u8> {
        self.text
            .chars()
            .map(|c| u8::try_from(u32::from(c)).expect("a character of Latin-1"))
            .collect()
    }
}
