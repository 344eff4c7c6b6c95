//! Submissions that a competitor may hand in by mistake or malice; every one must be refused with a reason.

use camino::{Utf8Path, Utf8PathBuf};
use facts::GradeOutcome;
use fs_err as fs;
use sandbox::collect::{Folder, Refusal};
use task_format::{Manifest, Prediction};

use crate::{ExecuteError, table::Table};

/// One malformed submission on disk.
pub(crate) struct Malformed {
    /// Its name in findings, e.g. `missing_id`.
    pub(crate) case: &'static str,
    /// Where it stands.
    pub(crate) path: Utf8PathBuf,
    /// Whether Python ever sees such a file: links and oversized files are refused before.
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

    // One at a time: a test set may be large.
    for (case, change) in changes(manifest) {
        let mut table = perfect.clone();
        change(&mut table);
        write(case, table.render())?;
    }
    write("hundredfold_rows", hundredfold(perfect, largest_bytes))?;
    write("empty", Vec::new())?;
    write("not_utf8", not_utf8(perfect))?;
    for (case, end) in BROKEN_ENDS {
        write(case, ending_in(perfect, end))?;
    }
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

/// Changes one thing of a valid submission.
type Change = Box<dyn Fn(&mut Table)>;

/// The cases that are still tables.
fn changes(manifest: &Manifest) -> Vec<(&'static str, Change)> {
    fn change(change: impl Fn(&mut Table) + 'static) -> Change {
        Box::new(change)
    }
    let first =
        |text: &'static str| change(move |table: &mut Table| table.rows[0][1] = text.to_owned());
    let mut cases = vec![
        ("missing_id", change(|table| drop(table.rows.pop()))),
        (
            "duplicate_id",
            change(|table| table.rows.push(table.rows[0].clone())),
        ),
        (
            "unknown_id",
            change(|table| table.rows[0][0] = "no-such-id".to_owned()),
        ),
        (
            "extra_column",
            change(|table| {
                table.header.push("note".to_owned());
                table
                    .rows
                    .iter_mut()
                    .for_each(|row| row.push("x".to_owned()));
            }),
        ),
        (
            "missing_column",
            change(|table| {
                table.header.truncate(1);
                table.rows.iter_mut().for_each(|row| row.truncate(1));
            }),
        ),
        ("header_only", change(|table| table.rows.clear())),
        (
            "ragged",
            change(|table| table.rows[0].push("one cell too many".to_owned())),
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
            ("negative_nan", first("-nan")),
            ("infinity", first("inf")),
            ("negative_infinity", first("-inf")),
            (case, first(text)),
        ]);
    }
    cases
}

/// Every row a hundred times, or until the file is larger than any that is read.
fn hundredfold(perfect: &Table, largest_bytes: u64) -> Vec<u8> {
    let mut bytes = perfect.render();
    let header = bytes
        .iter()
        .position(|&byte| byte == b'\n')
        .map_or(0, |at| at + 1);
    let rows = bytes[header..].to_vec();
    for _ in 1..100 {
        if bytes.len() as u64 > largest_bytes {
            break;
        }
        bytes.extend_from_slice(&rows);
    }
    bytes
}

/// What the last row ends in behind its last cell, whose quote was opened.
const BROKEN_ENDS: [(&str, &str); 3] = [
    ("text_behind_quote", "\"2\n"),
    ("unclosed_quote", "\n"),
    ("nul_byte", "\0\"\n"),
];

/// The perfect submission, whose last row has all cells in quotes and ends in `end`.
fn ending_in(perfect: &Table, end: &str) -> Vec<u8> {
    let mut table = perfect.clone();
    let last = table.rows.pop().unwrap_or_default();
    let cells: Vec<String> = last.iter().map(|cell| cell.replace('"', "\"\"")).collect();
    let row = format!("\"{}{end}", cells.join("\",\""));
    [table.render(), row.into_bytes()].concat()
}

/// A submission that a solver declares at a path that leaves its work folder.
pub(crate) struct Declared {
    /// Its name in findings.
    pub(crate) case: &'static str,
    /// Why it was not taken out of the folder, or else where it is now.
    pub(crate) taken: Result<Utf8PathBuf, GradeOutcome>,
}

