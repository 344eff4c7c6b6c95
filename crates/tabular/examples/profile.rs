//! Prints the profile of a folder of raw files as JSON: `cargo run -p tabular --example profile -- FOLDER`.
//! It takes kinds of files from their names only; the crate `datasets` looks at their contents.

#![allow(clippy::print_stdout, reason = "an example's output")]

use camino::{Utf8Path, Utf8PathBuf};
use facts::{DatasetFacts, Declared, FileKind, RawFile};
use tabular::ProfileOutcome;

fn main() {
    let folder = Utf8PathBuf::from(std::env::args().nth(1).expect("usage: profile FOLDER"));
    let dataset = DatasetFacts {
        slug: folder.file_name().unwrap_or("dataset").to_owned(),
        title: folder.file_name().unwrap_or("dataset").to_owned(),
        description: None,
        source: None,
        licence: None,
        modality: None,
        files: inventory(&folder),
    };
    match tabular::profile(&folder, dataset, &Declared::default()) {
        Ok(profile) => println!(
            "{}",
            serde_json::to_string_pretty(&profile).expect("a profile is plain data")
        ),
        Err(ProfileOutcome::Refused(refusal)) => {
            println!("refused: {}: {}", refusal.reason.as_str(), refusal.detail)
        }
        Err(ProfileOutcome::Failed(error)) => {
            println!("failed: {error} (hint: {:?})", error.hint())
        }
    }
}

fn inventory(folder: &Utf8Path) -> Vec<RawFile> {
    let mut files: Vec<RawFile> = folder
        .read_dir_utf8()
        .expect("a readable folder")
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_file() && entry.file_name() != "dataset.json")
        .map(|entry| RawFile {
            path: entry.file_name().to_owned(),
            bytes: 0,
            sha256: String::new(),
            kind: kind(entry.path().extension().unwrap_or_default()),
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn kind(extension: &str) -> FileKind {
    match extension {
        "arff" => FileKind::Arff,
        "parquet" => FileKind::Parquet,
        "json" => FileKind::Json,
        "jsonl" => FileKind::JsonLines,
        "xlsx" => FileKind::Xlsx,
        "names" | "md" | "rst" => FileKind::Documentation,
        "png" | "jpg" | "jpeg" => FileKind::Image,
        "wav" => FileKind::Audio,
        _ => FileKind::Delimited,
    }
}
