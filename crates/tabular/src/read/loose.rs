//! Every table that a file of unknown make could be taken for, for a search by value. It states no recipe and prefers no
//! reading to another; what could hold a table and is not read is said, with the reason.

use std::io::{Cursor, Read as _};

use super::json_value::Value;
use super::{delimited, json, parquet, text, xlsx};
use crate::table::{Column, MISSING, Names, Nature, RawColumn, Table};

/// Members of an archive that are read.
const MEMBERS: usize = 2_000;
/// Bytes that one compressed file, or one member of an archive, may expand to.
const EXPANDED: u64 = 256 << 20;
/// Bytes that everything in one public file may expand to.
const ALL_EXPANDED: u64 = 1 << 30;
/// Cells of a table, where a few bytes can stand for many: a missing one costs four bytes.
const CELLS: usize = 20_000_000;
/// Bytes of JSON that are read: as values they take some ten times as many.
const JSON: usize = 64 << 20;
/// Archives within archives.
const DEPTH: usize = 2;
/// Items that make a list, or members that make an object, a table.
const LEAST_ITEMS: usize = 8;

/// What is done with a table: it stands at that path, and behind a colon the member of an archive.
pub(crate) type Found<'a> = &'a mut dyn FnMut(&str, &Table);

/// Hands over the tables in a file, one at a time, and gives what was not read: path and reason.
///
/// By content: Parquet, gzip, zip (with `xlsx`), JSON documents and lines, text with any separator. Text of one cell a line
/// is also taken for a column without a header. Images and recordings are no tables, and nothing is said of them.
pub(crate) fn tables(path: &str, bytes: Vec<u8>, found: Found<'_>) -> Vec<(String, String)> {
    let mut search = Search {
        found,
        left: ALL_EXPANDED,
        not_read: Vec::new(),
    };
    search.file(path, bytes, DEPTH);
    search.not_read
}

/// Whether a file that begins with these bytes is an image or a recording.
pub(crate) fn is_media(start: &[u8]) -> bool {
    let sounds: [&[u8]; 4] = [b"fLaC", b"OggS", b"ID3", b"FORM"];
    let is_container = |mark: &[u8]| start.starts_with(b"RIFF") && start.get(8..12) == Some(mark);
    // MPEG audio: eleven bits of synchronisation, a version and a layer that exist.
    let is_mpeg = matches!(start, [0xff, second, ..] if second & 0xe0 == 0xe0 && second & 0x18 != 0x08 && second & 0x06 != 0);
    imagesize::image_type(start).is_ok()
        || sounds.iter().any(|mark| start.starts_with(mark))
        || is_container(b"WAVE")
        || is_mpeg
}

/// Whether the first bytes of a file are those of an archive, a table, or a text, so that the rest is worth reading.
pub(crate) fn is_readable(start: &[u8]) -> bool {
    let packed: [&[u8]; 5] = [b"PAR1", ZIP, GZIP, &[0xff, 0xfe], &[0xfe, 0xff]];
    packed.iter().any(|mark| start.starts_with(mark)) || !start.contains(&0)
}

/// What is said of a file that is neither readable nor an image or a recording.
pub(crate) const BINARY: &str = "it is binary, of a kind that is not read";

const ZIP: &[u8] = b"PK\x03\x04";
const GZIP: &[u8] = &[0x1f, 0x8b];

struct Search<'f> {
    found: Found<'f>,
    /// Bytes that may still be expanded.
    left: u64,
    not_read: Vec<(String, String)>,
}

