//! Submissions that a competitor may hand in by mistake or malice; every one must be refused with a reason.

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use task_format::{Manifest, Prediction};

use crate::{ExecuteError, table::Table};

/// One malformed submission on disk.
pub(crate) struct Malformed {
    /// Its name in findings, e.g. `missing_id`.
    pub(crate) case: &'static str,
    /// Where it stands.
    pub(crate) path: Utf8PathBuf,
    /// Whether Python ever sees such a file: links, oversized files and paths outside the work folder are refused before.
    pub(crate) reaches_python: bool,
}

/// Size of the oversized submission; sparse, so it costs no disk.
const OVERSIZED_BYTES: u64 = 1 << 30;

/// Writes every malformed submission into `folder`, which must be empty.
///
/// `perfect` is a valid submission to start from; each case differs from it in one thing. Files of more than
/// `largest_bytes` are refused before anyone parses them.
pub(crate) fn write_cases(
    folder: &Utf8Path,
    perfect: &Table,
    manifest: &Manifest,
    largest_bytes: u64,
) -> Result<Vec<Malformed>, ExecuteError> {
    let mut cases = Vec::new();
    let mut write = |case: &'static str, bytes: Vec<u8>| -> Result<(), ExecuteError> {
        let path = folder.join(format!("{case}.csv"));
        let reaches_python = bytes.len() as u64 <= largest_bytes;
        fs::write(&path, bytes).map_err(ExecuteError::files)?;
        cases.push(Malformed {
            case,
            path,
            reaches_python,
        });
        Ok(())
    };

    for (case, table) in tables(perfect, manifest) {
        write(case, table.render())?;
    }
    write("empty", Vec::new())?;
    write("not_utf8", not_utf8(perfect))?;
    write(
        "zip",
        b"PK\x03\x04\x14\x00\x00\x00\x00\x00submission.csv".to_vec(),
    )?;
    // Protocol 4, `os.system("true")`: the grader must not even think of loading it.
    write(
        "pickle",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.".to_vec(),
    )?;

    let link = folder.join("symlink.csv");
    fs::os::unix::fs::symlink(folder.join("missing_id.csv"), &link).map_err(ExecuteError::files)?;
    cases.push(Malformed {
        case: "symlink",
        path: link,
        reaches_python: false,
    });

    let oversized = folder.join("one_gigabyte.csv");
    fs::File::create(&oversized)
        .and_then(|file| file.set_len(OVERSIZED_BYTES))
        .map_err(ExecuteError::files)?;
    cases.push(Malformed {
        case: "one_gigabyte",
        path: oversized,
        reaches_python: false,
    });
    Ok(cases)
}

/// The cases that are still tables.
fn tables(perfect: &Table, manifest: &Manifest) -> Vec<(&'static str, Table)> {
    let with = |change: &dyn Fn(&mut Table)| {
        let mut table = perfect.clone();
        change(&mut table);
        table
    };
    let first = |text: &'static str| with(&move |table| table.rows[0][1] = text.to_owned());
    let mut cases = vec![
        ("missing_id", with(&|table| drop(table.rows.pop()))),
        (
            "duplicate_id",
            with(&|table| table.rows.push(table.rows[0].clone())),
        ),
        (
            "unknown_id",
            with(&|table| table.rows[0][0] = "no-such-id".to_owned()),
        ),
        (
            "extra_column",
            with(&|table| {
                table.header.push("note".to_owned());
                table
                    .rows
                    .iter_mut()
                    .for_each(|row| row.push("x".to_owned()));
            }),
        ),
        (
            "missing_column",
            with(&|table| {
                table.header.truncate(1);
                table.rows.iter_mut().for_each(|row| row.truncate(1));
            }),
        ),
        ("header_only", with(&|table| table.rows.clear())),
        (
            "hundredfold_rows",
            with(&|table| {
                let once = table.rows.clone();
                table.rows = std::iter::repeat_n(once, 100).flatten().collect();
            }),
        ),
        (
            "ragged",
            with(&|table| table.rows[0].push("one cell too many".to_owned())),
        ),
    ];
    let closed = !manifest.submission.labels.is_empty();
    let of_form = match manifest.submission.prediction {
        Prediction::Label | Prediction::LabelSet => Some(("unknown_label", "no-such-label")),
        Prediction::Ranking if closed => Some(("unknown_label", "no-such-label")),
        Prediction::Probability | Prediction::ClassProbabilities | Prediction::Number => {
            Some(("text_in_number", "twelve"))
        }
        // Any text is a text, and any word may be an item: no cell can be wrong.
        Prediction::Text | Prediction::Ranking => None,
    };
    if let Some((case, text)) = of_form {
        cases.extend([
            ("nan", first("NaN")),
            ("infinity", first("inf")),
            ("negative_infinity", first("-inf")),
            (case, first(text)),
        ]);
    }
    cases
}

/// The perfect submission with a byte in its first id that UTF-8 never has.
fn not_utf8(perfect: &Table) -> Vec<u8> {
    let mut bytes = perfect.render();
    let after_header = bytes
        .iter()
        .position(|&byte| byte == b'\n')
        .map_or(0, |at| at + 1);
    bytes.insert(after_header, 0xff);
    bytes
}
