//! Reads JSON records and JSON lines into raw columns, nested objects flattened as `pandas.json_normalize(sep="_")` does.
//! Lists inside records are left out: a table has one value a cell.

use facts::Format;
use indexmap::IndexMap;

use super::delimited::Read;
use super::json_value::Value;
use super::text::NoText;
use crate::table::{MISSING, Nature, RawColumn, repair_names};

/// Records from a JSON document and what was left out of them (column, reason).
pub(crate) type Records = (Read, Vec<(String, String)>);

/// What is said of records that would be a table of more cells than are asked for.
pub(crate) const TOO_MANY: &str = "its records have too many different members";

/// Deepest nesting in which records are searched for.
const DEEPEST: usize = 6;

/// Reads one JSON document: an array of objects, or an object that holds one at some path. Of several arrays the one
/// with the most records is taken.
pub(crate) fn read_document(text: &str, most_cells: usize) -> Result<Records, NoText> {
    let document: Value =
        serde_json::from_str(text).map_err(|error| format!("it is no JSON ({error})"))?;
    let mut best: Option<(Vec<String>, &Vec<Value>)> = None;
    find_records(&document, &mut Vec::new(), &mut best);
    let Some((record_path, records)) = best else {
        return Err("it holds no list of records".to_owned());
    };
    let (columns, flattened, left_out) = columns(records.iter(), most_cells)?;
    let meanings = vec![None; columns.len()];
    Ok((
        Read {
            columns,
            format: Format::JsonRecords {
                record_path,
                flattened,
            },
            meanings,
        },
        left_out,
    ))
}

/// Reads JSON lines: one object a line, blank lines skipped.
pub(crate) fn read_lines(text: &str, most_cells: usize) -> Result<Records, NoText> {
    let mut records = Vec::new();
    for (number, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        let record: Value = serde_json::from_str(line)
            .map_err(|error| format!("line {} is no JSON ({error})", number + 1))?;
        if !record.is_object() {
            return Err(format!("line {} is no JSON object", number + 1));
        }
        records.push(record);
    }
    let (columns, flattened, left_out) = columns(records.iter(), most_cells)?;
    let meanings = vec![None; columns.len()];
    Ok((
        Read {
            columns,
            format: Format::JsonLines { flattened },
            meanings,
        },
        left_out,
    ))
}

fn find_records<'v>(
    value: &'v Value,
    path: &mut Vec<String>,
    best: &mut Option<(Vec<String>, &'v Vec<Value>)>,
) {
    match value {
        Value::List(items)
            if items.len() > best.as_ref().map_or(0, |(_, other)| other.len())
                && items.iter().all(Value::is_object) =>
        {
            *best = Some((path.clone(), items));
        }
        Value::Object(members) if path.len() < DEEPEST => {
            for (key, member) in members {
                path.push(key.clone());
                find_records(member, path, best);
                path.pop();
            }
        }
        _ => {}
    }
}

type Columns = (Vec<RawColumn>, bool, Vec<(String, String)>);

fn columns<'v>(
    records: impl Iterator<Item = &'v Value>,
    most_cells: usize,
) -> Result<Columns, NoText> {
    let mut cells: IndexMap<String, Cells> = IndexMap::new();
    let mut flattened = false;
    let mut rows = 0;
    for record in records {
        let Value::Object(members) = record else {
            return Err(format!("record {} is no object", rows + 1));
        };
        flatten(members, "", &mut |name, value| {
            cells
                .entry(name)
                .or_insert_with(Cells::new)
                .push(rows, value);
        });
        flattened |= members.iter().any(|(_, value)| value.is_object());
        rows += 1;
        // Every record with a name of its own makes another column of as many cells as there are records.
        if rows * cells.len() > most_cells {
            return Err(TOO_MANY.to_owned());
        }
    }
    let mut left_out = Vec::new();
    let mut columns = Vec::new();
    for (name, mut cells) in cells {
        cells.column.codes.resize(rows, MISSING);
        if cells.nested {
            left_out.push((name, "its cells are lists".to_owned()));
            continue;
        }
        cells.column.nature = if cells.text {
            Nature::Text
        } else {
            Nature::Number
        };
        cells.column.name = name;
        columns.push(cells.column);
    }
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    if repair_names(&names).1 {
        return Err(
            "its records have members without a name, or names that differ only in blanks"
                .to_owned(),
        );
    }
    Ok((columns, flattened, left_out))
}

