//! The profile of a dataset: its main table and the others, described and related, or the reason why there is none.

use camino::Utf8Path;
use facts::{ColumnProfile, DatasetFacts, Declared, OtherTable, Profile, RefusalReason, Role};

use crate::assemble::{Assembled, assemble};
use crate::describe::describe;
use crate::error::{ProfileOutcome, refusal};
use crate::relate::{Related, relate};
use crate::stats::mix;
use crate::table::Table;

/// Least rows of a table: a fifth of them, the usual test share, is a dozen, and with fewer no score means anything.
pub const LEAST_ROWS: usize = 60;

/// Profiles the main table of a dataset that lies in `folder`.
///
/// # Errors
///
/// [`ProfileOutcome::Refused`] when the data make no task: `unreadable` (binary, ragged, damaged, no table),
/// `unsupported_modality` (only images or sounds), `no_target` (one column, or nothing but constants),
/// `not_enough_rows` (fewer than [`LEAST_ROWS`]), `identifiers_only` (every column names its row).
/// [`ProfileOutcome::Failed`] when a file can't be opened on this host.
pub fn profile(
    folder: &Utf8Path,
    dataset: DatasetFacts,
    declared: &Declared,
) -> Result<Profile, ProfileOutcome> {
    profile_from(folder, dataset, declared, LEAST_ROWS)
}

/// Profiles the main table of prepared files: a part of a dataset may be smaller than a dataset must be.
///
/// # Errors
///
/// Those of [`profile`], but `not_enough_rows` only when there is none.
pub fn profile_prepared(
    folder: &Utf8Path,
    dataset: DatasetFacts,
) -> Result<Profile, ProfileOutcome> {
    profile_from(folder, dataset, &Declared::default(), 1)
}

fn profile_from(
    folder: &Utf8Path,
    dataset: DatasetFacts,
    declared: &Declared,
    least_rows: usize,
) -> Result<Profile, ProfileOutcome> {
    let assembled = assemble(folder, &dataset, declared)?;
    refuse_small(&assembled, least_rows)?;
    let Assembled {
        table,
        readings,
        combine,
        meanings,
        left_out,
        documentation,
        others,
    } = assembled;
    let columns = described(&table, meanings);
    refuse_senseless(&columns)?;
    let Related {
        relations,
        entities,
        times,
    } = relate(&table, &columns);
    tracing::debug!(
        rows = table.rows,
        columns = columns.len(),
        relations = relations.len(),
        others = others.len(),
        "profiled"
    );
    Ok(Profile {
        dataset,
        readings,
        combine,
        left_out,
        rows: table.rows,
        duplicate_rows: duplicate_rows(&table),
        columns,
        relations,
        entities,
        times,
        documentation,
        others: others.into_iter().map(other).collect(),
    })
}

/// A table beside the main one. It may be one that no task could be made of: it can still tell something of the rows of one.
fn other(assembled: Assembled) -> OtherTable {
    let columns = described(&assembled.table, assembled.meanings);
    let Related {
        relations,
        entities,
        times,
    } = relate(&assembled.table, &columns);
    OtherTable {
        readings: assembled.readings,
        combine: assembled.combine,
        left_out: assembled.left_out,
        rows: assembled.table.rows,
        duplicate_rows: duplicate_rows(&assembled.table),
        columns,
        relations,
        entities,
        times,
    }
}

/// Each column on its own.
fn described(table: &Table, meanings: Vec<Option<String>>) -> Vec<ColumnProfile> {
    let meanings = meanings.into_iter().chain(std::iter::repeat(None));
    let columns = table.columns.iter().enumerate();
    columns
        .zip(meanings)
        .map(|((at, column), meaning)| describe(column, at, meaning, None))
        .collect()
}

fn refuse_small(assembled: &Assembled, least_rows: usize) -> Result<(), ProfileOutcome> {
    let Table { columns, rows } = &assembled.table;
    let path = assembled
        .readings
        .first()
        .map_or("", |reading| reading.path.as_str());
    let refused = |reason, detail| Err(ProfileOutcome::Refused(refusal(reason, detail)));
    if columns.len() < 2 {
        return refused(
            RefusalReason::NoTarget,
            format!("`{path}` has a single column: nothing could predict it."),
        );
    }
    if *rows < least_rows {
        let needed = match least_rows {
            LEAST_ROWS => format!("a split into train and test needs at least {LEAST_ROWS}"),
            _ => format!("at least {least_rows} is needed"),
        };
        let detail = format!("`{path}` has {rows} rows; {needed}.");
        return refused(RefusalReason::NotEnoughRows, detail);
    }
    Ok(())
}

fn refuse_senseless(columns: &[ColumnProfile]) -> Result<(), ProfileOutcome> {
    let telling: Vec<&ColumnProfile> = columns
        .iter()
        .filter(|column| column.role != Role::Constant)
        .collect();
    if telling.len() < 2 {
        let detail = format!("Only {} of {} columns vary.", telling.len(), columns.len());
        return Err(ProfileOutcome::Refused(refusal(
            RefusalReason::NoTarget,
            detail,
        )));
    }
    let mut features = telling.iter().filter(|column| column.role != Role::Id);
    if let (Some(only), None) = (features.next(), features.next()) {
        let detail = format!(
            "All columns but `{}` name their row: nothing could predict it.",
            only.name
        );
        return Err(ProfileOutcome::Refused(refusal(
            RefusalReason::NoTarget,
            detail,
        )));
    }
    if telling.iter().all(|column| column.role == Role::Id) {
        let names: Vec<&str> = telling
            .iter()
            .take(6)
            .map(|column| column.name.as_str())
            .collect();
        let detail = format!(
            "Every column names its row ({}): a lookup table, nothing to predict.",
            names.join(", ")
        );
        return Err(ProfileOutcome::Refused(refusal(
            RefusalReason::IdentifiersOnly,
            detail,
        )));
    }
    Ok(())
}

/// Rows that equal an earlier one in every cell, found by 128-bit hashes: among a billion rows, the chance of a false
/// match is below 10⁻²⁰.
fn duplicate_rows(table: &Table) -> usize {
    let mut hashes = vec![0_u128; table.rows];
    for column in &table.columns {
        for (hash, &code) in hashes.iter_mut().zip(&column.codes) {
            *hash = mix(*hash, code);
        }
    }
    hashes.sort_unstable();
    hashes.windows(2).filter(|pair| pair[0] == pair[1]).count()
}

#[cfg(test)]
mod tests;
