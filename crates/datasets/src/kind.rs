//! What a raw file looks like, by its name and its first bytes; it does not check that the rest keeps the promise.

use std::io::{self, Read};

use camino::Utf8Path;
use facts::FileKind;
use flate2::read::MultiGzDecoder;

/// How much of a file is looked at.
const HEAD_BYTES: u64 = 16 << 10;

/// Lines of the head that must agree for a text of unknown kind to be a table.
const TABLE_LINES: usize = 20;

/// The kind of a file. What its bytes say wins over its name; the name decides among texts.
pub(crate) fn kind_of(path: &Utf8Path) -> io::Result<FileKind> {
    let mut head = read_head(fs_err::File::open(path)?)?;
    let mut name = path.file_name().unwrap_or_default().to_ascii_lowercase();
    if head.starts_with(&[0x1f, 0x8b]) {
        // A damaged archive gives what came before the damage: whoever reads the file will say so.
        head = read_gzip_head(fs_err::File::open(path)?);
        name = name.strip_suffix(".gz").unwrap_or(&name).to_owned();
    }
    Ok(classify(&name, &head))
}

fn read_head(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(head)
}

fn read_gzip_head(reader: impl Read) -> Vec<u8> {
    let mut head = Vec::new();
    // What was decoded before an error stays in `head`.
    let _damaged = MultiGzDecoder::new(reader)
        .take(HEAD_BYTES)
        .read_to_end(&mut head)
        .is_err();
    head
}

fn classify(name: &str, head: &[u8]) -> FileKind {
    if let Some(kind) = by_magic(name, head) {
        return kind;
    }
    let Some(text) = text_of(head) else {
        return FileKind::Other;
    };
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let start = text
        .trim_start()
        .get(..20)
        .unwrap_or(text.trim_start())
        .to_ascii_lowercase();
    if start.starts_with("<!doctype") || start.starts_with("<html") || start.starts_with("<?xml") {
        // A saved error page or an export that no reader of ours takes, whatever it is called.
        return FileKind::Other;
    }
    match extension {
        "csv" | "tsv" | "tab" | "psv" | "data" | "dat" => FileKind::Delimited,
        "arff" => FileKind::Arff,
        "jsonl" | "ndjson" => FileKind::JsonLines,
        "json" => {
            if is_json_lines(&text) {
                FileKind::JsonLines
            } else {
                FileKind::Json
            }
        }
        "geojson" | "topojson" => FileKind::Json,
        "names" | "md" | "rst" | "pdf" | "info" | "bib" => FileKind::Documentation,
        "py" | "r" | "ipynb" | "sh" | "yaml" | "yml" | "toml" | "xml" | "svg" | "ts" => {
            FileKind::Other
        }
        _ if is_documentation(name) => FileKind::Documentation,
        _ if is_arff(&text) => FileKind::Arff,
        _ if is_json_lines(&text) => FileKind::JsonLines,
        _ if is_table(&text) => FileKind::Delimited,
        "txt" | "text" | "" => FileKind::Documentation,
        _ => FileKind::Other,
    }
}

fn by_magic(name: &str, head: &[u8]) -> Option<FileKind> {
    let at = |offset: usize, magic: &[u8]| {
        head.get(offset..)
            .is_some_and(|rest| rest.starts_with(magic))
    };
    let starts = |magics: &[&[u8]]| magics.iter().any(|magic| at(0, magic));
    if at(0, b"PAR1") {
        Some(FileKind::Parquet)
    } else if at(0, b"PK\x03\x04") {
        Some(if name.ends_with(".xlsx") || name.ends_with(".xlsm") {
            FileKind::Xlsx
        } else {
            FileKind::Other
        })
    } else if starts(&[
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"GIF87a",
        b"GIF89a",
        b"II*\0",
        b"MM\0*",
    ]) || (at(0, b"RIFF") && at(8, b"WEBP"))
        || (at(0, b"BM") && name.ends_with(".bmp"))
    {
        Some(FileKind::Image)
    } else if starts(&[
        b"fLaC",
        b"OggS",
        b"ID3",
        b"\xff\xfb",
        b"\xff\xf3",
        b"\xff\xf1",
        b"\xff\xf9",
    ]) || (at(0, b"RIFF") && at(8, b"WAVE"))
        || (at(0, b"FORM") && at(8, b"AIF"))
        || at(4, b"ftypM4A")
    {
        Some(FileKind::Audio)
    } else if at(0, b"%PDF-") {
        Some(FileKind::Documentation)
    } else {
        None
    }
}

/// The head as text, good enough to recognise its form: UTF-16 by its mark, else one byte a character
/// where it is not UTF-8. `None` for binary data.
fn text_of(head: &[u8]) -> Option<String> {
    let wide = |from: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = head[2..]
            .chunks_exact(2)
            .map(|pair| from([pair[0], pair[1]]))
            .collect();
        String::from_utf16_lossy(&units)
    };
    match head {
        [0xff, 0xfe, ..] => Some(wide(u16::from_le_bytes)),
        [0xfe, 0xff, ..] => Some(wide(u16::from_be_bytes)),
        _ if head
            .iter()
            .any(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)) =>
        {
            None
        }
        _ => {
            let text = String::from_utf8_lossy(head);
            Some(text.trim_start_matches('\u{feff}').to_owned())
        }
    }
}

