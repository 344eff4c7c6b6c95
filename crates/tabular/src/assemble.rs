//! Makes the main table of a dataset's files, and what other tables there are: chooses files, reads them, puts them together. It
//! measures nothing.

use camino::Utf8Path;
use facts::{
    Combine, DatasetFacts, Declared, DeclaredTable, FileKind, RawFile, Reading, Refusal,
    RefusalReason, Storage,
};

use crate::error::{ProfileOutcome, ReadError, refusal, unreadable};
use crate::read::{FileTable, ONE_COLUMN, may_hold_table, read_documentation, read_file, retyped};
use crate::table::{Column, Table, unique_name};

/// Characters of documentation that a profile keeps.
const DOCUMENTATION_CHARACTERS: usize = 20_000;
/// Tables beside the main one that are described: the largest. More would bury whoever reads of them.
const MOST_OTHERS: usize = 12;
/// Bytes of files, all together, that are read although the declared table is made of others: whoever declares one may have good reason.
const MOST_UNDECLARED_BYTES: u64 = 256 << 20;

/// A table of a dataset and how it came about; the main one has the others.
#[derive(Debug)]
pub(crate) struct Assembled {
    pub(crate) table: Table,
    pub(crate) readings: Vec<Reading>,
    pub(crate) combine: Combine,
    /// What columns mean, by position.
    pub(crate) meanings: Vec<Option<String>>,
    pub(crate) left_out: Vec<(String, String)>,
    pub(crate) documentation: Option<String>,
    /// The dataset's other tables, by path.
    pub(crate) others: Vec<Assembled>,
}

/// Reads the dataset's main table.
pub(crate) fn assemble(
    folder: &Utf8Path,
    dataset: &DatasetFacts,
    declared: &Declared,
) -> Result<Assembled, ProfileOutcome> {
    let documentation = documentation(folder, dataset)?;
    let mut assembled = match &declared.table {
        Some(table) => declared_table(folder, dataset, table, &documentation)?,
        None => found_table(folder, dataset, &documentation)?,
    };
    assembled.documentation = shortened(&documentation);
    assembled.mind_meanings(declared);
    for other in &mut assembled.others {
        other.mind_meanings(declared);
    }
    Ok(assembled)
}

impl Assembled {
    /// Takes what columns are declared to mean.
    fn mind_meanings(&mut self, declared: &Declared) {
        for (column, meaning) in self.table.columns.iter().zip(&mut self.meanings) {
            if let Some(text) = declared.meanings.get(&column.name) {
                *meaning = Some(text.clone());
            }
        }
    }

    fn path(&self) -> &str {
        self.readings
            .first()
            .map_or("", |reading| reading.path.as_str())
    }
}

/// Prose beside the data, by path.
type Documentation = Vec<(String, String)>;

fn documentation(folder: &Utf8Path, dataset: &DatasetFacts) -> Result<Documentation, ReadError> {
    let mut texts = Vec::new();
    for file in dataset
        .files
        .iter()
        .filter(|file| file.kind == FileKind::Documentation)
    {
        if let Some(text) = read_documentation(folder, file)? {
            texts.push((file.path.clone(), text));
        }
    }
    Ok(texts)
}

fn shortened(documentation: &Documentation) -> Option<String> {
    let whole = documentation
        .iter()
        .map(|(_, text)| text.trim())
        .collect::<Vec<_>>()
        .join("\n\n");
    (!whole.is_empty()).then(|| whole.chars().take(DOCUMENTATION_CHARACTERS).collect())
}