/// Hands over all values of a record, those of nested objects last, as pandas orders them.
fn flatten(members: &[(String, Value)], prefix: &str, cell: &mut dyn FnMut(String, &Value)) {
    let (nested, plain): (Vec<_>, Vec<_>) =
        members.iter().partition(|(_, value)| value.is_object());
    // Below the top level pandas keeps the order of members.
    let ordered: Vec<_> = if prefix.is_empty() {
        plain.into_iter().chain(nested).collect()
    } else {
        members.iter().collect()
    };
    for (key, value) in ordered {
        let name = if prefix.is_empty() {
            key.clone()
        } else {
            format!("{prefix}_{key}")
        };
        match value {
            Value::Object(inner) => flatten(inner, &name, cell),
            _ => cell(name, value),
        }
    }
}

struct Cells {
    column: RawColumn,
    text: bool,
    nested: bool,
}

impl Cells {
    fn new() -> Self {
        Self {
            column: RawColumn::new("", Nature::Guess),
            text: false,
            nested: false,
        }
    }

    fn push(&mut self, row: usize, value: &Value) {
        self.column.codes.resize(row, MISSING);
        match value {
            Value::Null => self.column.push(None),
            Value::Truth(truth) => self
                .column
                .push(Some(if *truth { "True" } else { "False" })),
            Value::Number(number) => self.column.push(Some(number)),
            Value::Text(text) => {
                self.text = true;
                self.column.push(Some(text));
            }
            Value::List(_) | Value::Object(_) => {
                self.nested = true;
                self.column.push(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(records: &Records) -> Vec<&str> {
        records
            .0
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect()
    }

    #[test]
    fn nested_objects_become_columns_behind_the_plain_ones() {
        let text =
            r#"[{"a": {"x": 1, "deep": {"y": 2}, "z": 3}, "b": "t"}, {"b": null, "c": [1]}]"#;
        let records = read_document(text, 1000).unwrap();
        assert_eq!(names(&records), ["b", "a_x", "a_deep_y", "a_z"]);
        assert_eq!(
            records.0.format,
            Format::JsonRecords {
                record_path: vec![],
                flattened: true
            }
        );
        assert_eq!(
            records.1,
            [("c".to_owned(), "its cells are lists".to_owned())]
        );
        assert_eq!(records.0.columns[1].codes, [0, MISSING]);
        assert_eq!(records.0.columns[0].nature, Nature::Text);
    }

    #[test]
    fn records_are_found_inside_an_object() {
        let records = read_document(
            r#"{"meta": {"n": 2}, "data": {"rows": [{"a": 1}, {"a": 2}]}}"#,
            1000,
        )
        .unwrap();
        let path = vec!["data".to_owned(), "rows".to_owned()];
        assert_eq!(
            records.0.format,
            Format::JsonRecords {
                record_path: path,
                flattened: false
            }
        );
    }

    #[test]
    fn lines() {
        let records = read_lines(
            "{\"a\": 1, \"b\": true}\n\n{\"b\": false, \"d\": 2.50}\n",
            1000,
        )
        .unwrap();
        assert_eq!(names(&records), ["a", "b", "d"]);
        assert_eq!(
            read_lines("{\"a\": 1}\n[1]\n", 1000).unwrap_err(),
            "line 2 is no JSON object"
        );
    }

    #[test]
    fn what_holds_no_records() {
        assert!(
            read_document("{\"a\": [1, 2]}", 1000)
                .unwrap_err()
                .contains("no list of records")
        );
        assert!(
            read_document("{\"a\": ", 1000)
                .unwrap_err()
                .starts_with("it is no JSON")
        );
        assert!(read_document(&"[".repeat(5000), 1000).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]{}\":,a1\n ]{0,40}") {
            let _ = read_document(&text, 1000);
            let _ = read_lines(&text, 1000);
        }
    }
}
