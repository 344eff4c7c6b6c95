//! Every table that a file of unknown make could be taken for, for a search by value. It states no recipe and prefers no
//! reading to another; a file that is no table gives none.

use std::io::{Cursor, Read as _};

use super::json_value::Value;
use super::{delimited, json, parquet, text, xlsx};
use crate::table::{Column, MISSING, Nature, RawColumn, Table, unique_name};

/// Members of an archive that are read, and bytes that one may expand to.
const MEMBERS: usize = 200;
const EXPANDED_LIMIT: u64 = 256 << 20;
/// Archives within archives.
const DEPTH: usize = 2;
/// Items that make a list, or members that make an object, a table.
const LEAST_ITEMS: usize = 8;

/// The tables in a file, each with where it stands: the path, and behind a colon the member of an archive.
///
/// By content: Parquet, gzip, zip (with `xlsx`), JSON documents and lines, text with any separator. Text of one cell a line
/// is also taken for a column without a header.
pub(crate) fn tables(path: &str, bytes: Vec<u8>) -> Vec<(String, Table)> {
    let mut found = Vec::new();
    search(path, bytes, DEPTH, &mut found);
    found
}

fn search(path: &str, bytes: Vec<u8>, depth: usize, found: &mut Vec<(String, Table)>) {
    let mut take = |columns: Vec<RawColumn>| found.push((path.to_owned(), table(columns)));
    if bytes.starts_with(b"PAR1") {
        if let Ok((read, _)) = parquet::read(bytes) {
            take(read.columns);
        }
    } else if bytes.starts_with(b"PK\x03\x04") {
        if path.to_lowercase().ends_with(".xlsx") {
            if let Ok((read, _)) = xlsx::read(bytes) {
                take(read.columns);
            }
        } else if depth > 0 {
            members(path, bytes, depth, found);
        }
    } else if bytes.starts_with(&[0x1f, 0x8b]) {
        if depth > 0
            && let Ok((expanded, _)) = text::expand(bytes)
        {
            search(path, expanded, depth - 1, found);
        }
    } else if let Ok(decoded) = text::decode(bytes, None) {
        of_text(&decoded.text).into_iter().for_each(take);
    }
}

fn members(path: &str, bytes: Vec<u8>, depth: usize, found: &mut Vec<(String, Table)>) {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        return;
    };
    for at in 0..archive.len().min(MEMBERS) {
        let Ok(member) = archive.by_index(at) else {
            continue;
        };
        let name = format!("{path}: {}", member.name().unwrap_or_default());
        let mut expanded = Vec::new();
        let whole = member.take(EXPANDED_LIMIT + 1).read_to_end(&mut expanded);
        if whole.is_ok() && expanded.len() as u64 <= EXPANDED_LIMIT {
            search(&name, expanded, depth - 1, found);
        }
    }
}

fn of_text(text: &str) -> Vec<Vec<RawColumn>> {
    if text.trim_start().starts_with(['{', '[']) {
        if let Ok(document) = serde_json::from_str::<Value>(text) {
            let mut tables = Vec::new();
            tables.extend(json::read_document(text).map(|(read, _)| read.columns));
            plain_lists(&document, &mut tables);
            return tables;
        }
        if let Ok((read, _)) = json::read_lines(text) {
            return vec![read.columns];
        }
    }
    let mut tables = vec![lines(text)];
    tables.extend(delimited::read(text, None, &[]).map(|read| read.columns));
    tables
}

/// Each line as a cell, without a header.
fn lines(text: &str) -> Vec<RawColumn> {
    let mut column = RawColumn::new("line", Nature::Guess);
    text.lines().for_each(|line| column.push(Some(line.trim())));
    vec![column]
}