fn is_documentation(name: &str) -> bool {
    [
        "readme",
        "license",
        "licence",
        "copying",
        "changelog",
        "citation",
    ]
    .iter()
    .any(|start| name.starts_with(start))
}

fn is_arff(text: &str) -> bool {
    let first = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('%'));
    first.is_some_and(|line| {
        line.get(..9)
            .is_some_and(|start| start.eq_ignore_ascii_case("@relation"))
    })
}

/// Whether the first two lines are JSON objects of their own.
fn is_json_lines(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let object = |line: &str| {
        serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(line).is_ok()
    };
    lines.next().is_some_and(object)
        && lines
            .next()
            .is_some_and(|line| line.trim_start().starts_with('{'))
}

/// Whether lines have the same number of cells under one separator. Blanks separate only numbers:
/// lines of prose may well have equally many words.
fn is_table(text: &str) -> bool {
    let mut lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(TABLE_LINES + 1)
        .collect();
    if lines.len() > TABLE_LINES || text.len() as u64 >= HEAD_BYTES {
        // The head may end inside its last line.
        lines.pop();
    }
    if lines.len() < 2 || lines[0].starts_with('@') {
        return false;
    }
    let agree = |count: &dyn Fn(&str) -> usize| {
        let expected = count(lines[1]);
        expected > 0 && lines.iter().all(|line| count(line) == expected)
    };
    let separated = ['\t', ',', ';', '|']
        .iter()
        .any(|&separator| agree(&|line| outside_quotes(line, separator)));
    let numbers = |line: &&str| {
        line.split_whitespace()
            .all(|cell| cell.parse::<f64>().is_ok())
    };
    separated || (lines[1..].iter().all(numbers) && agree(&|line| line.split_whitespace().count()))
}

fn outside_quotes(line: &str, separator: char) -> usize {
    let mut quoted = false;
    line.chars()
        .filter(|&character| {
            quoted ^= character == '"';
            character == separator && !quoted
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn kinds() {
        for (name, head, expected) in [
            ("a.csv", "x,y\n1,2\n".as_bytes(), FileKind::Delimited),
            ("a.csv", b"PAR1\x15\x04", FileKind::Parquet),
            ("a.csv", b"\0\x01\x02", FileKind::Other),
            (
                "a.csv",
                b"<!DOCTYPE html><title>404</title>",
                FileKind::Other,
            ),
            ("a.csv", b"caf\xe9,1\n", FileKind::Delimited),
            ("a.data", b"1 2 3\n", FileKind::Delimited),
            ("a.xlsx", b"PK\x03\x04", FileKind::Xlsx),
            ("a.zip", b"PK\x03\x04", FileKind::Other),
            ("a.json", b"[{\"a\": 1}]", FileKind::Json),
            ("a.json", b"{\"a\": 1}\n{\"a\": 2}\n", FileKind::JsonLines),
            ("a.json", b"{\"a\": {\n \"b\": 2}}\n", FileKind::Json),
            ("a.ndjson", b"{}", FileKind::JsonLines),
            ("a.txt", b"x\ty\n1\t2\n3\t4\n", FileKind::Delimited),
            ("a.txt", b"\"x, y\",z\n1,2\n", FileKind::Delimited),
            ("a.txt", b"1 2  3\n4 5 6\n", FileKind::Delimited),
            (
                "a.txt",
                b"Sing, goddess,\nof the anger\nof Achilles\n",
                FileKind::Documentation,
            ),
            ("a.txt", b"two words\ntwo words\n", FileKind::Documentation),
            ("a", b"% comment\n\n@RELATION r\n", FileKind::Arff),
            ("a.arff", b"@relation r\n", FileKind::Arff),
            ("a.ts", b"@problemName x\n", FileKind::Other),
            ("wine.names", b"1. Title, 2. x\n", FileKind::Documentation),
            ("readme.txt", b"a,b\n1,2\n", FileKind::Documentation),
            ("a.png", b"\x89PNG\r\n\x1a\n", FileKind::Image),
            ("a.wav", b"RIFF\0\0\0\0WAVEfmt ", FileKind::Audio),
            ("a.csv", b"\xff\xfea\0,\0b\0\n\0", FileKind::Delimited),
            ("a.csv", b"", FileKind::Delimited),
            ("a", b"", FileKind::Documentation),
        ] {
            assert_eq!(
                classify(name, head),
                expected,
                "{name}: {}",
                head.escape_ascii()
            );
        }
    }

    #[test]
    fn looks_into_gzip() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path())
            .unwrap()
            .join("a.arff.gz");
        let mut packed = Vec::new();
        flate2::read::GzEncoder::new("@relation r\n".as_bytes(), flate2::Compression::fast())
            .read_to_end(&mut packed)
            .unwrap();
        fs_err::write(&path, &packed).unwrap();
        assert_eq!(kind_of(&path).unwrap(), FileKind::Arff);
        fs_err::write(&path, &packed[..12]).unwrap();
        assert_eq!(kind_of(&path).unwrap(), FileKind::Arff);
    }

    proptest! {
        #[test]
        fn takes_anything(name in any::<String>(), head in prop::collection::vec(any::<u8>(), 0..200)) {
            classify(&name, &head);
        }

        #[test]
        fn takes_any_text(name in "[a-z]{0,3}\\.(csv|json|txt|)", head in any::<String>()) {
            classify(&name, head.as_bytes());
        }
    }
}