/// Takes the file `valid`, which stands in the folder `beside` next to `work`, out of `work` as a solver's submission is taken:
/// by a path with `..`, and by one through a link.
pub(crate) fn declared_outside(
    work: &Utf8Path,
    beside: &str,
    valid: &str,
    largest_bytes: u64,
) -> Result<Vec<Declared>, ExecuteError> {
    let link = work.join("elsewhere");
    fs::os::unix::fs::symlink(Utf8Path::new("..").join(beside), &link)
        .map_err(ExecuteError::files)?;
    let folder = Folder::open(work).map_err(|source| ExecuteError::Collect { source })?;
    let mut cases = Vec::new();
    for (case, name) in [
        ("path_with_dots", format!("../{beside}/{valid}")),
        ("path_through_link", format!("elsewhere/{valid}")),
    ] {
        let target = work.join(format!("{case}.csv"));
        let taken = folder
            .take_file(Utf8Path::new(&name), largest_bytes, &target)
            .map_err(|source| ExecuteError::Collect { source })?;
        let refused = |refusal: Refusal| GradeOutcome::Invalid {
            reason: "outside_folder".to_owned(),
            message: refusal.to_string(),
        };
        cases.push(Declared {
            case,
            taken: taken.map(|_| target).map_err(refused),
        });
    }
    Ok(cases)
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

#[cfg(test)]
mod tests {
    use grading::Answers;

    use super::*;

    /// A folder with a valid submission, and one for the broken ones beside it.
    struct Folders {
        keep: tempfile::TempDir,
    }

    impl Folders {
        fn new() -> Self {
            let keep = tempfile::tempdir().unwrap();
            let folders = Self { keep };
            for name in ["cases", "malformed"] {
                fs::create_dir(folders.path(name)).unwrap();
            }
            fs::write(folders.path("answers.csv"), "id,outcome\na,no\nb,yes\n").unwrap();
            folders
        }

        fn path(&self, name: &str) -> Utf8PathBuf {
            Utf8Path::from_path(self.keep.path()).unwrap().join(name)
        }
    }

    #[test]
    fn every_case_is_refused_for_its_own_reason() {
        let folders = Folders::new();
        let manifest = crate::testing::manifest();
        let answers = Answers::read(&folders.path("answers.csv"), &manifest).unwrap();
        let texts = |row: [&str; 2]| row.map(str::to_owned).to_vec();
        let perfect = Table {
            header: texts(["id", "outcome"]),
            rows: vec![texts(["a", "0"]), texts(["b", "1"])],
        };
        let limit = answers.structure().size_limit();
        let cases = write_cases(&folders.path("malformed"), &perfect, &manifest, limit).unwrap();
        let said = |case: &Malformed| match answers.align(&case.path).unwrap() {
            Ok(aligned) => panic!("{}: {:?}", case.case, answers.score(&aligned)),
            Err(invalid) => format!("{}: {}: {invalid}", case.case, invalid.code()),
        };
        let said: Vec<String> = cases.iter().map(said).collect();
        insta::assert_snapshot!(said.join("\n"));
    }

    #[test]
    fn no_path_leads_out_of_the_work_folder() {
        let folders = Folders::new();
        fs::write(folders.path("cases/perfect.csv"), "id,outcome\n").unwrap();
        let cases =
            declared_outside(&folders.path("malformed"), "cases", "perfect.csv", 1000).unwrap();
        let said = cases.iter().map(|case| match &case.taken {
            Ok(taken) => panic!("{}: {taken}", case.case),
            Err(GradeOutcome::Invalid { reason, message }) => {
                format!("{}: {reason}: {message}", case.case)
            }
            Err(other) => panic!("{}: {other:?}", case.case),
        });
        insta::assert_snapshot!(said.collect::<Vec<_>>().join("\n"), @"
        path_with_dots: outside_folder: `../cases/perfect.csv` is not a name that can be published
        path_through_link: outside_folder: `elsewhere/perfect.csv` is a symbolic link, not a regular file
        ");
    }
}