impl Search<'_> {
    fn not_read(&mut self, path: &str, why: impl Into<String>) {
        self.not_read.push((path.to_owned(), why.into()));
    }

    fn take(&mut self, path: &str, columns: Vec<RawColumn>) {
        (self.found)(path, &table(columns));
    }

    fn file(&mut self, path: &str, bytes: Vec<u8>, depth: usize) {
        let start = bytes[..bytes.len().min(512)].to_vec();
        let is_archive = bytes.starts_with(ZIP) || bytes.starts_with(GZIP);
        if bytes.starts_with(b"PAR1") {
            match parquet::read(bytes, CELLS) {
                Ok((read, left_out)) => {
                    self.take(path, read.columns);
                    for (column, why) in left_out {
                        self.not_read(&format!("{path}: {column}"), why);
                    }
                }
                Err(why) => self.not_read(path, why),
            }
        } else if bytes.starts_with(ZIP) && path.to_lowercase().ends_with(".xlsx") {
            match xlsx::read(bytes) {
                Ok((read, left_out)) => {
                    self.take(path, read.columns);
                    for (sheet, why) in left_out {
                        self.not_read(&format!("{path}: {sheet}"), why);
                    }
                }
                Err(why) => self.not_read(path, why),
            }
        } else if is_archive && depth == 0 {
            self.not_read(path, "it is an archive within archives");
        } else if bytes.starts_with(ZIP) {
            self.members(path, bytes, depth);
        } else if bytes.starts_with(GZIP) {
            match text::expand_within(bytes, EXPANDED.min(self.left)) {
                Ok((expanded, _)) => {
                    self.left -= expanded.len() as u64;
                    self.file(path, expanded, depth - 1);
                }
                Err(why) => self.not_read(path, why),
            }
        } else if !bytes.iter().all(u8::is_ascii_whitespace) {
            match text::decode(bytes, None) {
                Ok(decoded) => self.text(path, &decoded.text),
                Err(_) if is_media(&start) => {}
                Err(why) => self.not_read(path, why),
            }
        }
    }

    fn members(&mut self, path: &str, bytes: Vec<u8>, depth: usize) {
        let mut archive = match zip::ZipArchive::new(Cursor::new(bytes)) {
            Ok(archive) => archive,
            Err(error) => {
                return self.not_read(path, format!("it is no readable archive ({error})"));
            }
        };
        if archive.len() > MEMBERS {
            self.not_read(path, format!("it has more than {MEMBERS} members"));
        }
        for at in 0..archive.len().min(MEMBERS) {
            let member = match archive.by_index(at) {
                Ok(member) if member.is_dir() => continue,
                Ok(member) => member,
                Err(error) => {
                    self.not_read(path, format!("member {} can't be read ({error})", at + 1));
                    continue;
                }
            };
            let name = format!("{path}: {}", member.name().unwrap_or_default());
            let most = EXPANDED.min(self.left);
            let mut expanded = Vec::new();
            match member.take(most + 1).read_to_end(&mut expanded) {
                Err(error) => self.not_read(&name, format!("it is damaged ({error})")),
                Ok(_) if expanded.len() as u64 > most => {
                    self.not_read(&name, format!("it expands to more than {} MiB", most >> 20));
                }
                Ok(_) => {
                    self.left -= expanded.len() as u64;
                    self.file(&name, expanded, depth - 1);
                }
            }
        }
    }

    fn text(&mut self, path: &str, text: &str) {
        if text.trim_start().starts_with(['{', '[']) {
            if text.len() > JSON {
                return self.not_read(path, format!("it is JSON of more than {} MiB", JSON >> 20));
            }
            if let Ok(document) = serde_json::from_str::<Value>(text) {
                match json::read_document(text, CELLS) {
                    Ok((read, _)) => self.take(path, read.columns),
                    Err(why) if why == json::TOO_MANY => self.not_read(path, why),
                    Err(_) => {}
                }
                return plain_lists(&document, &mut |columns| self.take(path, columns));
            }
            match json::read_lines(text, CELLS) {
                Ok((read, _)) => return self.take(path, read.columns),
                Err(why) if why == json::TOO_MANY => return self.not_read(path, why),
                Err(_) => {}
            }
        }
        self.take(path, lines(text));
        if let Ok(read) = delimited::read(text, None, &[]) {
            self.take(path, read.columns);
        }
    }
}

/// Each line as a cell, without a header.
fn lines(text: &str) -> Vec<RawColumn> {
    let mut column = RawColumn::new("line", Nature::Guess);
    text.lines().for_each(|line| column.push(Some(line.trim())));
    vec![column]
}

