//! Reads the CSV files of a prepared package, strictly, and says how they look. It compares nothing.

use std::collections::BTreeMap;

use camino::Utf8Path;
use facts::CsvFacts;

use crate::error::ReadError;
use crate::read::{Dialect, FILLED_UP, OpenQuote, Record, Tokens, typed_texts};
use crate::table::{Nature, RawColumn, Table, repair_names};

/// Paths inside the package.
pub(super) const TRAIN: &str = "public/train.csv";
pub(super) const TEST: &str = "public/test.csv";
pub(super) const SAMPLE: &str = "public/sample_submission.csv";
pub(super) const ANSWERS: &str = "private/test_answer.csv";

/// Columns of a table: no table has more, and the cost of looking at each beside each grows with their square.
const COLUMNS: usize = 30_000;
/// Ragged lines that are listed.
const RAGGED: usize = 10;

/// The CSV files of a package.
pub(super) struct Package {
    pub(super) csvs: BTreeMap<String, CsvFacts>,
    pub(super) train: Option<Table>,
    pub(super) test: Option<Table>,
    pub(super) sample: Option<Table>,
    pub(super) answers: Option<Table>,
}

impl Package {
    /// Reads every `*.csv` directly inside the two folders; a folder that does not exist has none.
    pub(super) fn read(public: &Utf8Path, private: &Utf8Path) -> Result<Self, ReadError> {
        let mut package = Self {
            csvs: BTreeMap::new(),
            train: None,
            test: None,
            sample: None,
            answers: None,
        };
        for (folder, role) in [(public, "public"), (private, "private")] {
            for name in csv_names(folder)? {
                let path = format!("{role}/{name}");
                let file = folder.join(&name);
                let bytes = fs_err::read(&file).map_err(|source| ReadError::new(file, source))?;
                let (facts, table) = parse(bytes);
                package.csvs.insert(path.clone(), facts);
                match path.as_str() {
                    TRAIN => package.train = table,
                    TEST => package.test = table,
                    SAMPLE => package.sample = table,
                    ANSWERS => package.answers = table,
                    _ => {}
                }
            }
        }
        Ok(package)
    }
}

fn csv_names(folder: &Utf8Path) -> Result<Vec<String>, ReadError> {
    let error = |source| ReadError::new(folder, source);
    let entries = match fs_err::read_dir(folder) {
        Ok(entries) => entries,
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(error(source)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(error)?;
        // Links are never followed: what a script left could point anywhere.
        let is_file = entry.file_type().map_err(error)?.is_file();
        if let Some(name) = entry
            .file_name()
            .to_str()
            .filter(|name| is_file && name.ends_with(".csv"))
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Parses what `DataFrame.to_csv` writes: UTF-8, commas, double quotes, a header. Only the empty cell is missing.
fn parse(bytes: Vec<u8>) -> (CsvFacts, Option<Table>) {
    let failed = |why: String| {
        (
            CsvFacts {
                error: Some(why),
                ..CsvFacts::default()
            },
            None,
        )
    };
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            return failed(format!(
                "byte {} is not UTF-8",
                error.utf8_error().valid_up_to()
            ));
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if text.contains('\0') {
        return failed("it has NUL bytes".to_owned());
    }
    let dialect = Dialect {
        separator: facts::Separator::Comma,
        quote: Some(b'"'),
        comment: None,
        skip_lines: 0,
    };
    let mut tokens = Tokens::new(text, &dialect);
    let mut record = Record::default();
    let open_quote = |OpenQuote { line }: OpenQuote| {
        format!("a quoted cell that begins in line {line} never ends")
    };
    match tokens.next_into(&mut record) {
        Err(error) => return failed(open_quote(error)),
        Ok(false) => return failed("it is empty".to_owned()),
        Ok(true) => {}
    }
    let header: Vec<String> = record.cells().map(str::to_owned).collect();
    if header.len() > COLUMNS {
        return failed(format!("it has more than {COLUMNS} columns"));
    }
    let mut facts = CsvFacts {
        empty_headers: header.iter().filter(|name| name.trim().is_empty()).count(),
        duplicate_headers: duplicates(&header),
        columns: header,
        ..CsvFacts::default()
    };
    let mut filled_up = 0;
    let (names, _) = repair_names(&facts.columns);
    let mut columns: Vec<RawColumn> = names
        .iter()
        .map(|name| RawColumn::new(name, Nature::Guess))
        .collect();
    loop {
        match tokens.next_into(&mut record) {
            Err(error) => return failed(open_quote(error)),
            Ok(false) => break,
            Ok(true) => {}
        }
        facts.rows += 1;
        filled_up += columns.len().saturating_sub(record.width());
        if filled_up > FILLED_UP {
            return failed("its lines have far fewer cells than its header".to_owned());
        }
        if record.width() != columns.len() && facts.ragged.len() < RAGGED {
            facts.ragged.push((record.line, record.width()));
        }
        for (position, column) in columns.iter_mut().enumerate() {
            column.push(Some(if position < record.width() {
                record.cell(position)
            } else {
                ""
            }));
        }
    }
    let rows = facts.rows;
    (
        facts,
        Some(Table {
            columns: columns.into_iter().map(typed_texts).collect(),
            rows,
        }),
    )
}

fn duplicates(header: &[String]) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    header
        .iter()
        .filter(|name| !seen.insert(name.as_str()) && !name.trim().is_empty())
        .cloned()
        .collect()
}
