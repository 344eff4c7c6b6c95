//! What a model is shown of files and runs: bounded, as they stand, without anything that differs between two runs.

use agents::llm::Observation;
use camino::Utf8Path;
use executor::Explored;
use facts::{Encoding, RunFailure};
use fs_err as fs;

use super::Prepared;
use crate::PipelineError;

/// Longest line that is shown, in characters.
const LINE: usize = 2_000;
/// Most lines of one preview, whatever is asked for.
const MOST_ROWS: u64 = 200;
/// Bytes of a file that are looked through for the lines asked for.
const MOST_BYTES: u64 = 64 << 20;
/// Lines of each prepared table that are shown.
const HEAD: u64 = 3;

/// Lines of a file: the first, and `rows` from the data row `from_row` on. A mark at its beginning says how it is encoded, else
/// `encoding`, which is UTF-8 for what nothing is known of.
pub(super) fn of_file(
    path: &Utf8Path,
    encoding: Option<Encoding>,
    from_row: u64,
    rows: u64,
) -> Result<Observation, PipelineError> {
    let bytes = fs::metadata(path).map_err(PipelineError::files)?.len();
    if bytes > MOST_BYTES {
        return Ok(Observation::failure(format!(
            "the file has {bytes} bytes, more than are shown: read it with `run_python`"
        )));
    }
    let content = fs::read(path).map_err(PipelineError::files)?;
    let (text, _, _) = match encoding {
        Some(Encoding::Windows1252) => encoding_rs::WINDOWS_1252.decode(&content),
        Some(Encoding::Utf16) => encoding_rs::UTF_16LE.decode(&content),
        Some(Encoding::Utf8 | Encoding::Utf8Bom) | None => encoding_rs::UTF_8.decode(&content),
    };
    if text.contains('\0') {
        return Ok(Observation::failure(format!(
            "the file is no text; it has {bytes} bytes and begins with {:02x?}: read it with `run_python`",
            &content[..content.len().min(8)]
        )));
    }
    let total = text.lines().count() as u64;
    let mut shown: Vec<String> = text.lines().take(1).map(cut).collect();
    let start = usize::try_from(from_row).unwrap_or(usize::MAX);
    let most = usize::try_from(rows.min(MOST_ROWS)).unwrap_or(usize::MAX);
    let rest = text.lines().skip(1).skip(start).take(most);
    shown.extend(rest.map(cut));
    shown.push(format!(
        "[{total} lines in all, the first and {} from data row {from_row} on shown]",
        shown.len().saturating_sub(1)
    ));
    Ok(Observation::of(shown.join("\n")))
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(LINE) {
        Some((at, _)) => format!("{}[… cut]", &line[..at]),
        None => line.to_owned(),
    }
}

/// What a script printed, and how it failed.
pub(super) fn explored(explored: &Explored) -> Observation {
    let mut parts = Vec::new();
    if !explored.stdout.trim().is_empty() {
        parts.push(explored.stdout.trim_end().to_owned());
    }
    match &explored.failure {
        None if parts.is_empty() => parts.push("[it ended well and printed nothing]".to_owned()),
        None => {}
        Some(failure) => {
            if !explored.stderr.trim().is_empty() {
                parts.push(explored.stderr.trim_end().to_owned());
            }
            parts.push(format!("[{}]", ended(failure)));
        }
    }
    Observation {
        text: parts.join("\n"),
        failed: explored.failure.is_some(),
    }
}

/// What a run of `prepare.py` gave.
pub(super) fn prepared(prepared: &Prepared) -> Result<Observation, PipelineError> {
    if let Some(failure) = &prepared.run.failure {
        return Ok(Observation::failure(told(failure)));
    }
    let mut parts = Vec::new();
    for path in prepared.run.files.keys() {
        let file = prepared.folder.join(path);
        let bytes = fs::metadata(&file).map_err(PipelineError::files)?.len();
        parts.push(format!("{path}: {bytes} bytes"));
        if path.ends_with(".csv") {
            parts.push(of_file(&file, None, 0, HEAD)?.text);
        }
    }
    if parts.is_empty() {
        return Ok(Observation::failure(
            "prepare.py ended well and wrote no file below `public` or `private`",
        ));
    }
    Ok(Observation::of(parts.join("\n")))
}

