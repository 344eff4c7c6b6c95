//! Reads Apache Parquet through polars. Columns of lists, structs and bytes are left out: a table has one value a cell.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use facts::Format;
use polars::prelude::{AnyValue, DataFrame, ParquetReader, PolarsResult, SerReader};

use super::delimited::Read;
use super::json::Records;
use super::text::NoText;
use crate::table::{Nature, RawColumn};

/// Reads a Parquet file from its bytes.
pub(crate) fn read(bytes: Vec<u8>) -> Result<Records, NoText> {
    if !(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1")) {
        return Err(
            "it is no whole Parquet file: the mark at its start or end is missing".to_owned(),
        );
    }
    // polars panics on some damaged files. The reader owns its bytes, so nothing half-changed survives the panic.
    let (frame, unsupported) = catch_unwind(AssertUnwindSafe(|| supported_columns(bytes)))
        .map_err(|_| "it is damaged".to_owned())?
        .map_err(|error| {
            let reason = error.to_string();
            format!(
                "it is damaged ({})",
                reason.lines().next().unwrap_or_default()
            )
        })?;
    let (read, mut left_out) = columns(&frame);
    if read.columns.is_empty() {
        return Err("none of its columns is of a supported type".to_owned());
    }
    left_out.extend(unsupported);
    Ok((read, left_out))
}

/// Arrow types that the build of polars has; others (small integers, dates) it would refuse together with the file.
const SUPPORTED: [&str; 11] = [
    "Boolean",
    "Int32",
    "Int64",
    "UInt32",
    "UInt64",
    "Float32",
    "Float64",
    "Utf8",
    "LargeUtf8",
    "Utf8View",
    "Dictionary",
];

/// Most cells that are read: a few bytes can encode billions of equal ones.
const CELLS: usize = 500_000_000;

type LeftOut = Vec<(String, String)>;

fn supported_columns(bytes: Vec<u8>) -> PolarsResult<(DataFrame, LeftOut)> {
    let mut reader = ParquetReader::new(Cursor::new(bytes));
    let rows = reader.num_rows()?;
    let schema = reader.schema()?;
    if rows.saturating_mul(schema.len()) > CELLS {
        polars::prelude::polars_bail!(ComputeError: "{rows} rows of {} columns are too many", schema.len());
    }
    let (mut names, mut left_out) = (Vec::new(), Vec::new());
    for (name, field) in schema.iter() {
        let kind = format!("{:?}", field.dtype);
        let base = kind.split('(').next().unwrap_or_default();
        if SUPPORTED.contains(&base) {
            names.push(name.to_string());
        } else {
            left_out.push((
                name.to_string(),
                format!("its type {base} is not supported"),
            ));
        }
    }
    let frame = if names.is_empty() {
        DataFrame::empty()
    } else {
        reader.with_columns(Some(names)).finish()?
    };
    Ok((frame, left_out))
}

fn columns(frame: &DataFrame) -> Records {
    let mut columns = Vec::new();
    let mut left_out = Vec::new();
    for series in frame.columns() {
        let name = series.name().to_string();
        let mut column = RawColumn::new(&name, Nature::Number);
        let mut supported = true;
        for value in series.as_materialized_series().iter() {
            match text(&value) {
                Cell::Missing => column.push(None),
                Cell::Number(number) => column.push(Some(&number)),
                Cell::Text(text) => {
                    column.nature = Nature::Text;
                    column.push(Some(&text));
                }
                Cell::Unsupported => {
                    supported = false;
                    break;
                }
            }
        }
        if supported {
            columns.push(column);
        } else {
            left_out.push((name, format!("its cells are of type {}", series.dtype())));
        }
    }
    let meanings = vec![None; columns.len()];
    (
        Read {
            columns,
            format: Format::Parquet,
            meanings,
        },
        left_out,
    )
}

enum Cell {
    Missing,
    Number(String),
    Text(String),
    Unsupported,
}

fn text(value: &AnyValue<'_>) -> Cell {
    match value {
        AnyValue::Null => Cell::Missing,
        AnyValue::Boolean(truth) => Cell::Number(if *truth { "True" } else { "False" }.to_owned()),
        AnyValue::String(text) => Cell::Text((*text).to_owned()),
        AnyValue::StringOwned(text) => Cell::Text(text.to_string()),
        AnyValue::Float32(number) => float(f64::from(*number)),
        AnyValue::Float64(number) => float(*number),
        AnyValue::Categorical(..)
        | AnyValue::CategoricalOwned(..)
        | AnyValue::Enum(..)
        | AnyValue::EnumOwned(..) => value
            .get_str()
            .map_or(Cell::Missing, |text| Cell::Text(text.to_owned())),
        _ => value
            .extract::<i128>()
            .filter(|_| value.is_integer())
            .map_or(Cell::Unsupported, |number| Cell::Number(number.to_string())),
    }
}

/// The debug format keeps the point of whole numbers, so that the column stays one of floats.
fn float(number: f64) -> Cell {
    if number.is_nan() {
        Cell::Missing
    } else {
        Cell::Number(format!("{number:?}"))
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{NamedFrom, ParquetWriter, Series};

    use super::*;

    fn sample() -> Vec<u8> {
        let columns = vec![
            Series::new("n".into(), [Some(1_i64), None, Some(3)]).into(),
            Series::new("x".into(), [1.0, 2.5, f64::NAN]).into(),
            Series::new("t".into(), ["04", "b", "b"]).into(),
            Series::new("b".into(), [true, false, true]).into(),
        ];
        let mut frame = DataFrame::new(3, columns).unwrap();
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
        bytes
    }

    #[test]
    fn cells_become_texts() {
        let (read, left_out) = read(sample()).unwrap();
        assert!(left_out.is_empty());
        let words: Vec<Vec<&str>> = read
            .columns
            .iter()
            .map(|column| column.words.iter().collect())
            .collect();
        assert_eq!(
            words,
            [
                vec!["1", "3"],
                vec!["1.0", "2.5"],
                vec!["04", "b"],
                vec!["True", "False"]
            ]
        );
        assert_eq!(read.columns[2].nature, Nature::Text);
    }

    #[test]
    fn damage_is_no_panic() {
        let whole = sample();
        assert!(read(whole[..whole.len() / 2].to_vec()).is_err());
        for at in (4..whole.len() - 4).step_by(7) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x5a;
            let _ = read(damaged);
        }
        assert!(read(b"PAR1PAR1".to_vec()).is_err());
    }
}