fn declared_table(
    folder: &Utf8Path,
    dataset: &DatasetFacts,
    declared: &DeclaredTable,
    documentation: &Documentation,
) -> Result<Assembled, ProfileOutcome> {
    let mut tables = Vec::new();
    for stated in &declared.files {
        let file = dataset
            .files
            .iter()
            .find(|file| file.path == stated.path)
            .ok_or_else(|| {
                ProfileOutcome::Refused(unreadable(
                    &stated.path,
                    "the dataset declares it but has no such file",
                ))
            })?;
        let table = read_file(folder, file, Some(stated), documentation)?
            .map_err(|why| ProfileOutcome::Refused(unreadable(&stated.path, why)))?;
        tables.push(table);
    }
    let mut assembled = match declared.combine {
        Combine::SideBySide => side_by_side(tables).map_err(ProfileOutcome::Refused)?,
        Combine::Stacked | Combine::Single => stacked(tables).map_err(ProfileOutcome::Refused)?,
    };
    let stated = |file: &&RawFile| declared.files.iter().any(|one| one.path == file.path);
    let mut rest: Vec<&RawFile> = may_hold_tables(dataset)
        .filter(|file| !stated(file))
        .collect();
    for file in &rest {
        assembled.left_out.push((
            file.path.clone(),
            "not part of the declared table".to_owned(),
        ));
    }
    // The smaller, the more of them there is room for.
    rest.sort_by_key(|file| file.bytes);
    let mut bytes = 0;
    rest.retain(|file| {
        bytes += file.bytes;
        bytes <= MOST_UNDECLARED_BYTES
    });
    rest.sort_by(|a, b| a.path.cmp(&b.path));
    let (groups, _unreadable) = grouped(folder, &rest, documentation)?;
    assembled.others = others(groups)?;
    Ok(assembled)
}

fn may_hold_tables(dataset: &DatasetFacts) -> impl Iterator<Item = &RawFile> {
    dataset
        .files
        .iter()
        .filter(|file| may_hold_table(file.kind))
}

/// Files whose rows belong under the same columns.
type Group = Vec<FileTable>;

/// A file that can't be read, and the reason.
type Unread = (String, String);

/// The files in groups that make a table each, and those that can't be read.
fn grouped(
    folder: &Utf8Path,
    files: &[&RawFile],
    documentation: &Documentation,
) -> Result<(Vec<Group>, Vec<Unread>), ReadError> {
    let mut groups: Vec<Group> = Vec::new();
    let mut failures: Vec<Unread> = Vec::new();
    for file in files {
        match read_file(folder, file, None, documentation)? {
            Ok(table) => match groups
                .iter_mut()
                .find(|group| same_columns(&group[0], &table))
            {
                Some(group) => group.push(table),
                None => groups.push(vec![table]),
            },
            Err(why) => failures.push((file.path.clone(), why)),
        }
    }
    Ok((groups, failures))
}

fn cells(group: &[FileTable]) -> usize {
    let tables = group.iter().map(|table| &table.table);
    tables.map(|table| table.rows * table.columns.len()).sum()
}

/// The tables beside the main one: the largest, by path.
fn others(mut groups: Vec<Group>) -> Result<Vec<Assembled>, ProfileOutcome> {
    groups.sort_by_key(|group| std::cmp::Reverse(cells(group)));
    let largest = groups.into_iter().take(MOST_OTHERS);
    let mut others = largest
        .map(stacked)
        .collect::<Result<Vec<Assembled>, Refusal>>()
        .map_err(ProfileOutcome::Refused)?;
    others.sort_by(|a, b| a.path().cmp(b.path()));
    Ok(others)
}

/// The largest table that files with equal columns make together, and the tables that the other files make.
fn found_table(
    folder: &Utf8Path,
    dataset: &DatasetFacts,
    documentation: &Documentation,
) -> Result<Assembled, ProfileOutcome> {
    let files: Vec<&RawFile> = may_hold_tables(dataset).collect();
    if files.is_empty() {
        return Err(ProfileOutcome::Refused(without_table(dataset)));
    }
    let (mut groups, mut failures) = grouped(folder, &files, documentation)?;
    let Some(best) =
        (0..groups.len()).max_by_key(|&at| (cells(&groups[at]), std::cmp::Reverse(at)))
    else {
        let (path, why) = failures.swap_remove(0);
        return Err(ProfileOutcome::Refused(if why == ONE_COLUMN {
            refusal(
                RefusalReason::NoTarget,
                format!("`{path}` has a single column: nothing could predict it."),
            )
        } else {
            unreadable(&path, why)
        }));
    };
    let group = groups.swap_remove(best);
    let mut assembled = stacked(group).map_err(ProfileOutcome::Refused)?;
    for other in groups.iter().flatten() {
        let reason = format!(
            "another table: {} rows of {} columns",
            other.table.rows,
            other.table.columns.len()
        );
        assembled
            .left_out
            .push((other.reading.path.clone(), reason));
    }
    assembled.left_out.extend(failures);
    assembled.left_out.sort();
    assembled.others = others(groups)?;
    Ok(assembled)
}