/// Lists of plain values as columns, and objects of plain values as tables of keys and values, at any depth.
fn plain_lists(value: &Value, tables: &mut Vec<Vec<RawColumn>>) {
    let column = |name: &str, cells: &mut dyn Iterator<Item = &Value>| {
        let mut column = RawColumn::new(name, Nature::Guess);
        for cell in cells {
            match cell {
                Value::Number(text) | Value::Text(text) => column.push(Some(text)),
                Value::Truth(truth) => column.push(Some(if *truth { "true" } else { "false" })),
                Value::Null | Value::List(_) | Value::Object(_) => column.push(None),
            }
        }
        column
    };
    let is_plain = |value: &Value| !matches!(value, Value::List(_) | Value::Object(_));
    match value {
        Value::List(items) if items.iter().all(is_plain) => {
            if items.len() >= LEAST_ITEMS {
                tables.push(vec![column("item", &mut items.iter())]);
            }
        }
        Value::List(items) => items.iter().for_each(|item| plain_lists(item, tables)),
        Value::Object(members) => {
            let plain = || members.iter().filter(|(_, value)| is_plain(value));
            if plain().count() >= LEAST_ITEMS {
                let mut keys = RawColumn::new("key", Nature::Guess);
                plain().for_each(|(key, _)| keys.push(Some(key)));
                tables.push(vec![
                    keys,
                    column("value", &mut plain().map(|(_, value)| value)),
                ]);
            }
            members
                .iter()
                .for_each(|(_, member)| plain_lists(member, tables));
        }
        Value::Null | Value::Truth(_) | Value::Number(_) | Value::Text(_) => {}
    }
}

/// Types the columns; shorter ones, as hostile files may have, are filled up.
fn table(columns: Vec<RawColumn>) -> Table {
    let rows = columns
        .iter()
        .map(|column| column.codes.len())
        .max()
        .unwrap_or(0);
    let mut typed: Vec<Column> = Vec::with_capacity(columns.len());
    for mut column in columns {
        column.codes.resize(rows, MISSING);
        column.name = unique_name(&column.name, |name| {
            typed.iter().any(|other| other.name == name)
        });
        typed.push(super::typed_texts(column));
    }
    Table {
        columns: typed,
        rows,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// The cells of the column of that name in any of the tables.
    fn cells(path: &str, bytes: &[u8], name: &str) -> Option<Vec<String>> {
        let tables = tables(path, bytes.to_vec());
        let column = tables.iter().find_map(|(_, table)| table.column(name))?;
        Some(
            (0..column.codes.len())
                .map(|row| column.text(row).unwrap_or("").to_owned())
                .collect(),
        )
    }

    #[test]
    fn many_forms_are_tables() {
        let wanted = Some(["x", "y"].map(str::to_owned).to_vec());
        assert_eq!(cells("a.tsv", b"id\tkind\n1\tx\n2\ty\n", "kind"), wanted);
        assert_eq!(cells("a.bak", b"id;kind\n1;x\n2;y\n", "kind"), wanted);
        assert_eq!(cells("labels", b"x\ny\n", "line"), wanted);
        assert_eq!(
            cells("a.json", br#"[{"kind":"x"},{"kind":"y"}]"#, "kind"),
            wanted
        );
        assert_eq!(
            cells("a.jsonl", b"{\"kind\":\"x\"}\n{\"kind\":\"y\"}\n", "kind"),
            wanted
        );
        let eight = r#"{"answers":{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8},"list":["p","q","r","s","t","u","v","w"]}"#;
        assert_eq!(cells("a.json", eight.as_bytes(), "key").unwrap().len(), 8);
        assert_eq!(cells("a.json", eight.as_bytes(), "value").unwrap()[7], "8");
        assert_eq!(cells("a.json", eight.as_bytes(), "item").unwrap()[0], "p");
    }

    #[test]
    fn archives_are_opened() {
        let table = b"id,kind\n1,x\n2,y\n";
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(table).unwrap();
        assert_eq!(
            cells("a.gz", &gzip.finish().unwrap(), "kind").unwrap(),
            ["x", "y"]
        );
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("inner.csv", zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(table).unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        assert_eq!(cells("a.zip", &bytes, "kind").unwrap(), ["x", "y"]);
        assert_eq!(tables("a.zip", bytes)[0].0, "a.zip: inner.csv");
    }

    #[test]
    fn anything_else_is_none() {
        assert!(tables("a.bin", vec![0, 1, 2, 3]).is_empty());
        assert!(tables("a.parquet", b"PAR1".to_vec()).is_empty());
        assert!(tables("a.zip", b"PK\x03\x04rubbish".to_vec()).is_empty());
    }
}
