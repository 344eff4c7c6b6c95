//! Reads Apache Parquet through polars. Columns of lists, structs and bytes are left out: a table has one value a cell.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use facts::Format;
use polars::prelude::{
    AnyValue, DataFrame, DataType, ParquetReader, PolarsResult, SerReader, Series, TimeUnit,
};

use super::delimited::Read;
use super::json::Records;
use super::text::NoText;
use crate::table::{Nature, RawColumn};

/// Reads a Parquet file of at most so many cells from its bytes: a few bytes can encode billions of equal ones.
pub(crate) fn read(bytes: Vec<u8>, most_cells: usize) -> Result<Records, NoText> {
    if !(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1")) {
        return Err(
            "it is no whole Parquet file: the mark at its start or end is missing".to_owned(),
        );
    }
    // polars panics on some damaged files. The reader owns its bytes, so nothing half-changed survives the panic.
    let (frame, unsupported) =
        catch_unwind(AssertUnwindSafe(|| supported_columns(bytes, most_cells)))
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

/// Arrow types that the build of polars has; others (decimals, durations, times of day) it would refuse together with the
/// file.
const SUPPORTED: [&str; 17] = [
    "Boolean",
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "UInt8",
    "UInt16",
    "UInt32",
    "UInt64",
    "Date32",
    "Timestamp",
    "Float32",
    "Float64",
    "Utf8",
    "LargeUtf8",
    "Utf8View",
    "Dictionary",
];

type LeftOut = Vec<(String, String)>;

fn supported_columns(bytes: Vec<u8>, most_cells: usize) -> PolarsResult<(DataFrame, LeftOut)> {
    let mut reader = ParquetReader::new(Cursor::new(bytes));
    let rows = reader.num_rows()?;
    let schema = reader.schema()?;
    if rows.saturating_mul(schema.len()) > most_cells {
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
        let moments = Moments::of(series.as_materialized_series());
        for value in series.as_materialized_series().iter() {
            match text(&value, moments) {
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

fn text(value: &AnyValue<'_>, moments: Moments) -> Cell {
    match value {
        AnyValue::Null => Cell::Missing,
        AnyValue::Date(days) => Cell::Text(date(i64::from(*days))),
        // pandas writes moments with a zone in another form, and which zone is not a cell's matter.
        AnyValue::Datetime(_, _, Some(_)) | AnyValue::DatetimeOwned(_, _, Some(_)) => {
            Cell::Unsupported
        }
        AnyValue::Datetime(moment, unit, None) | AnyValue::DatetimeOwned(moment, unit, None) => {
            Cell::Text(moments.text(nanoseconds(*moment, *unit)))
        }
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

/// How a column of moments is written, by pandas' rule: dates alone when every moment is a midnight, else with the time of
/// day and as many decimals of the second, 0, 3, 6 or 9, as any of them needs.
#[derive(Clone, Copy)]
enum Moments {
    Dates,
    Times { decimals: u32 },
}

const SECOND: i128 = 1_000_000_000;
const DAY: i128 = 86_400 * SECOND;

impl Moments {
    fn of(series: &Series) -> Self {
        let DataType::Datetime(unit, _) = series.dtype() else {
            return Self::Dates;
        };
        let mut written = Self::Dates;
        for value in series.iter() {
            let (AnyValue::Datetime(moment, _, _) | AnyValue::DatetimeOwned(moment, _, _)) = value
            else {
                continue;
            };
            let moment = nanoseconds(moment, *unit);
            let needed = [0_u32, 3, 6]
                .into_iter()
                .find(|decimals| moment.rem_euclid(SECOND) % 10_i128.pow(9 - decimals) == 0)
                .unwrap_or(9);
            written = match written {
                Self::Dates if moment.rem_euclid(DAY) == 0 => Self::Dates,
                Self::Dates => Self::Times { decimals: needed },
                Self::Times { decimals } => Self::Times {
                    decimals: decimals.max(needed),
                },
            };
        }
        written
    }

    /// A moment in nanoseconds since 1970 as text.
    fn text(self, moment: i128) -> String {
        let days = moment.div_euclid(DAY);
        let day = date(i64::try_from(days).expect("64 bits of milliseconds are fewer days"));
        let Self::Times { decimals } = self else {
            return day;
        };
        let rest = moment.rem_euclid(DAY);
        let (seconds, fraction) = (rest / SECOND, rest % SECOND);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let time = format!("{day} {hour:02}:{minute:02}:{second:02}");
        if decimals == 0 {
            return time;
        }
        let width = decimals as usize;
        format!("{time}.{:0width$}", fraction / 10_i128.pow(9 - decimals))
    }
}

fn nanoseconds(moment: i64, unit: TimeUnit) -> i128 {
    let each = match unit {
        TimeUnit::Nanoseconds => 1,
        TimeUnit::Microseconds => 1_000,
        TimeUnit::Milliseconds => 1_000_000,
    };
    i128::from(moment) * each
}

/// The date of a day counted from 1970-01-01 in the proleptic Gregorian calendar.
///
/// Years begin in March here, so that the day that leap years have more is the last; 400 years have 146,097 days.
fn date(day: i64) -> String {
    let day = day + 719_468;
    let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = year + era * 400 + i64::from(month >= 10);
    let month = if month < 10 { month + 3 } else { month - 9 };
    format!("{year:04}-{month:02}-{day:02}")
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
    use polars::prelude::{NamedFrom, ParquetWriter};

    use super::*;
    use crate::table::MISSING;

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
        let (read, left_out) = read(sample(), 1000).unwrap();
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

    /// The texts are those of `pd.read_parquet(…).convert_dtypes().astype("str")`, pandas 3.1.
    #[test]
    fn dates_and_small_integers_are_read() {
        let moments = |unit: TimeUnit, moments: [Option<i64>; 3]| {
            Series::new("m".into(), moments)
                .cast(&DataType::Datetime(unit, None))
                .unwrap()
        };
        let columns: Vec<Series> = vec![
            Series::new("d".into(), [Some(18_263_i32), Some(-3594), None])
                .cast(&DataType::Date)
                .unwrap(),
            moments(
                TimeUnit::Microseconds,
                [Some(1_577_923_200_000_000), Some(86_400_000_000), None],
            ),
            moments(
                TimeUnit::Milliseconds,
                [Some(1_577_934_245_000), Some(86_400_000), None],
            ),
            moments(
                TimeUnit::Milliseconds,
                [Some(1_577_934_245_120), Some(0), None],
            ),
            moments(TimeUnit::Nanoseconds, [Some(-1_000), Some(0), None]),
            Series::new("i".into(), [Some(-3_i32), Some(100), None])
                .cast(&DataType::Int8)
                .unwrap(),
            Series::new("u".into(), [Some(3_i32), Some(60_000), None])
                .cast(&DataType::UInt16)
                .unwrap(),
        ];
        let columns = columns.into_iter().enumerate().map(|(at, mut series)| {
            series.rename(format!("c{at}").into());
            series.into()
        });
        let mut frame = DataFrame::new(3, columns.collect()).unwrap();
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
        let (read, left_out) = read(bytes, 1000).unwrap();
        assert_eq!(left_out, []);
        let words: Vec<Vec<&str>> = read
            .columns
            .iter()
            .map(|column| column.words.iter().collect())
            .collect();
        assert_eq!(
            words,
            [
                ["2020-01-02", "1960-02-29"],
                ["2020-01-02", "1970-01-02"],
                ["2020-01-02 03:04:05", "1970-01-02 00:00:00"],
                ["2020-01-02 03:04:05.120", "1970-01-01 00:00:00.000"],
                ["1969-12-31 23:59:59.999999", "1970-01-01 00:00:00.000000"],
                ["-3", "100"],
                ["3", "60000"],
            ]
        );
        assert!(read.columns.iter().all(|column| column.codes[2] == MISSING));
    }

    #[test]
    fn damage_is_no_panic() {
        let whole = sample();
        assert!(read(whole[..whole.len() / 2].to_vec(), 1000).is_err());
        for at in (4..whole.len() - 4).step_by(7) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x5a;
            let _ = read(damaged, 1000);
        }
        assert!(read(b"PAR1PAR1".to_vec(), 1000).is_err());
        assert!(read(whole, 3).unwrap_err().contains("are too many"));
    }
}