fn without_table(dataset: &DatasetFacts) -> Refusal {
    let count = |kind| {
        dataset
            .files
            .iter()
            .filter(|file| file.kind == kind)
            .count()
    };
    let (images, sounds) = (count(FileKind::Image), count(FileKind::Audio));
    if images + sounds > 0 {
        let detail = format!("The dataset has {images} images and {sounds} sounds but no table.");
        return refusal(RefusalReason::UnsupportedModality, detail);
    }
    refusal(
        RefusalReason::Unreadable,
        format!(
            "None of the dataset's {} files holds a table.",
            dataset.files.len()
        ),
    )
}

/// Whether two files' rows belong under the same columns: equal names, and where names only count, equal types too.
fn same_columns(a: &FileTable, b: &FileTable) -> bool {
    let (a, b) = (&a.table.columns, &b.table.columns);
    a.len() == b.len()
        && a.iter().zip(b).all(|(x, y)| {
            x.name == y.name && (!x.name.starts_with("column_") || x.storage == y.storage)
        })
}

fn stacked(mut tables: Vec<FileTable>) -> Result<Assembled, Refusal> {
    let combine = if tables.len() == 1 {
        Combine::Single
    } else {
        Combine::Stacked
    };
    let left_out = left_out(&tables);
    let Some(first) = tables.first() else {
        return Err(refusal(
            RefusalReason::Unreadable,
            "The declared table has no files.",
        ));
    };
    if let Some(other) = tables.iter().find(|table| !same_columns(first, table)) {
        return Err(unreadable(
            &other.reading.path,
            "its columns differ from those of the file before it",
        ));
    }
    if tables.len() == 1 {
        let FileTable {
            table,
            reading,
            meanings,
            ..
        } = tables.remove(0);
        return Ok(Assembled {
            table,
            readings: vec![reading],
            combine,
            meanings,
            left_out,
            documentation: None,
            others: Vec::new(),
        });
    }
    let meanings = first.meanings.clone();
    let columns: Vec<Column> = (0..first.table.columns.len())
        .map(|at| retyped(tables.iter().map(|table| &table.table.columns[at])))
        .collect();
    for table in &mut tables {
        mind_text(table, &columns);
    }
    let rows = tables.iter().map(|table| table.table.rows).sum();
    let readings = tables.into_iter().map(|table| table.reading).collect();
    Ok(Assembled {
        table: Table { columns, rows },
        readings,
        combine,
        meanings,
        left_out,
        documentation: None,
        others: Vec::new(),
    })
}

/// Lets a file be read as text where another file of the stack makes the column one of text: `12` beside `0012`.
fn mind_text(table: &mut FileTable, whole: &[Column]) {
    for (column, whole) in table.table.columns.iter().zip(whole) {
        let named = table.reading.read_as_text.contains(&column.name);
        if whole.storage == Storage::Text && column.storage != Storage::Text && !named {
            table.reading.read_as_text.push(column.name.clone());
        }
    }
}

fn side_by_side(tables: Vec<FileTable>) -> Result<Assembled, Refusal> {
    let rows = tables.first().map_or(0, |table| table.table.rows);
    if let Some(other) = tables.iter().find(|table| table.table.rows != rows) {
        let why = format!(
            "it has {} rows, but stands beside a file with {rows}",
            other.table.rows
        );
        return Err(unreadable(&other.reading.path, why));
    }
    let left_out = left_out(&tables);
    let (mut columns, mut meanings, mut readings): (Vec<Column>, _, _) =
        (Vec::new(), Vec::new(), Vec::new());
    for table in tables {
        for column in table.table.columns {
            let name = unique_name(&column.name, |name| {
                columns.iter().any(|known| known.name == name)
            });
            columns.push(Column { name, ..column });
        }
        meanings.extend(table.meanings);
        readings.push(table.reading);
    }
    let table = Table { columns, rows };
    Ok(Assembled {
        table,
        readings,
        combine: Combine::SideBySide,
        meanings,
        left_out,
        documentation: None,
        others: Vec::new(),
    })
}

fn left_out(tables: &[FileTable]) -> Vec<(String, String)> {
    let named = |table: &FileTable| {
        let path = table.reading.path.clone();
        table
            .left_out
            .iter()
            .map(move |(what, why)| (format!("{path}: {what}"), why.clone()))
            .collect::<Vec<_>>()
    };
    tables.iter().flat_map(named).collect()
}