/// A failure with the text that belongs to it.
pub(super) fn told(failure: &RunFailure) -> String {
    match failure {
        RunFailure::RuntimeError { traceback, .. } if !traceback.trim().is_empty() => {
            format!("{}\n[{}]", traceback.trim_end(), ended(failure))
        }
        _ => ended(failure),
    }
}

/// How a run ended that gave nothing.
fn ended(failure: &RunFailure) -> String {
    match failure {
        RunFailure::SyntaxError { message } => format!("it does not parse: {message}"),
        RunFailure::RuntimeError { exit, .. } => format!("it ended with status {exit}"),
        RunFailure::TimedOut { limit_seconds } => {
            format!("it took longer than {limit_seconds} s and was ended")
        }
        RunFailure::Memory { limit_bytes } => {
            format!("it took more than {} MiB of memory", limit_bytes >> 20)
        }
        RunFailure::Limit { what } => format!("it went beyond the limit of {what}"),
        RunFailure::MissingOutput { detail } => detail.clone(),
        RunFailure::NotStarted { reason } => format!("it was not started: {reason}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(content: &[u8], from_row: u64, rows: u64) -> Observation {
        encoded(content, None, from_row, rows)
    }

    fn encoded(
        content: &[u8],
        encoding: Option<Encoding>,
        from_row: u64,
        rows: u64,
    ) -> Observation {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), content).unwrap();
        let path = Utf8Path::from_path(file.path()).unwrap();
        of_file(path, encoding, from_row, rows).unwrap()
    }

    #[test]
    fn a_file_is_shown_in_the_encoding_that_it_is_in() {
        let first = |content: &[u8], encoding| {
            let seen = encoded(content, encoding, 0, 1);
            assert!(!seen.failed, "{seen:?}");
            seen.text.lines().nth(1).unwrap().to_owned()
        };
        let legacy = b"district\nZ\xfcrich \x80\n";
        assert_eq!(first(legacy, Some(Encoding::Windows1252)), "Zürich €");
        let plain = "district\nZürich\n".as_bytes();
        assert_eq!(first(plain, Some(Encoding::Utf8)), "Zürich");
        assert_eq!(first(&[b"\xef\xbb\xbf", plain].concat(), None), "Zürich");
        for (mark, bytes) in [
            (0xfeff_u16, u16::to_le_bytes as fn(u16) -> [u8; 2]),
            (0xfeff, u16::to_be_bytes),
        ] {
            let units = [mark]
                .into_iter()
                .chain("district\nZürich\n".encode_utf16());
            let content: Vec<u8> = units.flat_map(bytes).collect();
            assert_eq!(first(&content, Some(Encoding::Utf16)), "Zürich");
            assert_eq!(first(&content, None), "Zürich");
        }
    }

    #[test]
    fn the_header_stands_above_the_rows_that_were_asked_for() {
        let seen = shown(b"a,b\n1,2\n3,4\n5,6\n", 1, 1);
        assert_eq!(
            seen.text,
            "a,b\n3,4\n[4 lines in all, the first and 1 from data row 1 on shown]"
        );
        assert!(shown(b"a\n\x001\n", 0, 1).failed);
        assert!(shown(&b"x".repeat(5000), 0, 0).text.chars().count() < 2100);
    }

    #[test]
    fn a_failure_is_told_with_what_was_printed() {
        let seen = explored(&Explored {
            failure: Some(RunFailure::RuntimeError {
                exit: 1,
                traceback: String::new(),
            }),
            stdout: "12 rows\n".to_owned(),
            stderr: "KeyError: 'age'\n".to_owned(),
        });
        assert!(seen.failed);
        assert_eq!(
            seen.text,
            "12 rows\nKeyError: 'age'\n[it ended with status 1]"
        );
    }
}