/// Lists of plain values as columns, and objects of plain values as tables of keys and values, at any depth.
fn plain_lists(value: &Value, take: &mut dyn FnMut(Vec<RawColumn>)) {
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
                take(vec![column("item", &mut items.iter())]);
            }
        }
        Value::List(items) => items.iter().for_each(|item| plain_lists(item, take)),
        Value::Object(members) => {
            let plain = || members.iter().filter(|(_, value)| is_plain(value));
            if plain().count() >= LEAST_ITEMS {
                let mut keys = RawColumn::new("key", Nature::Guess);
                plain().for_each(|(key, _)| keys.push(Some(key)));
                take(vec![
                    keys,
                    column("value", &mut plain().map(|(_, value)| value)),
                ]);
            }
            members
                .iter()
                .for_each(|(_, member)| plain_lists(member, take));
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
    let mut given = Names::default();
    let typed = |mut column: RawColumn| -> Column {
        column.codes.resize(rows, MISSING);
        column.name = given.give(&column.name);
        super::typed_texts(column)
    };
    Table {
        columns: columns.into_iter().map(typed).collect(),
        rows,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// The cells of the column of that name in any of the tables.
    fn cells(path: &str, bytes: &[u8], name: &str) -> Option<Vec<String>> {
        let mut cells = None;
        tables(path, bytes.to_vec(), &mut |_, table| {
            if let Some(column) = table.column(name).filter(|_| cells.is_none()) {
                let text = |row| column.text(row).unwrap_or("").to_owned();
                cells = Some((0..column.codes.len()).map(text).collect());
            }
        });
        cells
    }

    /// Where tables were found, and what was not read.
    fn searched(path: &str, bytes: Vec<u8>) -> (Vec<String>, Vec<(String, String)>) {
        let mut paths = Vec::new();
        let not_read = tables(path, bytes, &mut |path, _| paths.push(path.to_owned()));
        (paths, not_read)
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
        let (paths, not_read) = searched("a.zip", bytes);
        assert_eq!((paths[0].as_str(), not_read.len()), ("a.zip: inner.csv", 0));
    }

    #[test]
    fn what_is_not_read_is_said() {
        let why = |path: &str, bytes: &[u8]| {
            let (paths, not_read) = searched(path, bytes.to_vec());
            assert!(paths.is_empty(), "{path}: {paths:?}");
            not_read.into_iter().map(|(_, why)| why).collect::<Vec<_>>()
        };
        for (path, bytes) in [
            ("a.npy", b"\x93NUMPY\x01\x00rest".as_slice()),
            ("a.pkl", b"\x80\x04\x95\x00\x00\x00"),
            ("a.sqlite", b"SQLite format 3\x00"),
            ("a.xz", b"\xfd7zXZ\x00"),
            ("a.parquet", b"PAR1"),
            ("a.zip", b"PK\x03\x04rubbish"),
            ("a.xlsx", b"PK\x03\x04rubbish"),
            ("a.gz", b"\x1f\x8brubbish"),
        ] {
            assert_eq!(why(path, bytes).len(), 1, "{path}");
        }
        assert!(why("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").is_empty());
        assert!(why("a.wav", b"RIFF\x24\0\0\0WAVEfmt ").is_empty());
        assert!(why("empty", b" \n").is_empty());
    }

    /// Files of little more than a megabyte that would take gigabytes.
    #[test]
    fn bombs_are_not_read() {
        let keys: String = (0..100_000).map(|n| format!("{{\"k{n}\":1}}\n")).collect();
        let (paths, not_read) = searched("a.jsonl", keys.into_bytes());
        assert_eq!((paths.len(), not_read[0].1.as_str()), (0, json::TOO_MANY));
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let zeros = vec![b'0'; 52 << 20];
        for member in 0..2 {
            zip.start_file(member.to_string(), zip::write::SimpleFileOptions::default())
                .unwrap();
            (0..5).for_each(|_| zip.write_all(&zeros).unwrap());
        }
        let bytes = zip.finish().unwrap().into_inner();
        let (paths, not_read) = searched("a.zip", bytes);
        assert_eq!((paths.len(), not_read.len()), (0, 2));
        let short = format!("{}\n{}", "a,".repeat(100_000), "1\n".repeat(100_000));
        let (paths, _) = searched("a.csv", short.into_bytes());
        assert_eq!(paths, ["a.csv"], "only its lines are read");
    }
}
